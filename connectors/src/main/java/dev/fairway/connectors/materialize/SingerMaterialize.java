package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializeRequest;
import dev.fairway.connector.flow.MaterializeResponse;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.Programs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A Singer target, run as a program: one process a transaction, because targets promise nothing before the end of their
 * input. A record has the selected fields; a field below an object is a column of the field's name.
 *
 * <p>A transaction is repeated after a crash, so a target that replaces rows by key holds each once. One that writes files
 * is exact with a stage: {@code {{stage}}} in its configuration is a fresh folder per transaction, which is published, with
 * the runtime's checkpoint in it, by one rename.
 */
public final class SingerMaterialize implements MaterializeProgram {
  private final List<String> command;
  private final Map<String, String> env;
  private final Optional<Path> stage;
  private final Programs programs;

  /** @param stage where the folders of transactions are published */
  public SingerMaterialize(List<String> command, Map<String, String> env, Optional<Path> stage, Programs programs) {
    this.command = List.copyOf(command);
    this.env = Map.copyOf(env);
    this.stage = stage;
    this.programs = programs;
  }

  @Override
  public MaterializeResponse.Spec spec() {
    return new MaterializeResponse.Spec(Protocol.VERSION, Json.parse("{\"type\":\"object\"}"), Json.parse("""
        {"type":"object","properties":{"stream":{"type":"string","x-collection-name":true}},"required":["stream"]}"""),
        env.getOrDefault("DOCS_URL", "https://www.singer.io"), null);
  }

  @Override
  public MaterializeResponse.Validated validate(String name, JsonNode config,
      List<MaterializeRequest.Validate.Binding> bindings) throws ConnectorFailedException {
    Stage.expectNamed(config, stage);
    List<MaterializeResponse.Validated.Binding> validated = new ArrayList<>();
    for (MaterializeRequest.Validate.Binding binding : bindings) {
      String stream = binding.resourceConfig().path("stream").asString("");
      if (stream.isEmpty()) {
        throw new ConnectorFailedException(
            "a binding of " + name + " names no stream; write resource: { stream: NAME }",
            false);
      }
      validated.add(new MaterializeResponse.Validated.Binding(List.of(stream), true, false, null,
          RecordFields.constraints(binding.collection()), List.of()));
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
    return new TargetTransactor(new SingerTarget(command, env, programs, spec), spec.config(), programs, state,
        published);
  }
}
