package dev.fairway.automation.shipped;

import dev.fairway.automation.caller.ApiCaller;
import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.runtime.AvailableType;
import dev.fairway.automation.sdk.Integration;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The integrations that come with the node. */
public final class ShippedIntegrations {
  private static final Map<String, Supplier<? extends Integration<?>>> BY_ENTRYPOINT = Map.ofEntries(
      entry(LedgerEventLog.class, LedgerEventLog::new), entry(ContractTable.class, ContractTable::new),
      entry(PeriodicTimer.class, PeriodicTimer::new), entry(Loopback.class, Loopback::new),
      entry(LineSocket.class, LineSocket::new), entry(PricePoller.class, PricePoller::new),
      entry(SlackChat.class, SlackChat::new), entry(SymphonyChat.class, SymphonyChat::new),
      entry(MailSender.class, MailSender::new),
      entry(ExchangeGateway.class, ExchangeGateway::new), entry(InboundWebhook.class, InboundWebhook::new),
      entry(OutboundWebhook.class, OutboundWebhook::new), entry(ApiCaller.class, ApiCaller::new));

  private ShippedIntegrations() {}

  private static <T extends Integration<?>> Map.Entry<String, Supplier<T>> entry(Class<T> type, Supplier<T> maker) {
    return Map.entry(type.getName(), maker);
  }

  /** What they say of themselves. */
  public static PackageMetadata metadata() {
    try (InputStream yaml = ShippedIntegrations.class.getResourceAsStream("shipped.yaml")) {
      if (yaml == null) {
        throw new IllegalStateException("shipped.yaml is missing from the class path");
      }
      return PackageMetadata.parse(new String(yaml.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each of them, to be offered to a node. */
  public static List<AvailableType> types() {
    return metadata().types().stream().map(type -> new AvailableType(type, maker(type))).toList();
  }

  private static Supplier<? extends Integration<?>> maker(PackageMetadata.IntegrationType type) {
    Supplier<? extends Integration<?>> maker = BY_ENTRYPOINT.get(type.entrypoint());
    if (maker == null) {
      throw new IllegalStateException("shipped.yaml names " + type.entrypoint() + ", which is not among "
          + BY_ENTRYPOINT.keySet());
    }
    return maker;
  }
}
