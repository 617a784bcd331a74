package dev.fairway.connectors.capture.postgres;

import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.capture.postgres.PgOutput.Tuple;
import dev.fairway.connectors.capture.postgres.PgOutput.Value;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns what the log says into documents. A transaction of the database is one of ours, or several when it is large: then
 * the state tells how many of its changes are captured already, for the log always repeats a transaction in the same order.
 */
final class Changes {
  static final String STATE = "replication";
  private static final long LARGE = 4 << 20;

  private final Connection sql;
  private final CaptureSession<PostgresCapture.Resource> session;
  private final List<PgTable> tables;
  private final Map<Integer, Known> relations = new HashMap<>();
  private final AtomicLong durable;
  private final long captured;
  private final long half;
  private final long halfChanges;
  private CaptureSession.Batch<PostgresCapture.Resource> batch;
  private @Nullable CompletionStage<Void> last;
  private long commit;
  private long change;

  /** @param state of an earlier session with the same slot */
  Changes(Connection sql, CaptureSession<PostgresCapture.Resource> session, List<PgTable> tables, JsonNode state) {
    this.sql = sql;
    this.session = session;
    this.tables = tables;
    this.captured = lsn(state.path("lsn"));
    this.half = lsn(state.path("begun"));
    this.halfChanges = state.path("changes").asLong(0);
    this.durable = new AtomicLong(captured);
    this.batch = session.batch();
  }

  private static long lsn(JsonNode text) {
    return text.isString() ? LogSequenceNumber.valueOf(text.stringValue()).asLong() : 0;
  }

  /** Where the log need not be sent from again. */
  LogSequenceNumber durable() {
    return LogSequenceNumber.valueOf(durable.get());
  }

  /** Waits until all that was handed over is durable. */
  void await() {
    if (last != null) {
      last.toCompletableFuture().join();
    }
  }

  void take(PgOutput message) throws SQLException {
    switch (message) {
      case PgOutput.Begin begin -> {
        commit = begin.commit();
        change = 0;
      }
      case PgOutput.Relation relation -> relations.put(relation.id(), known(relation));
      case PgOutput.Insert insert -> change(insert.relation(), null, insert.row(), "c");
      case PgOutput.Update update -> change(update.relation(), update.old(), update.row(), "u");
      case PgOutput.Delete delete -> change(delete.relation(), delete.old(), null, "d");
      case PgOutput.Commit done -> commit(done.end());
      case PgOutput.Other _ -> {
        // Messages of other kinds say nothing about rows.
      }
    }
  }

  private Known known(PgOutput.Relation relation) {
    for (Capture.Bound<PostgresCapture.Resource> binding : session.bindings()) {
      PostgresCapture.Resource resource = binding.resource();
      if (resource.schema().equals(relation.schema()) && resource.table().equals(relation.table())) {
        return new Known(relation, binding, PostgresCapture.table(tables, resource));
      }
    }
    return new Known(relation, null, null);
  }

  private void change(int relation, @Nullable Tuple old, @Nullable Tuple row, String operation) throws SQLException {
    Known known = relations.get(relation);
    if (known == null) {
      throw new IllegalStateException("the log changes relation " + relation + " before it describes it");
    }
    change++;
    boolean before = commit < captured || (commit == half && change <= halfChanges);
    if (known.binding() == null || known.table() == null || before) {
      return;
    }
    Map<String, JsonNode> oldKey = old == null ? null : key(known, old);
    if (row == null) {
      document(known.binding(), oldKey == null ? Map.of() : oldKey, operation);
    } else {
      Map<String, JsonNode> values = values(known, row, old);
      if (oldKey != null && !oldKey.equals(key(known, row))) {
        document(known.binding(), oldKey, "d");
      }
      document(known.binding(), values, operation);
    }
    if (batch.bytes() > LARGE) {
      ObjectNode state = Json.object().put("begun", LogSequenceNumber.valueOf(commit).asString());
      hand(state.put("changes", change));
    }
  }

  private void document(Capture.Bound<PostgresCapture.Resource> binding, Map<String, JsonNode> values,
      String operation) {
    ObjectNode document = Json.object();
    document.putObject("_meta").put("op", operation).put("lsn", LogSequenceNumber.valueOf(commit).asString())
        .put("change", change);
    values.forEach(document::set);
    batch.document(binding, document);
  }

  private void commit(long end) {
    if (end <= captured) {
      return;
    }
    ObjectNode state = Json.object().put("lsn", LogSequenceNumber.valueOf(end).asString());
    state.putNull("begun").putNull("changes");
    hand(state).thenRun(() -> durable.accumulateAndGet(end, Math::max));
  }

  private CompletionStage<Void> hand(ObjectNode state) {
    CompletionStage<Void> handed = batch.state(STATE, state).commit();
    last = handed;
    batch = session.batch();
    return handed;
  }

  private static Map<String, JsonNode> key(Known known, Tuple tuple) {
    Map<String, JsonNode> key = new LinkedHashMap<>();
    for (int i = 0; i < tuple.values().size(); i++) {
      PgOutput.Column column = known.relation().columns().get(i);
      if (known.isKey(column.name()) && tuple.values().get(i) instanceof Value.Text(String text)) {
        key.put(column.name(), PgTypes.value(column.type(), text));
      }
    }
    return key;
  }

  private Map<String, JsonNode> values(Known known, Tuple row, @Nullable Tuple old) throws SQLException {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    List<PgOutput.Column> missing = new ArrayList<>();
    for (int i = 0; i < row.values().size(); i++) {
      PgOutput.Column column = known.relation().columns().get(i);
      Value value = row.values().get(i);
      if (value instanceof Value.Unchanged && old != null && old.values().get(i) instanceof Value.Text full) {
        value = full;
      }
      switch (value) {
        case Value.Text(String text) -> values.put(column.name(), PgTypes.value(column.type(), text));
        case Value.Null _ -> values.put(column.name(), NullNode.getInstance());
        case Value.Unchanged _ -> missing.add(column);
      }
    }
    if (!missing.isEmpty()) {
      lookUp(known, row, missing, values);
    }
    return values;
  }

  /*
   * A large value that did not change is not in the log; the row has it, or one of a later change that is still to come. A
   * row that is gone by now is deleted later in the log.
   */
  private void lookUp(Known known, Tuple row, List<PgOutput.Column> missing, Map<String, JsonNode> values)
      throws SQLException {
    PgTable table = known.table();
    if (table == null) {
      return;
    }
    List<PgTable.Column> wanted = table.columns().stream()
        .filter(column -> missing.stream().anyMatch(lost -> lost.name().equals(column.name()))).toList();
    try (PreparedStatement query = sql.prepareStatement(table.row(wanted))) {
      for (int part = 0; part < table.key().size(); part++) {
        query.setString(part + 1, known.text(row, table.key().get(part).name()));
      }
      try (ResultSet found = query.executeQuery()) {
        if (found.next()) {
          for (int i = 0; i < wanted.size(); i++) {
            String text = found.getString(i + 1);
            values.put(wanted.get(i).name(),
                text == null ? NullNode.getInstance() : PgTypes.value(wanted.get(i).type(), text));
          }
        }
      }
    }
  }

  /** A relation of the log; of no binding when nobody captures it. */
  private record Known(PgOutput.Relation relation, Capture.@Nullable Bound<PostgresCapture.Resource> binding,
      @Nullable PgTable table) {
    boolean isKey(String column) {
      return table != null && table.key().stream().anyMatch(part -> part.name().equals(column));
    }

    @Nullable
    String text(Tuple row, String column) {
      for (int i = 0; i < relation.columns().size(); i++) {
        if (relation.columns().get(i).name().equals(column) && row.values().get(i) instanceof Value.Text(String text)) {
          return text;
        }
      }
      return null;
    }
  }
}
