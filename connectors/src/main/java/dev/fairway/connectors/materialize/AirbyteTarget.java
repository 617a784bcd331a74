package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor.Row;
import dev.fairway.connector.flow.CollectionSpec.Inference;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.airbyte.AirbyteProgram;
import dev.fairway.connectors.airbyte.Hearing;
import dev.fairway.connectors.airbyte.StreamName;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.ScratchFiles;
import dev.fairway.connectors.process.Session;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The language of Airbyte destinations: a configured catalog, then RECORD messages, a stream state each with the
 * transaction's number, and the word that each stream is complete.
 *
 * <p>Records of a transaction bear one time, later than that of any before, because destinations that deduplicate keep the
 * latest. A generation is a binding's backfill; its first transaction is the only one that overwrites, so that a stream
 * that is written a transaction at a time keeps all of them.
 */
final class AirbyteTarget implements Target {
  private static final String EMITTED = "flow_emitted_at";
  private static final String BEGUN = "flow_generations";
  private static final String DELETED_AT = "_ab_cdc_deleted_at";

  private final AirbyteProgram program;
  private final MaterializationSpec spec;
  private final RecordFields fields;
  private final InstantSource clock;
  private final List<DestinationSyncMode> modes = new ArrayList<>();
  private final List<StreamName> streams;
  private final ObjectNode begun = Json.object();
  private final long[] counts;
  private long emitted;

  /** @param state the connector's state as it was last committed */
  AirbyteTarget(AirbyteProgram program, MaterializationSpec spec, List<String> offered, JsonNode state,
      InstantSource clock) throws ConnectorFailedException {
    this.program = program;
    this.spec = spec;
    this.fields = new RecordFields(spec);
    this.clock = clock;
    this.streams = spec.bindings().stream().map(binding -> StreamName.of(binding.resourceConfig())).toList();
    this.counts = new long[streams.size()];
    this.emitted = state.path(EMITTED).asLong(0);
    state.path(BEGUN).properties().forEach(one -> begun.set(one.getKey(), one.getValue()));
    for (MaterializationSpec.Binding binding : spec.bindings()) {
      modes.add(DestinationSyncMode.of(binding.resourceConfig(), offered));
    }
  }

  @Override
  public Session start(ScratchFiles files, JsonNode config, long transaction) throws IOException {
    emitted = Math.max(clock.millis(), emitted + 1);
    Arrays.fill(counts, 0);
    return program.start(List.of("write", "--config", files.write("config.json", config), "--catalog",
        files.write("catalog.json", catalog(transaction))));
  }

  private JsonNode catalog(long transaction) {
    ObjectNode catalog = Json.object();
    ArrayNode configured = catalog.putArray("streams");
    for (int i = 0; i < streams.size(); i++) {
      configured.add(stream(i, transaction));
    }
    return catalog;
  }

  private ObjectNode stream(int index, long transaction) {
    MaterializationSpec.Binding binding = spec.bindings().get(index);
    boolean replaces = modes.get(index) == DestinationSyncMode.OVERWRITE;
    boolean first = !begun.has(binding.stateKey());
    // Generations count from one: zero says that a sync knows of none.
    int generation = binding.backfill() + 1;
    ObjectNode configured = Json.object();
    ObjectNode stream = streams.get(index).descriptor();
    stream.set("json_schema", schema(index));
    stream.putArray("supported_sync_modes").add("full_refresh").add("incremental");
    configured.set("stream", stream);
    configured.put("sync_mode", replaces && first ? "full_refresh" : "incremental");
    configured.put("destination_sync_mode",
        replaces && !first ? DestinationSyncMode.APPEND.word() : modes.get(index).word());
    configured.putArray("cursor_field");
    ArrayNode key = configured.putArray("primary_key");
    binding.fieldSelection().keys().forEach(field -> key.addArray().add(field));
    return configured.put("generation_id", generation).put("minimum_generation_id", replaces ? generation : 0)
        .put("sync_id", transaction);
  }

  private ObjectNode schema(int index) {
    ObjectNode schema = fields.schema(index, AirbyteTarget::format);
    if (modes.get(index) == DestinationSyncMode.APPEND_DEDUP
        && schema.path("properties") instanceof ObjectNode properties && !properties.has(DELETED_AT)) {
      ObjectNode deleted = properties.putObject(DELETED_AT);
      deleted.putArray("type").add("string").add("null");
      deleted.put("format", "date-time").put("airbyte_type", "timestamp_with_timezone");
    }
    return schema;
  }

  /* Without the annotation a destination guesses whether a time has a zone; those of RFC 3339 do. */
  private static void format(Inference inference, ObjectNode type) {
    if (inference.string() == null || !"string".equals(inference.single())) {
      return;
    }
    switch (inference.string().format()) {
      case "date" -> type.put("format", "date");
      case "date-time" -> type.put("format", "date-time").put("airbyte_type", "timestamp_with_timezone");
      default -> {
        // Other formats have no column type of their own.
      }
    }
  }

  @Override
  public List<ObjectNode> opening() {
    return streams.stream().map(stream -> status(stream, "STARTED")).toList();
  }

  private ObjectNode status(StreamName stream, String status) {
    ObjectNode message = Json.object().put("type", "TRACE");
    ObjectNode trace = message.putObject("trace").put("type", "STREAM_STATUS").put("emitted_at", emitted);
    ObjectNode told = trace.putObject("stream_status");
    told.set("stream_descriptor", stream.descriptor());
    told.put("status", status);
    return message;
  }

  @Override
  public ObjectNode record(Row row) {
    counts[row.binding()]++;
    StreamName stream = streams.get(row.binding());
    ObjectNode data = fields.record(row);
    if (row.delete()) {
      data.put(DELETED_AT, Instant.ofEpochMilli(emitted).toString());
    }
    ObjectNode message = Json.object().put("type", "RECORD");
    ObjectNode record = message.putObject("record").put("stream", stream.name());
    if (!stream.namespace().isEmpty()) {
      record.put("namespace", stream.namespace());
    }
    record.set("data", data);
    record.put("emitted_at", emitted);
    return message;
  }

  @Override
  public List<ObjectNode> closing(long transaction) {
    List<ObjectNode> messages = new ArrayList<>();
    for (int i = 0; i < streams.size(); i++) {
      ObjectNode message = Json.object().put("type", "STATE");
      ObjectNode state = message.putObject("state").put("type", "STREAM");
      ObjectNode stream = state.putObject("stream");
      stream.set("stream_descriptor", streams.get(i).descriptor());
      stream.putObject("stream_state").put(TargetTransactor.NUMBER, transaction);
      // Counts are numbers with a point: the protocol makes them doubles.
      state.putObject("sourceStats").put("recordCount", (double) counts[i]);
      messages.add(message);
    }
    streams.forEach(stream -> messages.add(status(stream, "COMPLETE")));
    return messages;
  }

  @Override
  public ObjectNode state() {
    ObjectNode state = Json.object().put(EMITTED, emitted);
    for (MaterializationSpec.Binding binding : spec.bindings()) {
      begun.put(binding.stateKey(), true);
    }
    state.set(BEGUN, begun.deepCopy());
    return state;
  }

  @Override
  public Answers answers(Session session) {
    return new States(session, program.hearing(session), streams);
  }

  private record States(Session session, Hearing hearing, List<StreamName> streams,
      Map<StreamName, Long> stored) implements Answers {
    States(Session session, Hearing hearing, List<StreamName> streams) {
      this(session, hearing, streams, new HashMap<>());
    }

    @Override
    public void line() throws ConnectorFailedException {
      hearing.message(session.lines()).ifPresent(this::take);
    }

    private void take(JsonNode message) {
      if (!message.path("type").asString("").equals("STATE")) {
        hearing.aside(message);
        return;
      }
      JsonNode stream = message.path("state").path("stream");
      stored.merge(StreamName.ofDescriptor(stream.path("stream_descriptor")),
          stream.path("stream_state").path(TargetTransactor.NUMBER).asLong(-1), Math::max);
    }

    @Override
    public void expectSuccess() throws ConnectorFailedException, InterruptedException {
      hearing.expectSuccess();
    }

    @Override
    public ConnectorFailedException explained(ConnectorFailedException seen) {
      return hearing.explained(seen);
    }

    @Override
    public boolean confirmed(long transaction) {
      return streams.stream().allMatch(stream -> stored.getOrDefault(stream, -1L) >= transaction);
    }

    @Override
    public String heard() {
      return "it echoed the states " + stored;
    }
  }
}
