package dev.fairway.connectors.task;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.DeriveRequest;
import dev.fairway.connector.flow.DeriveResponse;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.derive.DeriveProgram;
import dev.fairway.connectors.derive.FlowDerive;
import dev.fairway.connectors.process.LogLine;
import dev.fairway.connectors.spec.Derivation;
import dev.fairway.connectors.spec.Endpoint;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.spec.Templates;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Turns what a specification file says of a derivation into what can be run. */
public final class Derivations {
  private Derivations() {}

  /**
   * The program of a derivation's endpoint.
   *
   * @param logs told every line it logs
   */
  public static DeriveProgram program(Derivation derivation, Path scratch, Consumer<LogLine> logs) {
    return switch (derivation.endpoint()) {
      case Endpoint.Local local ->
        new FlowDerive(local.command(), Tasks.level(local.env(), derivation.shards()), local.wire(),
            Tasks.programs(derivation.file(), scratch, logs));
      case Endpoint.Image image -> throw Tasks.noEngine(image);
      case Endpoint.Shipped(String name, var _) -> throw new FairwayException(ErrorCode.CONFIGURATION,
          "no connector fairway/" + name + " derives; use a local command");
      case Endpoint.Airbyte _,Endpoint.Singer _ -> throw new FairwayException(ErrorCode.CONFIGURATION,
          "derivation " + derivation.name()
              + ": only programs that speak the Flow protocol derive; use a local command");
    };
  }

  /** Asks the connector whether it would work, and makes the derived collection's specification. */
  public static CollectionSpec validated(FlowFile file, Derivation derivation, DeriveProgram program)
      throws Exception {
    CollectionSpec collection = file.collection(derivation.name());
    List<DeriveRequest.Validate.Transform> asked = derivation.transforms().stream()
        .map(transform -> new DeriveRequest.Validate.Transform(transform.name(), file.collection(transform.source()),
            Json.object(), transform.lambda(), transform.backfill()))
        .toList();
    DeriveResponse.Validated validated = program.validate(new DeriveRequest.Validate("LOCAL",
        derivation.endpoint().config(), collection, asked, types(derivation), "", Map.of(), Json.array(), null, ""));
    ObjectNode spec = Json.object().put("connectorType", "LOCAL");
    spec.set("config", derivation.endpoint().config());
    ArrayNode transforms = spec.putArray("transforms");
    for (int i = 0; i < asked.size(); i++) {
      transforms.add(transform(file, derivation, derivation.transforms().get(i),
          validated.transforms().get(i).readOnly()));
    }
    ArrayNode types = spec.putArray("shuffleKeyTypes");
    types(derivation).forEach(types::add);
    spec.set("shardTemplate", Templates.shard("derivation", derivation.name()));
    spec.set("recoveryLogTemplate", Templates.recoveryLog("derivation", derivation.name()));
    spec.putArray("networkPorts");
    return collection.derived(spec);
  }

  private static List<String> types(Derivation derivation) {
    return derivation.shuffleKeyTypes().stream().map(type -> type.toUpperCase(Locale.ROOT)).toList();
  }

  private static ObjectNode transform(FlowFile file, Derivation derivation, Derivation.Transform transform,
      boolean readOnly) {
    ObjectNode node = Json.object().put("name", transform.name());
    node.set("collection", FlowCodec.tree(file.collection(transform.source())));
    node.put("priority", transform.priority()).put("readDelaySeconds", transform.readDelay().toSeconds());
    ArrayNode key = node.putArray("shuffleKey");
    transform.shuffle().forEach(key::add);
    node.set("lambdaConfig", transform.lambda());
    return node.put("readOnly", readOnly).put("backfill", transform.backfill()).put("journalReadSuffix",
        derivation.readSuffix(transform));
  }
}
