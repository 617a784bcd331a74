package dev.fairway.store;

import dev.fairway.core.journal.Event;
import dev.fairway.core.store.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The statements of the journal's tables. */
final class JournalTable {
  private static final String COLUMNS = "position, id, type, subject, time, body";

  private final Ids ids;

  JournalTable(Dialect dialect) {
    this.ids = new Ids(dialect);
  }

  /** Reserves offsets until the commit, and answers the last of them. */
  long advance(Connection connection, int events) throws SQLException {
    try (PreparedStatement statement = connection
        .prepareStatement("UPDATE journal_head SET position = position + ? RETURNING position")) {
      statement.setInt(1, events);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  void insert(Connection connection, List<Buffer.Told> events, long end) throws SQLException {
    long position = end - events.size();
    try (PreparedStatement statement = connection.prepareStatement(
        "INSERT INTO journal (position, id, type, subject, time, body) VALUES (?, ?, ?, ?, ?, ?)")) {
      for (Buffer.Told told : events) {
        statement.setLong(1, ++position);
        ids.set(statement, 2, told.id());
        statement.setString(3, told.event().type());
        statement.setString(4, told.event().subject());
        statement.setLong(5, told.time());
        statement.setString(6, told.event().body());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  List<Event> read(Connection connection, long after, int limit) throws SQLException {
    try (PreparedStatement statement = connection
        .prepareStatement("SELECT " + COLUMNS + " FROM journal WHERE position > ? ORDER BY position LIMIT ?")) {
      statement.setLong(1, after);
      statement.setInt(2, limit);
      return events(statement);
    }
  }

  List<Event> about(Connection connection, String subject, int limit) throws SQLException {
    try (PreparedStatement statement = connection
        .prepareStatement("SELECT " + COLUMNS + " FROM journal WHERE subject = ? ORDER BY position DESC LIMIT ?")) {
      statement.setString(1, subject);
      statement.setInt(2, limit);
      return events(statement).reversed();
    }
  }

  private List<Event> events(PreparedStatement statement) throws SQLException {
    List<Event> events = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        events.add(new Event(rows.getLong(1), ids.get(rows, 2), rows.getString(3), rows.getString(4),
            Micros.instant(rows.getLong(5)), rows.getString(6)));
      }
    }
    return events;
  }

  /** The last offset given, and the last that was trimmed. */
  Head head(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT position, trimmed FROM journal_head");
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return new Head(rows.getLong(1), rows.getLong(2));
    }
  }

  List<JournalFollowers.Following> following(Connection connection) throws SQLException {
    long end = head(connection).end();
    try (
        PreparedStatement statement = connection
            .prepareStatement("SELECT name, position, lease_until FROM journal_follower ORDER BY name");
        ResultSet rows = statement.executeQuery()) {
      List<JournalFollowers.Following> following = new ArrayList<>();
      while (rows.next()) {
        following.add(new JournalFollowers.Following(rows.getString(1), rows.getLong(2), end - rows.getLong(2),
            Micros.instant(rows.getLong(3))));
      }
      return following;
    }
  }

  record Head(long end, long trimmed) {}

  int trim(Connection connection, long before) throws SQLException {
    long last;
    try (PreparedStatement statement = connection.prepareStatement(
        """
            SELECT coalesce(max(position), 0) FROM journal
            WHERE position < coalesce((SELECT min(position) FROM journal WHERE time >= ?), (SELECT position + 1 FROM journal_head))
              AND position <= coalesce((SELECT min(position) FROM journal_follower), (SELECT position FROM journal_head))""")) {
      statement.setLong(1, before);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        last = rows.getLong(1);
      }
    }
    if (last == 0) {
      return 0;
    }
    try (PreparedStatement delete = connection.prepareStatement("DELETE FROM journal WHERE position <= ?");
        PreparedStatement note = connection.prepareStatement("UPDATE journal_head SET trimmed = ?")) {
      delete.setLong(1, last);
      note.setLong(1, last);
      note.executeUpdate();
      return delete.executeUpdate();
    }
  }
}
