package dev.fairway.connectors.capture.postgres;

import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.ConnectorFailedException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Copies the rows a table has, a page at a time in the order of its key, and remembers the last key with each page. The log
 * must be followed from before the first page: what changes meanwhile is then in it, and the later document of a key holds.
 */
final class Snapshot {
  /** About how many bytes a page takes once it is known how long rows are; before that, it has few rows. */
  private static final int PAGE_BYTES = 16 << 20;
  private static final int FIRST_ROWS = 200;
  private static final int MOST_ROWS = 100_000;
  /** Less than a page, so that the server sends on while we commit. */
  private static final int BATCH_BYTES = 1 << 20;

  private final Connection sql;
  private final CaptureSession<PostgresCapture.Resource> session;
  private final String slot;
  private final List<Copy> copies = new ArrayList<>();

  /** @param slot whose changes complete the copy: another slot knows nothing of what happened before it was made */
  Snapshot(Connection sql, CaptureSession<PostgresCapture.Resource> session, String slot, List<PgTable> tables)
      throws SQLException {
    this.sql = sql;
    this.session = session;
    this.slot = slot;
    for (Capture.Bound<PostgresCapture.Resource> binding : session.bindings()) {
      Optional<JsonNode> state = session.state(binding)
          .filter(kept -> kept.path("slot").asString("").equals(slot));
      if (state.map(kept -> kept.path("done").asBoolean(false)).orElse(false)) {
        continue;
      }
      copies.add(new Copy(binding, PostgresCapture.table(tables, binding.resource()),
          state.map(kept -> kept.get("after")).orElse(null), state.isPresent() ? 0 : horizon("pg_snapshot_xmax")));
    }
  }

  /** Whether every table was copied. */
  boolean done() {
    return copies.isEmpty();
  }

  /** Copies a page; false when there is nothing to copy now. */
  boolean step() throws SQLException, ConnectorFailedException {
    if (copies.isEmpty()) {
      return false;
    }
    Copy copy = copies.getFirst();
    // A transaction that began before the table was published may have changed it unpublished: its end is awaited.
    if (copy.after() == null && horizon("pg_snapshot_xmin") < copy.horizon()) {
      return false;
    }
    copies.removeFirst();
    CaptureSession.Batch<PostgresCapture.Resource> batch = session.batch();
    List<String> after = new ArrayList<>();
    if (copy.after() != null) {
      copy.after().forEach(part -> after.add(part.asString()));
    }
    byte[] last = null;
    int rows = 0;
    long bytes = 0;
    CopyOut page = sql.unwrap(PGConnection.class).getCopyAPI().copyOut(copy.table().page(after, copy.rows()));
    try {
      for (byte[] row = page.readFromCopy(); row != null; row = page.readFromCopy()) {
        if (last != null && batch.bytes() >= BATCH_BYTES) {
          batch.state(copy.binding(), behind(copy.reader().key(last))).commit();
          batch = session.batch();
        }
        byte[] document = copy.reader().document(row);
        batch.document(copy.binding(), document);
        bytes += document.length;
        last = row;
        rows++;
      }
    } finally {
      if (page.isActive()) {
        page.cancelCopy();
      }
    }
    if (last == null || rows < copy.rows()) {
      batch.state(copy.binding(), Json.object().put("slot", slot).putNull("after").put("done", true)).commit();
      return true;
    }
    ObjectNode state = behind(copy.reader().key(last));
    copies.addFirst(copy.behind(state.path("after"), Math.clamp(PAGE_BYTES / (bytes / rows + 1), 1, MOST_ROWS)));
    batch.state(copy.binding(), state).commit();
    return true;
  }

  /** The state of a table whose rows up to this key were copied. */
  private ObjectNode behind(List<String> key) {
    ObjectNode state = Json.object().put("slot", slot).putNull("done");
    ArrayNode after = state.putArray("after");
    key.forEach(after::add);
    return state;
  }

  private long horizon(String function) throws SQLException {
    try (Statement query = sql.createStatement();
        ResultSet row = query.executeQuery("SELECT " + function + "(pg_current_snapshot())::text::int8")) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * A table on its way.
   *
   * @param after the texts of the last key that was copied; null at the beginning
   * @param horizon transactions before this one must have ended before the first page
   * @param rows how many the next page has
   */
  private record Copy(Capture.Bound<PostgresCapture.Resource> binding, PgTable table, CopyRows reader,
      @Nullable JsonNode after, long horizon, int rows) {
    Copy(Capture.Bound<PostgresCapture.Resource> binding, PgTable table, @Nullable JsonNode after, long horizon) {
      this(binding, table, new CopyRows(table), after, horizon, FIRST_ROWS);
    }

    Copy behind(JsonNode key, int next) {
      return new Copy(binding, table, reader, key, 0, next);
    }
  }
}
