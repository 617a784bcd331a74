package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor.FencedException;
import dev.fairway.connector.flow.RangeSpec;
import dev.fairway.connector.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The runtime's checkpoint, kept in {@code flow_checkpoints_v1} beside the rows and changed in their transaction. A number in its row
 * rises with every session, so that of two rivals only the later can commit. Belongs to one thread and one connection.
 */
final class Fence {
  private final Connection connection;
  private final String task;
  private final RangeSpec range;
  private final long number;
  private final Optional<JsonNode> checkpoint;

  private Fence(Connection connection, String task, RangeSpec range) throws SQLException {
    this.connection = connection;
    this.task = task;
    this.range = range;
    raise();
    try (PreparedStatement query = connection.prepareStatement("SELECT checkpoint, fence FROM flow_checkpoints_v1"
        + " WHERE materialization = ? AND key_begin = ? AND key_end = ?")) {
      name(query, 1);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        String stored = row.getString(1);
        this.checkpoint = stored.isEmpty() ? Optional.empty() : Optional.of(Json.parse(stored));
        this.number = row.getLong(2);
      }
    }
  }

  /** Makes the table. */
  static void apply(Statement statement) throws SQLException {
    statement.execute("CREATE TABLE IF NOT EXISTS flow_checkpoints_v1 (materialization TEXT NOT NULL,"
        + " key_begin BIGINT NOT NULL, key_end BIGINT NOT NULL, fence BIGINT NOT NULL, checkpoint TEXT NOT NULL,"
        + " PRIMARY KEY (materialization, key_begin, key_end))");
  }

  /** Takes the range over from every session before. */
  static Fence raise(Connection connection, String task, RangeSpec range) throws SQLException {
    Fence fence = new Fence(connection, task, range);
    connection.commit();
    return fence;
  }

  private void raise() throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO flow_checkpoints_v1"
        + " (materialization, key_begin, key_end, fence, checkpoint) VALUES (?, ?, ?, 0, '') ON CONFLICT DO NOTHING")) {
      name(insert, 1);
      insert.executeUpdate();
    }
    try (PreparedStatement raise = connection.prepareStatement("UPDATE flow_checkpoints_v1 SET fence = fence + 1"
        + " WHERE materialization = ? AND key_end >= ? AND key_begin <= ?")) {
      name(raise, 1);
      raise.executeUpdate();
    }
  }

  private void name(PreparedStatement statement, int at) throws SQLException {
    statement.setString(at, task);
    statement.setLong(at + 1, range.keyBegin());
    statement.setLong(at + 2, range.keyEnd());
  }

  /** What was committed last. */
  Optional<JsonNode> checkpoint() {
    return checkpoint;
  }

  /** Commits the connection's transaction with this checkpoint, or rolls it back. */
  void commit(JsonNode next) throws SQLException, FencedException {
    try (PreparedStatement update = connection.prepareStatement("UPDATE flow_checkpoints_v1 SET checkpoint = ?"
        + " WHERE materialization = ? AND key_begin = ? AND key_end = ? AND fence = ?")) {
      update.setString(1, Json.text(next));
      name(update, 2);
      update.setLong(5, number);
      if (update.executeUpdate() != 1) {
        connection.rollback();
        throw new FencedException("fenced off: another session of " + task + " has taken over the destination");
      }
    }
    connection.commit();
  }
}
