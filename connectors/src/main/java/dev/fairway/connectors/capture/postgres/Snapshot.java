package dev.fairway.connectors.capture.postgres;

import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Copies the rows a table has, a page at a time in the order of its key, and remembers the last key with each page. The log
 * must be followed from before the first page: what changes meanwhile is then in it, and the later document of a key holds.
 */
final class Snapshot {
  private static final int PAGE = 5_000;

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
  boolean step() throws SQLException {
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
    ArrayNode last = null;
    int rows = 0;
    try (PreparedStatement page = sql.prepareStatement(copy.table().page(copy.after() != null, PAGE))) {
      if (copy.after() != null) {
        for (int i = 0; i < copy.after().size(); i++) {
          page.setString(i + 1, copy.after().path(i).asString());
        }
      }
      try (ResultSet found = page.executeQuery()) {
        while (found.next()) {
          batch.document(copy.binding(), document(copy.table(), found));
          last = key(copy.table(), found);
          rows++;
        }
      }
    }
    boolean done = rows < PAGE;
    ObjectNode state = Json.object().put("slot", slot);
    state.set("after", done ? NullNode.getInstance() : last);
    if (done) {
      state.put("done", true);
    } else {
      state.putNull("done");
      copies.addFirst(new Copy(copy.binding(), copy.table(), last, 0));
    }
    batch.state(copy.binding(), state).commit();
    return true;
  }

  private static ObjectNode document(PgTable table, ResultSet row) throws SQLException {
    ObjectNode document = Json.object();
    document.putObject("_meta").put("op", "c");
    for (int i = 0; i < table.columns().size(); i++) {
      String text = row.getString(i + 1);
      PgTable.Column column = table.columns().get(i);
      document.set(column.name(), text == null ? NullNode.getInstance() : PgTypes.value(column.type(), text));
    }
    return document;
  }

  private static ArrayNode key(PgTable table, ResultSet row) throws SQLException {
    ArrayNode key = Json.array();
    for (PgTable.Column part : table.key()) {
      key.add(row.getString(table.columns().indexOf(part) + 1));
    }
    return key;
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
   */
  private record Copy(Capture.Bound<PostgresCapture.Resource> binding, PgTable table, @Nullable JsonNode after,
      long horizon) {}
}
