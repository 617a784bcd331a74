package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor.Row;
import dev.fairway.connector.flow.CollectionSpec.Inference;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.Programs;
import dev.fairway.connectors.process.ScratchFiles;
import dev.fairway.connectors.process.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The language of <a href="https://github.com/singer-io/getting-started/blob/master/docs/SPEC.md">Singer</a> targets: SCHEMA,
 * RECORD and STATE. A target prints the value of a state once everything before it is stored.
 */
final class SingerTarget implements Target {
  private final List<String> command;
  private final Map<String, String> env;
  private final Programs programs;
  private final MaterializationSpec spec;
  private final RecordFields fields;

  SingerTarget(List<String> command, Map<String, String> env, Programs programs, MaterializationSpec spec) {
    this.command = command;
    this.env = env;
    this.programs = programs;
    this.spec = spec;
    this.fields = new RecordFields(spec);
  }

  @Override
  public Session start(ScratchFiles files, JsonNode config, long transaction) throws IOException {
    List<String> full = new ArrayList<>(command);
    full.addAll(List.of("--config", files.write("config.json", config)));
    return Session.start(full, env, programs);
  }

  @Override
  public List<ObjectNode> opening() {
    return IntStream.range(0, spec.bindings().size()).mapToObj(this::schema).toList();
  }

  private ObjectNode schema(int index) {
    ObjectNode message = message("SCHEMA", index);
    message.set("schema", fields.schema(index, SingerTarget::format));
    ArrayNode keys = message.putArray("key_properties");
    spec.bindings().get(index).fieldSelection().keys().forEach(keys::add);
    return message;
  }

  /* Targets make columns of this. */
  private static void format(Inference inference, ObjectNode type) {
    if (inference.string() != null && inference.string().format().startsWith("date")) {
      type.put("format", inference.string().format());
    }
  }

  private ObjectNode message(String type, int binding) {
    return Json.object().put("type", type).put("stream", spec.bindings().get(binding).resourcePath().getLast());
  }

  @Override
  public ObjectNode record(Row row) {
    ObjectNode message = message("RECORD", row.binding());
    message.set("record", fields.record(row));
    return message;
  }

  @Override
  public List<ObjectNode> closing(long transaction) {
    ObjectNode message = Json.object().put("type", "STATE");
    message.putObject("value").put(TargetTransactor.NUMBER, transaction);
    return List.of(message);
  }

  @Override
  public ObjectNode state() {
    return Json.object();
  }

  @Override
  public Answers answers(Session session) {
    return new Echoes(session);
  }

  private record Echoes(Session session, List<String> echoes) implements Answers {
    Echoes(Session session) {
      this(session, new ArrayList<>());
    }

    @Override
    public void line() {
      echoes.add(session.lines().text());
    }

    @Override
    public void expectSuccess() throws ConnectorFailedException, InterruptedException {
      session.expectSuccess();
    }

    @Override
    public ConnectorFailedException explained(ConnectorFailedException seen) {
      return seen;
    }

    @Override
    public boolean confirmed(long transaction) {
      return echoes.stream().anyMatch(line -> echoed(line) >= transaction);
    }

    private static long echoed(String line) {
      try {
        return Json.parse(line).path(TargetTransactor.NUMBER).asLong(-1);
      } catch (IllegalArgumentException e) {
        return -1;
      }
    }

    @Override
    public String heard() {
      return "it said " + echoes;
    }
  }
}
