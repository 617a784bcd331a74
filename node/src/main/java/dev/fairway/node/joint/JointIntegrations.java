package dev.fairway.node.joint;

import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.runtime.AvailableType;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.exchange.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/** The integrations that join a ledger with the node's messages. */
public final class JointIntegrations {
  private JointIntegrations() {}

  /** Each of them, to be offered to a node. */
  public static List<AvailableType> types(Exchange exchange) {
    return metadata().types().stream().map(type -> new AvailableType(type, maker(type, exchange))).toList();
  }

  private static Supplier<? extends Integration<?>> maker(PackageMetadata.IntegrationType type, Exchange exchange) {
    return switch (type.id()) {
      case "message_to_contract" -> MessageToContract::new;
      case "contract_to_message" -> () -> new ContractToMessage(exchange);
      default -> throw new IllegalStateException("joint.yaml names " + type.id() + ", which is not here");
    };
  }

  private static PackageMetadata metadata() {
    try (InputStream yaml = JointIntegrations.class.getResourceAsStream("joint.yaml")) {
      if (yaml == null) {
        throw new IllegalStateException("joint.yaml is missing from the class path");
      }
      return PackageMetadata.parse(new String(yaml.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
