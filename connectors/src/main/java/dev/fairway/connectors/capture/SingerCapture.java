package dev.fairway.connectors.capture;

import dev.fairway.connector.flow.CaptureRequest;
import dev.fairway.connector.flow.CaptureResponse;
import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.JsonStrings;
import dev.fairway.connector.json.Lines;
import dev.fairway.connector.json.MalformedJsonException;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.collection.DocumentWriter;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.LogLine;
import dev.fairway.connectors.process.Programs;
import dev.fairway.connectors.process.ScratchFiles;
import dev.fairway.connectors.process.Session;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Singer tap, run as a program.
 *
 * <p>Bookmarks are kept per binding, and whatever else is in a state beside them; a state without bookmarks is kept whole.
 * BATCH messages are an error, for their rows would be lost; ACTIVATE_VERSION is ignored.
 */
public final class SingerCapture implements CaptureProgram {
  private static final byte[] TYPE = utf8("type");
  private static final byte[] STREAM = utf8("stream");
  private static final byte[] RECORD = utf8("record");
  private static final byte[] RECORD_TYPE = utf8("RECORD");
  private static final String ROWS = "estuary.dev/rowCounter";
  private static final String BESIDE = "singerGlobal";
  private static final String WHOLE = "singerState";

  private final List<String> command;
  private final Map<String, String> env;
  private final Programs programs;

  public SingerCapture(List<String> command, Map<String, String> env, Programs programs) {
    this.command = List.copyOf(command);
    this.env = Map.copyOf(env);
    this.programs = programs;
  }

  @Override
  public CaptureResponse.Spec spec() throws Exception {
    JsonNode schema = Json.parse("{\"type\":\"object\"}");
    try {
      JsonNode about = whole(List.of("--about", "--format=json"));
      schema = about.path("settings").isObject() ? about.path("settings") : schema;
    } catch (ConnectorFailedException | IllegalArgumentException e) {
      // Not every tap can tell about itself; then any configuration is taken.
      programs.logs().accept(new LogLine("debug", "the tap does not know --about", Json.object()));
    }
    return new CaptureResponse.Spec(Protocol.VERSION, schema, Json.parse("""
        {"type":"object","properties":{"tap_stream_id":{"type":"string"},"stream":{"type":"string"},
        "replication_method":{"enum":["INCREMENTAL","FULL_TABLE","LOG_BASED"]},
        "replication_key":{"type":["string","null"]}},"required":["stream","replication_method"]}"""),
        env.getOrDefault("DOCS_URL", "https://www.singer.io"), null, List.of("/tap_stream_id"));
  }

  @Override
  public CaptureResponse.Discovered discover(JsonNode config) throws Exception {
    JsonNode catalog;
    try (ScratchFiles files = new ScratchFiles(programs.scratch())) {
      catalog = whole(List.of("--config", files.write("config.json", config), "--discover"));
    }
    List<CaptureResponse.Discovered.Binding> bindings = new ArrayList<>();
    for (JsonNode stream : catalog.path("streams")) {
      bindings.add(discovered(stream));
    }
    return new CaptureResponse.Discovered(bindings);
  }

  private static CaptureResponse.Discovered.Binding discovered(JsonNode stream) throws ConnectorFailedException {
    ObjectNode resource = Json.object();
    stream.properties().stream().filter(member -> !member.getKey().equals("schema"))
        .forEach(member -> resource.set(member.getKey(), member.getValue()));
    JsonNode root = Json.object();
    for (JsonNode entry : stream.path("metadata")) {
      if (entry.path("breadcrumb").isEmpty()) {
        root = entry.path("metadata");
      }
    }
    String id = stream.path("tap_stream_id").asString(stream.path("stream").asString(""));
    String method = stream.path("replication_method").asString(root.path("forced-replication-method")
        .asString(root.path("replication-method").asString("FULL_TABLE")));
    JsonNode keys = stream.path("key_properties").isEmpty()
        ? root.path("table-key-properties")
        : stream.path("key_properties");
    resource.put("tap_stream_id", id).put("stream", stream.path("stream").asString(id)).put("replication_method",
        method);
    if (method.equals("INCREMENTAL") && resource.path("replication_key").asString("").isEmpty()) {
      String first = root.path("valid-replication-keys").path(0).asString("");
      if (first.isEmpty()) {
        throw new ConnectorFailedException("stream " + id + " is INCREMENTAL and has no replication_key", false);
      }
      resource.put("replication_key", first);
    }
    List<String> key = new ArrayList<>();
    keys.forEach(name -> key.add(name.asString("").startsWith("/")
        ? name.asString("")
        : "/" + name.asString("").replace("~", "~0").replace("/", "~1")));
    if (key.isEmpty()) {
      key.add("/_meta/row_id");
    }
    ObjectNode schema = Rows.copy(stream.path("schema"));
    ObjectNode properties = Rows.copy(schema.path("properties"));
    properties.set("_meta", Json.parse(
        "{\"type\":\"object\",\"properties\":{\"row_id\":{\"type\":\"integer\"}},\"required\":[\"row_id\"]}"));
    schema.put("type", "object");
    schema.set("properties", properties);
    ArrayNode required = Json.array();
    schema.path("required").forEach(required::add);
    key.stream().filter(pointer -> !pointer.startsWith("/_meta")).map(pointer -> pointer.substring(1))
        .forEach(required::add);
    schema.set("required", required.add("_meta"));
    schema.put("x-infer-schema", true);
    return new CaptureResponse.Discovered.Binding(id, resource, schema, key, false, List.of());
  }

  @Override
  public CaptureResponse.Validated validate(String name, JsonNode config,
      List<CaptureRequest.Validate.Binding> bindings) throws ConnectorFailedException {
    List<CaptureResponse.Validated.Binding> paths = new ArrayList<>();
    for (CaptureRequest.Validate.Binding binding : bindings) {
      JsonNode resource = binding.resourceConfig();
      if (resource.path("replication_method").asString("").equals("INCREMENTAL")
          && resource.path("replication_key").asString("").isEmpty()) {
        throw new ConnectorFailedException("stream " + id(resource) + " is INCREMENTAL and has no replication_key",
            false);
      }
      paths.add(new CaptureResponse.Validated.Binding(List.of(id(resource))));
    }
    return new CaptureResponse.Validated(paths);
  }

  @Override
  public String apply(CaptureSpec spec) {
    return "";
  }

  @Override
  public void run(CaptureSpec spec, JsonNode state, CaptureSink sink) throws Exception {
    try (ScratchFiles files = new ScratchFiles(programs.scratch())) {
      String catalog = files.write("catalog.json", catalog(spec));
      List<String> arguments = new ArrayList<>(
          List.of("--config", files.write("config.json", spec.config()), "--catalog", catalog));
      JsonNode input = input(spec, state);
      if (!input.isEmpty()) {
        arguments.addAll(List.of("--state", files.write("state.json", input)));
      }
      try (Session session = start(arguments)) {
        sink.onStop(session.child()::close);
        new Reading(session, spec, state, sink).run();
      }
      if (!files.read("config.json").equals(Json.parse(Json.bytes(spec.config())))) {
        programs.logs().accept(new LogLine("warn",
            "the tap rewrote its configuration; take the new values over, or old tokens may no longer work",
            Json.object()));
      }
    }
  }

  private static String id(JsonNode resource) {
    return resource.path("tap_stream_id").asString(resource.path("stream").asString(""));
  }

  private static JsonNode catalog(CaptureSpec spec) {
    ArrayNode streams = Json.array();
    for (CaptureSpec.Binding binding : spec.bindings()) {
      ObjectNode stream = Rows.copy(binding.resourceConfig());
      stream.put("tap_stream_id", id(stream)).put("selected", true);
      stream.set("schema", binding.collection().writeSchema());
      ArrayNode metadata = Json.array();
      boolean root = false;
      for (JsonNode entry : stream.path("metadata")) {
        ObjectNode copy = Rows.copy(entry);
        ObjectNode facts = Rows.copy(entry.path("metadata"));
        if (entry.path("breadcrumb").isEmpty()) {
          root = true;
          select(facts, stream);
        } else if (facts.path("inclusion").asString("").equals("available") && !facts.has("selected")) {
          facts.put("selected", true);
        }
        copy.set("metadata", facts);
        metadata.add(copy);
      }
      if (!root) {
        ObjectNode entry = metadata.addObject();
        entry.putArray("breadcrumb");
        ObjectNode facts = Json.object();
        select(facts, stream);
        entry.set("metadata", facts);
      }
      stream.set("metadata", metadata);
      streams.add(stream);
    }
    ObjectNode catalog = Json.object();
    catalog.set("streams", streams);
    return catalog;
  }

  private static void select(ObjectNode facts, JsonNode stream) {
    facts.put("selected", true).put("replication-method", stream.path("replication_method").asString("FULL_TABLE"));
    if (!stream.path("replication_key").asString("").isEmpty()) {
      facts.put("replication-key", stream.path("replication_key").asString(""));
    }
  }

  private static JsonNode input(CaptureSpec spec, JsonNode state) {
    if (state.has(WHOLE)) {
      return state.path(WHOLE);
    }
    ObjectNode input = Rows.copy(state.path(BESIDE));
    ObjectNode bookmarks = Json.object();
    for (CaptureSpec.Binding binding : spec.bindings()) {
      ObjectNode bookmark = Rows.copy(Rows.of(state, binding));
      bookmark.remove(ROWS);
      if (!bookmark.isEmpty()) {
        bookmarks.set(id(binding.resourceConfig()), bookmark);
      }
    }
    if (!bookmarks.isEmpty()) {
      input.set("bookmarks", bookmarks);
    }
    return input;
  }

  private Session start(List<String> arguments) {
    List<String> full = new ArrayList<>(command);
    full.addAll(arguments);
    return Session.start(full, env, programs);
  }

  /** All of what a command prints, as one JSON value: discovery may be printed over many lines. */
  private JsonNode whole(List<String> arguments) throws Exception {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (Session session = start(arguments)) {
      session.endInput();
      Lines lines = session.lines();
      while (lines.nextOrRest()) {
        text.write(lines.buffer(), lines.from(), lines.length());
        text.write('\n');
        if (text.size() > programs.lineLimit()) {
          throw new ConnectorFailedException(session.child() + " printed more than " + programs.lineLimit() + " bytes",
              false);
        }
      }
      session.expectSuccess();
    }
    return Json.parse(text.toByteArray());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** One sync. */
  private final class Reading {
    private final Session session;
    private final CaptureSpec spec;
    private final CaptureSink sink;
    private final Map<String, Integer> bindings = new HashMap<>();
    private final JsonNode[] bookmarks;
    private final long[] rows;
    private final JsonCursor cursor = new JsonCursor();
    private final Members document = new Members();

    Reading(Session session, CaptureSpec spec, JsonNode state, CaptureSink sink) {
      this.session = session;
      this.spec = spec;
      this.sink = sink;
      int count = spec.bindings().size();
      bookmarks = new JsonNode[count];
      rows = new long[count];
      for (int i = 0; i < count; i++) {
        CaptureSpec.Binding binding = spec.bindings().get(i);
        bindings.put(binding.resourceConfig().path("stream").asString(id(binding.resourceConfig())), i);
        ObjectNode old = Rows.copy(Rows.of(state, binding));
        rows[i] = old.path(ROWS).asLong(0);
        old.remove(ROWS);
        bookmarks[i] = old;
      }
    }

    void run() throws Exception {
      session.endInput();
      while (session.next()) {
        Lines line = session.lines();
        if (!record(line)) {
          message(line);
        }
      }
      session.expectSuccess();
      checkpoint(List.of());
    }

    private boolean record(Lines line) {
      byte[] text = line.buffer();
      String stream = "";
      boolean isRecord = false;
      boolean data = false;
      try {
        cursor.reset(text, line.from(), line.to());
        if (cursor.peek() != '{') {
          return false;
        }
        cursor.enterObject();
        while (cursor.nextMember()) {
          if (cursor.keyIs(TYPE) && cursor.peek() == '"') {
            int from = cursor.position() + 1;
            int to = cursor.skipValue() - 1;
            isRecord = Arrays.equals(text, from, to, RECORD_TYPE, 0, RECORD_TYPE.length);
            if (!isRecord) {
              return false;
            }
          } else if (cursor.keyIs(STREAM) && cursor.peek() == '"') {
            int from = cursor.position() + 1;
            stream = JsonStrings.unescape(text, from, cursor.skipValue() - 1);
          } else if (cursor.keyIs(RECORD) && cursor.peek() == '{') {
            document.read(text, cursor);
            data = true;
          } else {
            cursor.skipValue();
          }
        }
        cursor.expectEnd();
      } catch (MalformedJsonException e) {
        return false;
      }
      if (!isRecord || !data) {
        return false;
      }
      Integer binding = bindings.get(stream);
      if (binding == null) {
        programs.logs().accept(new LogLine("warn", "a record of " + stream + " is dropped: no binding takes it",
            Json.object()));
        return true;
      }
      sink.document(binding, document, rows[binding]++, "");
      return true;
    }

    private void message(Lines line) throws ConnectorFailedException {
      JsonNode message;
      try {
        message = Json.parse(line.buffer(), line.from(), line.to());
      } catch (IllegalArgumentException e) {
        programs.logs().accept(session.noise());
        return;
      }
      switch (message.path("type").asString("").toUpperCase(Locale.ROOT)) {
        case "STATE" -> state(message.path("value"));
        case "SCHEMA", "ACTIVATE_VERSION" -> programs.logs().accept(new LogLine("debug",
            message.path("type").asString("") + " of " + message.path("stream").asString(""), Json.object()));
        case "RECORD" -> throw new ConnectorFailedException("the tap printed a record that cannot be read: "
            + DocumentWriter.shortened(line.buffer(), line.from(), line.to()), false);
        case "BATCH" -> throw new ConnectorFailedException(
            "the tap sends rows of " + message.path("stream").asString("") + " in files; turn its batches off", false);
        default -> programs.logs().accept(LogLine.parse(line.text()));
      }
    }

    private void state(JsonNode value) {
      if (!value.path("bookmarks").isObject()) {
        checkpoint(List.of(Rows.beside(WHOLE, value)));
        return;
      }
      for (int i = 0; i < bookmarks.length; i++) {
        JsonNode bookmark = value.path("bookmarks").path(id(spec.bindings().get(i).resourceConfig()));
        bookmarks[i] = bookmark.isObject() ? bookmark : Json.object();
      }
      ObjectNode beside = Rows.copy(value);
      beside.remove("bookmarks");
      checkpoint(beside.isEmpty() ? List.of() : List.of(Rows.beside(BESIDE, beside)));
    }

    private void checkpoint(List<UnaryOperator<JsonNode>> more) {
      List<UnaryOperator<JsonNode>> changes = new ArrayList<>(more);
      for (int i = 0; i < bookmarks.length; i++) {
        ObjectNode value = Rows.copy(bookmarks[i]);
        value.put(ROWS, rows[i]);
        changes.add(Rows.binding(spec.bindings().get(i), value));
      }
      var _ = sink.checkpoint(Rows.all(changes));
    }
  }
}
