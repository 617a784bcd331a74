package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec.Inference;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializationSpec.FieldSelection;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.LogLine;
import dev.fairway.connectors.process.Programs;
import dev.fairway.connectors.process.ScratchFiles;
import dev.fairway.connectors.process.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Transactions of a Singer target. The target must echo the transaction's number once everything before it is stored. */
final class SingerTransactor implements Transactor {
  static final String STAGE = "{{stage}}";
  private static final String NUMBER = "flow_txn";

  private final List<String> command;
  private final Map<String, String> env;
  private final Programs programs;
  private final MaterializationSpec spec;
  private final Optional<Stage> stage;
  private final List<List<String>> fields;
  private long number;
  private @Nullable Run run;

  SingerTransactor(List<String> command, Map<String, String> env, Programs programs, MaterializationSpec spec,
      JsonNode state, Optional<Stage> stage) {
    this.command = command;
    this.env = env;
    this.programs = programs;
    this.spec = spec;
    this.stage = stage;
    this.number = state.path(NUMBER).asLong(0);
    this.fields = spec.bindings().stream().map(binding -> {
      FieldSelection selected = binding.fieldSelection();
      return Stream.concat(selected.keys().stream(), selected.values().stream()).toList();
    }).toList();
  }

  @Override
  public Optional<JsonNode> checkpoint() {
    try {
      return stage.isPresent() ? stage.get().checkpoint() : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read what was published last", e);
    }
  }

  /** Targets cannot be asked. */
  @Override
  public boolean loads() {
    return false;
  }

  @Override
  public void load(int binding, List<Packed> keys, Found found) {
    throw new IllegalStateException("a Singer target cannot be asked what it holds");
  }

  @Override
  public void store(Row row) throws Exception {
    Run now = started();
    ObjectNode record = Json.object();
    List<String> names = fields.get(row.binding());
    int keys = row.keys().size();
    for (int i = 0; i < names.size(); i++) {
      record.set(names.get(i), i < keys ? row.keys().get(i) : row.values().get(i - keys));
    }
    ObjectNode message = Json.object().put("type", "RECORD").put("stream", stream(row.binding()));
    message.set("record", record);
    now.send(message);
  }

  @Override
  public ConnectorState commit(JsonNode checkpoint) throws Exception {
    Run now = started();
    number++;
    ObjectNode message = Json.object().put("type", "STATE");
    message.putObject("value").put(NUMBER, number);
    now.send(message);
    now.end(number);
    run = null;
    if (stage.isPresent()) {
      stage.get().publish(checkpoint);
    }
    return ConnectorState.patch(Json.object().put(NUMBER, number));
  }

  @Override
  public void close() {
    try {
      if (run != null) {
        run.close();
      }
      if (stage.isPresent()) {
        stage.get().discard();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clear up after a target", e);
    }
  }

  private Run started() throws Exception {
    if (run == null) {
      run = new Run();
    }
    return run;
  }

  private String stream(int binding) {
    return spec.bindings().get(binding).resourcePath().getLast();
  }

  /** One process of the target. */
  private final class Run implements AutoCloseable {
    private final ScratchFiles files;
    private final Session session;
    private final List<String> echoes = new ArrayList<>();
    private final Thread listener;

    Run() throws Exception {
      files = new ScratchFiles(programs.scratch());
      String text = Json.text(spec.config());
      if (stage.isPresent()) {
        text = text.replace(STAGE, escaped(stage.get().begin().toAbsolutePath().toString()));
      }
      List<String> full = new ArrayList<>(command);
      full.addAll(List.of("--config", files.write("config.json", Json.parse(text))));
      session = Session.start(full, env, programs);
      // Its answers are few, and must be taken while it is fed.
      listener = Thread.ofVirtual().name("answers of " + command.getFirst()).start(this::listen);
      for (int i = 0; i < spec.bindings().size(); i++) {
        send(schema(i));
      }
    }

    private void listen() {
      try {
        while (session.next()) {
          synchronized (echoes) {
            echoes.add(session.lines().text());
          }
        }
      } catch (ConnectorFailedException e) {
        programs.logs().accept(new LogLine("error", String.valueOf(e.getMessage()), Json.object()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void send(JsonNode message) throws Exception {
      session.send(Json.bytes(message));
    }

    /** Ends its input, and checks that it stored everything. */
    void end(long expected) throws Exception {
      try (this) {
        session.endInput();
        listener.join();
        session.expectSuccess();
        synchronized (echoes) {
          if (echoes.stream().noneMatch(line -> echoed(line) >= expected)) {
            throw new ConnectorFailedException(session.child() + " ended well and did not confirm transaction " + expected
                + "; it said " + echoes + " and: " + session.child().lastWords());
          }
        }
      }
    }

    @Override
    public void close() throws IOException {
      session.close();
      files.close();
    }
  }

  private static long echoed(String line) {
    try {
      return Json.parse(line).path(NUMBER).asLong(-1);
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }

  private static String escaped(String path) {
    String quoted = Json.MAPPER.writeValueAsString(path);
    return quoted.substring(1, quoted.length() - 1);
  }

  private ObjectNode schema(int index) {
    MaterializationSpec.Binding binding = spec.bindings().get(index);
    Map<String, Projection> known = binding.collection().fields();
    ObjectNode properties = Json.object();
    for (String field : fields.get(index)) {
      properties.set(field, type(Objects.requireNonNull(known.get(field), field).inference()));
    }
    ObjectNode message = Json.object().put("type", "SCHEMA").put("stream", stream(index));
    ObjectNode schema = message.putObject("schema").put("type", "object");
    schema.set("properties", properties);
    ArrayNode keys = message.putArray("key_properties");
    binding.fieldSelection().keys().forEach(keys::add);
    return message;
  }

  /* Targets make columns of this. Null is always allowed, because a document may lack what its schema knows. */
  private static ObjectNode type(Inference inference) {
    ObjectNode type = Json.object();
    if (inference.types().isEmpty()) {
      return type;
    }
    ArrayNode types = type.putArray("type");
    inference.types().stream().filter(name -> !name.equals("null")).forEach(types::add);
    types.add("null");
    if (inference.string() != null && inference.string().format().startsWith("date")) {
      type.put("format", inference.string().format());
    }
    return type;
  }
}
