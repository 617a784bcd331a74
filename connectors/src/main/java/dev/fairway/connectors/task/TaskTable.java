package dev.fairway.connectors.task;

import dev.fairway.connector.json.Json;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The rows of tasks and of how far they have read. */
public final class TaskTable {
  private TaskTable() {}

  /** A task as it was last written. */
  public record Row(String name, String kind, boolean paused, JsonNode state, long transactions, long documents,
      long bytes, String updatedAt) {}

  public static Optional<Row> find(View view, String name) throws SQLException {
    try (PreparedStatement query = view.connection().prepareStatement(
        "SELECT name, kind, paused, state, transactions, documents, bytes, updated_at FROM connector_task"
            + " WHERE name = ?")) {
      query.setString(1, name);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? Optional.of(row(rows)) : Optional.empty();
      }
    }
  }

  public static List<Row> list(View view) throws SQLException {
    List<Row> all = new ArrayList<>();
    try (PreparedStatement query = view.connection()
        .prepareStatement("SELECT name, kind, paused, state, transactions, documents, bytes, updated_at"
            + " FROM connector_task ORDER BY name");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        all.add(row(rows));
      }
    }
    return all;
  }

  private static Row row(ResultSet rows) throws SQLException {
    return new Row(rows.getString(1), rows.getString(2), rows.getLong(3) != 0, Json.parse(rows.getString(4)),
        rows.getLong(5), rows.getLong(6), rows.getLong(7), rows.getString(8));
  }

  /** The state last committed; empty for a task that has none. */
  public static JsonNode state(View view, String name) throws SQLException {
    return find(view, name).map(Row::state).orElse(Json.object());
  }

  /** Makes the task known, so that it can be listed and paused before it has done anything. */
  public static void announce(Transaction tx, String name, String kind) throws SQLException {
    try (PreparedStatement insert = tx.connection().prepareStatement(
        "INSERT INTO connector_task (name, kind, updated_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING")) {
      insert.setString(1, name);
      insert.setString(2, kind);
      insert.setString(3, tx.now().toString());
      insert.executeUpdate();
    }
  }

  /** Writes the state and counts one more transaction. */
  public static void save(Transaction tx, String name, String kind, JsonNode state, long documents, long bytes)
      throws SQLException {
    try (PreparedStatement upsert = tx.connection().prepareStatement("""
        INSERT INTO connector_task (name, kind, state, transactions, documents, bytes, updated_at)
        VALUES (?, ?, ?, 1, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET state = excluded.state,
          transactions = connector_task.transactions + 1, documents = connector_task.documents + excluded.documents,
          bytes = connector_task.bytes + excluded.bytes, updated_at = excluded.updated_at""")) {
      upsert.setString(1, name);
      upsert.setString(2, kind);
      upsert.setString(3, Json.text(state));
      upsert.setLong(4, documents);
      upsert.setLong(5, bytes);
      upsert.setString(6, tx.now().toString());
      upsert.executeUpdate();
    }
  }

  /** @return whether there is such a task */
  public static boolean pause(Transaction tx, String name, boolean paused) throws SQLException {
    try (PreparedStatement update = tx.connection()
        .prepareStatement("UPDATE connector_task SET paused = ?, updated_at = ? WHERE name = ?")) {
      update.setLong(1, paused ? 1 : 0);
      update.setString(2, tx.now().toString());
      update.setString(3, name);
      return update.executeUpdate() == 1;
    }
  }

  /** How far a task has read for one of its bindings; 0 for the beginning. */
  public static long position(View view, String task, String binding) throws SQLException {
    try (PreparedStatement query = view.connection()
        .prepareStatement("SELECT position FROM connector_reader WHERE task = ? AND binding = ?")) {
      query.setString(1, task);
      query.setString(2, binding);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  public static void position(Transaction tx, String task, String binding, long position) throws SQLException {
    try (PreparedStatement upsert = tx.connection()
        .prepareStatement("INSERT INTO connector_reader (task, binding, position) VALUES (?, ?, ?)"
            + " ON CONFLICT (task, binding) DO UPDATE SET position = excluded.position")) {
      upsert.setString(1, task);
      upsert.setString(2, binding);
      upsert.setLong(3, position);
      upsert.executeUpdate();
    }
  }
}
