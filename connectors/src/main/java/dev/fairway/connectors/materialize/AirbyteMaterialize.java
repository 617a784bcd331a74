package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializeRequest;
import dev.fairway.connector.flow.MaterializeResponse;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.airbyte.AirbyteProgram;
import dev.fairway.connectors.airbyte.StreamName;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.Programs;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * An Airbyte destination, run as a program: {@code spec}, {@code check} and one {@code write} a transaction. A transaction
 * is stored when the destination has echoed its states and ended well; Airbyte's
 * <a href="https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol">protocol</a> promises that what comes before an
 * echoed state is durable.
 *
 * <p>A transaction that a crash cut off is written again, for a destination cannot be asked what it has: stored at least
 * once. With {@code append_dedup} the destination keeps one row per key, so each is there once. With a {@link Stage} a
 * destination that writes files is exact.
 */
public final class AirbyteMaterialize implements MaterializeProgram {
  private final AirbyteProgram program;
  private final Optional<Path> stage;
  private final Programs programs;
  private final InstantSource clock;

  /** @param stage where the folders of transactions are published */
  public AirbyteMaterialize(List<String> command, Map<String, String> env, Optional<Path> stage, Programs programs,
      InstantSource clock) {
    this.program = new AirbyteProgram(command, env, programs);
    this.stage = stage;
    this.programs = programs;
    this.clock = clock;
  }

  @Override
  public MaterializeResponse.Spec spec() throws Exception {
    AirbyteProgram.Spec spec = program.spec();
    return new MaterializeResponse.Spec(Protocol.VERSION, spec.configSchema(), Json.parse("""
        {"type":"object","properties":{"stream":{"type":"string","x-collection-name":true},
        "namespace":{"type":["string","null"],"x-schema-name":true},
        "destinationSyncMode":{"enum":["append","append_dedup","overwrite"]}},"required":["stream"]}"""),
        spec.documentationUrl(), null);
  }

  @Override
  public MaterializeResponse.Validated validate(String name, JsonNode config,
      List<MaterializeRequest.Validate.Binding> bindings) throws Exception {
    Stage.expectNamed(config, stage);
    List<String> offered = program.spec().destinationSyncModes();
    List<MaterializeResponse.Validated.Binding> validated = new ArrayList<>();
    for (MaterializeRequest.Validate.Binding binding : bindings) {
      StreamName stream = StreamName.of(binding.resourceConfig());
      if (stream.name().isEmpty()) {
        throw new ConnectorFailedException(
            "a binding of " + name + " names no stream; write resource: { stream: NAME }", false);
      }
      DestinationSyncMode mode = DestinationSyncMode.of(binding.resourceConfig(), offered);
      if (!offered.isEmpty() && !offered.contains(mode.word())) {
        throw new ConnectorFailedException("stream " + stream + ": the destination cannot " + mode.word()
            + "; choose a destinationSyncMode of " + offered, false);
      }
      validated.add(new MaterializeResponse.Validated.Binding(stream.path(), mode.takesEveryChange(), false, null,
          RecordFields.constraints(binding.collection()), List.of()));
    }
    // With a stage, each transaction has another folder, and this check one of its own.
    try (Stage.Trial trial = Stage.trial(config, stage)) {
      program.check(trial.config());
    }
    return new MaterializeResponse.Validated(validated);
  }

  @Override
  public String apply(MaterializationSpec spec, JsonNode state) {
    return "";
  }

  @Override
  public Transactor open(MaterializationSpec spec, JsonNode state) throws Exception {
    Optional<Stage> published = stage.isPresent() ? Optional.of(Stage.open(stage.get())) : Optional.empty();
    AirbyteTarget target = new AirbyteTarget(program, spec, program.spec().destinationSyncModes(), state, clock);
    return new TargetTransactor(target, spec.config(), programs, state, published);
  }
}
