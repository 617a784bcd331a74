package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializeRequest;
import dev.fairway.connector.flow.MaterializeResponse;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.Programs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
    boolean named = Json.text(config).contains(SingerTransactor.STAGE);
    if (named != stage.isPresent()) {
      throw new ConnectorFailedException(named
          ? "the target's configuration names " + SingerTransactor.STAGE + "; say in the endpoint where: stage: FOLDER"
          : "the endpoint has a stage that the target's configuration does not name; write " + SingerTransactor.STAGE
              + " where its folder goes",
          false);
    }
    List<MaterializeResponse.Validated.Binding> validated = new ArrayList<>();
    for (MaterializeRequest.Validate.Binding binding : bindings) {
      String stream = binding.resourceConfig().path("stream").asString("");
      if (stream.isEmpty()) {
        throw new ConnectorFailedException(
            "a binding of " + name + " names no stream; write resource: { stream: NAME }",
            false);
      }
      validated.add(new MaterializeResponse.Validated.Binding(List.of(stream), true, false, null,
          constraints(binding.collection()), List.of()));
    }
    return new MaterializeResponse.Validated(validated);
  }

  private static Map<String, Constraint> constraints(CollectionSpec collection) {
    Map<String, Constraint> constraints = new LinkedHashMap<>();
    for (Projection field : collection.projections()) {
      constraints.put(field.field(), constraint(field));
    }
    return constraints;
  }

  private static Constraint constraint(Projection field) {
    if (field.ptr().isEmpty()) {
      return new Constraint("FIELD_FORBIDDEN", "a record has fields, not a document", "");
    }
    if (field.isPrimaryKey()) {
      return new Constraint("LOCATION_REQUIRED", "the key identifies the row", "");
    }
    boolean top = field.ptr().indexOf('/', 1) < 0 && !field.ptr().equals("/_meta");
    return top
        ? new Constraint("LOCATION_RECOMMENDED", "it is a member of the document", "")
        : new Constraint("FIELD_OPTIONAL", "it is part of another field", "");
  }

  @Override
  public String apply(MaterializationSpec spec, JsonNode state) {
    return "";
  }

  @Override
  public Transactor open(MaterializationSpec spec, JsonNode state) throws Exception {
    Optional<Stage> published = stage.isPresent() ? Optional.of(Stage.open(stage.get())) : Optional.empty();
    return new SingerTransactor(command, env, programs, spec, state, published);
  }
}
