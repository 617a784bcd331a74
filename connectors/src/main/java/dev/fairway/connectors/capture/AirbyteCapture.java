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
import dev.fairway.connectors.airbyte.AirbyteProgram;
import dev.fairway.connectors.airbyte.Hearing;
import dev.fairway.connectors.airbyte.StreamName;
import dev.fairway.connectors.collection.DocumentWriter;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.LogLine;
import dev.fairway.connectors.process.Programs;
import dev.fairway.connectors.process.ScratchFiles;
import dev.fairway.connectors.process.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An Airbyte source, run as a program: {@code spec}, {@code check}, {@code discover} and {@code read} of the Airbyte
 * protocol.
 *
 * <p>State: stream states are kept per binding, a global state is split into the bindings' parts and what they share, a
 * legacy state is kept whole; so one binding can begin anew. A state that cannot be understood stops the capture: it is
 * never restarted silently.
 */
public final class AirbyteCapture implements CaptureProgram {
  private static final byte[] TYPE = utf8("type");
  private static final byte[] RECORD = utf8("record");
  private static final byte[] STREAM = utf8("stream");
  private static final byte[] NAMESPACE = utf8("namespace");
  private static final byte[] DATA = utf8("data");
  private static final byte[] DELETED_AT = utf8("_ab_cdc_deleted_at");
  private static final byte[] RECORD_TYPE = utf8("\"RECORD\"");
  private static final String GLOBAL = "global";
  private static final String LEGACY = "legacy";

  private final AirbyteProgram program;
  private final Programs programs;

  public AirbyteCapture(List<String> command, Map<String, String> env, Programs programs) {
    this.program = new AirbyteProgram(command, env, programs);
    this.programs = programs;
  }

  @Override
  public CaptureResponse.Spec spec() throws Exception {
    AirbyteProgram.Spec spec = program.spec();
    return new CaptureResponse.Spec(Protocol.VERSION, spec.configSchema(), Json.parse("""
        {"type":"object","properties":{"stream":{"type":"string"},
        "syncMode":{"enum":["incremental","full_refresh"]},"namespace":{"type":["string","null"]},
        "cursorField":{"type":["array","null"],"items":{"type":"string"}}},"required":["stream","syncMode"]}"""),
        spec.documentationUrl(), null,
        List.of("/namespace", "/stream"));
  }

  @Override
  public CaptureResponse.Discovered discover(JsonNode config) throws Exception {
    JsonNode catalog = program.askWith(config, "discover", "CATALOG").path("catalog");
    List<CaptureResponse.Discovered.Binding> bindings = new ArrayList<>();
    for (JsonNode stream : catalog.path("streams")) {
      bindings.add(AirbyteCatalog.discovered(stream));
    }
    return new CaptureResponse.Discovered(bindings);
  }

  @Override
  public CaptureResponse.Validated validate(String name, JsonNode config,
      List<CaptureRequest.Validate.Binding> bindings) throws Exception {
    program.check(config);
    return new CaptureResponse.Validated(bindings.stream()
        .map(binding -> new CaptureResponse.Validated.Binding(StreamName.of(binding.resourceConfig()).path()))
        .toList());
  }

  @Override
  public String apply(CaptureSpec spec) {
    return "";
  }

  @Override
  public void run(CaptureSpec spec, JsonNode state, CaptureSink sink) throws Exception {
    try (ScratchFiles files = new ScratchFiles(programs.scratch())) {
      List<String> arguments = new ArrayList<>(List.of("read", "--config", files.write("config.json", spec.config()),
          "--catalog", files.write("catalog.json", AirbyteCatalog.configured(spec))));
      Optional<JsonNode> input = AirbyteStates.input(spec, state);
      if (input.isPresent()) {
        arguments.addAll(List.of("--state", files.write("state.json", input.get())));
      }
      try (Session session = program.start(arguments)) {
        sink.onStop(session.child()::close);
        new Reading(session, spec, state, sink).run();
      }
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** One run of {@code read}. */
  private final class Reading {
    private final Session session;
    private final Hearing hearing;
    private final CaptureSpec spec;
    private final CaptureSink sink;
    private final Map<StreamName, Integer> bindings = new HashMap<>();
    private final long[] rows;
    private final JsonNode[] states;
    private final boolean[] pending;
    private final JsonCursor cursor = new JsonCursor();
    private final Members document = new Members();
    private int lastBinding = -1;
    private byte[] lastStream = {};
    private byte[] lastNamespace = {};

    Reading(Session session, CaptureSpec spec, JsonNode state, CaptureSink sink) {
      this.session = session;
      this.hearing = program.hearing(session);
      this.spec = spec;
      this.sink = sink;
      int count = spec.bindings().size();
      rows = new long[count];
      states = new JsonNode[count];
      pending = new boolean[count];
      for (int i = 0; i < count; i++) {
        CaptureSpec.Binding binding = spec.bindings().get(i);
        bindings.put(StreamName.of(binding.resourceConfig()), i);
        JsonNode old = Rows.of(state, binding);
        rows[i] = old.path("rowId").asLong(0);
        states[i] = old.has("state") ? old.path("state") : Json.object();
      }
    }

    void run() throws Exception {
      session.endInput();
      while (session.next()) {
        Lines line = session.lines();
        if (!record(line)) {
          Optional<JsonNode> message = hearing.message(line);
          if (message.isPresent()) {
            message(message.get());
          }
        }
      }
      hearing.expectSuccess();
      checkpoint(allRows());
    }

    /** Takes a RECORD on the fast way; false when the line is something else. */
    private boolean record(Lines line) throws ConnectorFailedException {
      byte[] text = line.buffer();
      int streamFrom = -1;
      int streamTo = -1;
      int namespaceFrom = -1;
      int namespaceTo = -1;
      boolean data = false;
      try {
        cursor.reset(text, line.from(), line.to());
        if (cursor.peek() != '{') {
          return false;
        }
        cursor.enterObject();
        boolean isRecord = true;
        while (cursor.nextMember()) {
          if (cursor.keyIs(TYPE)) {
            int from = cursor.position();
            isRecord = same(text, from, cursor.skipValue(), RECORD_TYPE);
            if (!isRecord) {
              return false;
            }
          } else if (cursor.keyIs(RECORD) && cursor.peek() == '{') {
            cursor.enterObject();
            while (cursor.nextMember()) {
              if (cursor.keyIs(STREAM) && cursor.peek() == '"') {
                streamFrom = cursor.position() + 1;
                streamTo = cursor.skipValue() - 1;
              } else if (cursor.keyIs(NAMESPACE) && cursor.peek() == '"') {
                namespaceFrom = cursor.position() + 1;
                namespaceTo = cursor.skipValue() - 1;
              } else if (cursor.keyIs(DATA) && cursor.peek() == '{') {
                document.read(text, cursor);
                data = true;
              } else {
                cursor.skipValue();
              }
            }
          } else {
            cursor.skipValue();
          }
        }
        cursor.expectEnd();
      } catch (MalformedJsonException e) {
        return false;
      }
      if (streamFrom < 0 || !data) {
        return false;
      }
      int binding = binding(text, streamFrom, streamTo, namespaceFrom, namespaceTo);
      if (binding >= 0) {
        int deleted = document.find(DELETED_AT, -1);
        boolean gone = deleted >= 0 && text[document.valueFrom(deleted)] != 'n';
        sink.document(binding, document, rows[binding], gone ? "d" : "u");
        rows[binding]++;
        pending[binding] = true;
      }
      return true;
    }

    /** The binding of a stream; records of one stream come together, so the last is looked at first. */
    private int binding(byte[] text, int streamFrom, int streamTo, int namespaceFrom, int namespaceTo) {
      if (same(text, streamFrom, streamTo, lastStream)
          && (namespaceFrom < 0 ? lastNamespace.length == 0 : same(text, namespaceFrom, namespaceTo, lastNamespace))
          && lastStream.length > 0) {
        return lastBinding;
      }
      StreamName name = new StreamName(JsonStrings.unescape(text, streamFrom, streamTo),
          namespaceFrom < 0 ? "" : JsonStrings.unescape(text, namespaceFrom, namespaceTo));
      Integer found = bindings.get(name);
      if (found == null) {
        programs.logs().accept(new LogLine("warn", "records of " + name + " are dropped: no binding takes them",
            Json.object()));
      }
      lastBinding = found == null ? -1 : found;
      lastStream = Arrays.copyOfRange(text, streamFrom, streamTo);
      lastNamespace = namespaceFrom < 0 ? new byte[0] : Arrays.copyOfRange(text, namespaceFrom, namespaceTo);
      return lastBinding;
    }

    private void message(JsonNode message) throws ConnectorFailedException {
      switch (message.path("type").asString("")) {
        case "STATE" -> state(message.path("state"));
        case "RECORD" -> throw new ConnectorFailedException(
            "the source printed a record that cannot be read: " + shortened(message), false);
        case "TRACE" -> {
          hearing.aside(message);
          JsonNode status = message.path("trace").path("stream_status");
          if (status.path("status").asString("").equals("COMPLETE")) {
            Integer binding = bindings.get(StreamName.ofDescriptor(status.path("stream_descriptor")));
            if (binding != null && pending[binding]) {
              checkpoint(List.of(row(binding)));
            }
          }
        }
        default -> hearing.aside(message);
      }
    }

    private void state(JsonNode state) throws ConnectorFailedException {
      String type = state.path("type")
          .asString(state.has("global") ? "GLOBAL" : state.has("stream") ? "STREAM" : "LEGACY");
      List<UnaryOperator<JsonNode>> changes = new ArrayList<>();
      switch (type) {
        case "STREAM" -> {
          JsonNode stream = state.path("stream");
          Integer binding = bindings.get(StreamName.ofDescriptor(stream.path("stream_descriptor")));
          if (binding == null) {
            programs.logs().accept(new LogLine("warn", "a state of a stream that no binding takes is ignored: "
                + stream.path("stream_descriptor"), Json.object()));
            return;
          }
          states[binding] = state;
        }
        case "GLOBAL" -> {
          for (JsonNode part : state.path("global").path("stream_states")) {
            Integer binding = bindings.get(StreamName.ofDescriptor(part.path("stream_descriptor")));
            if (binding != null) {
              ObjectNode message = Json.object().put("type", "STREAM");
              message.set("stream", part);
              states[binding] = message;
            }
          }
          ObjectNode shared = Json.object();
          shared.set("shared_state", state.path("global").path("shared_state"));
          changes.add(Rows.beside(GLOBAL, shared));
        }
        case "LEGACY" -> changes.add(Rows.beside(LEGACY, state.path("data")));
        default -> throw new ConnectorFailedException("the source printed a state of unknown type " + type, false);
      }
      changes.addAll(allRows());
      checkpoint(changes);
    }

    private List<UnaryOperator<JsonNode>> allRows() {
      List<UnaryOperator<JsonNode>> changes = new ArrayList<>();
      for (int i = 0; i < rows.length; i++) {
        changes.add(row(i));
      }
      return changes;
    }

    private UnaryOperator<JsonNode> row(int binding) {
      ObjectNode value = Json.object();
      value.set("state", states[binding]);
      value.put("rowId", rows[binding]);
      return Rows.binding(spec.bindings().get(binding), value);
    }

    private void checkpoint(List<UnaryOperator<JsonNode>> changes) {
      Arrays.fill(pending, false);
      var _ = sink.checkpoint(Rows.all(changes));
    }

    private static boolean same(byte[] text, int from, int to, byte[] other) {
      return Arrays.equals(text, from, to, other, 0, other.length);
    }

    private static String shortened(JsonNode message) {
      byte[] text = Json.bytes(message);
      return DocumentWriter.shortened(text, 0, text.length);
    }
  }
}
