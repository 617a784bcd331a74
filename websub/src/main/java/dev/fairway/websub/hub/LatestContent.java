package dev.fairway.websub.hub;

import dev.fairway.core.journal.Event;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.websub.topic.Topic;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The newest content of each topic of one hub, for whoever discovers the topic. */
final class LatestContent {
  private final String scope;

  LatestContent(String scope) {
    this.scope = scope;
  }

  private record Told(Publication publication, long offset) {}

  /** Gathers the publications of a batch; of each topic only the last is written. */
  final class Batch {
    private final Map<String, Told> perTopic = new LinkedHashMap<>();

    void add(Event event, Publication publication) {
      if (Topic.fault(publication.topic()).isEmpty()) {
        perTopic.put(new Topic(publication.topic()).key(), new Told(publication, event.offset()));
      }
    }

    void write(Transaction tx) throws SQLException {
      if (perTopic.isEmpty()) {
        return;
      }
      try (PreparedStatement statement = tx.connection().prepareStatement("INSERT INTO websub_latest "
          + "(scope, topic_key, position, content_type, body, told_at) VALUES (?, ?, ?, ?, ?, ?) "
          + "ON CONFLICT (scope, topic_key) DO UPDATE SET position = excluded.position, "
          + "content_type = excluded.content_type, body = excluded.body, told_at = excluded.told_at")) {
        for (Map.Entry<String, Told> told : perTopic.entrySet()) {
          statement.setString(1, scope);
          statement.setString(2, told.getKey());
          statement.setLong(3, told.getValue().offset());
          statement.setString(4, told.getValue().publication().contentType());
          statement.setString(5, told.getValue().publication().body());
          statement.setLong(6, Subscriptions.micros(tx.now()));
          statement.addBatch();
        }
        statement.executeBatch();
      }
    }
  }

  /* A topic's content is the newest of all that is told below it. Keys below "A.B" lie between "A.B." and "A.B/", since
   * the slash follows the dot and is in no key. */
  Optional<Latest> find(View view, Topic topic) throws SQLException {
    boolean everything = topic.parts().isEmpty();
    try (PreparedStatement statement = view.connection()
        .prepareStatement("SELECT content_type, body, told_at FROM websub_latest WHERE scope = ?"
            + (everything ? "" : " AND (topic_key = ? OR topic_key >= ? AND topic_key < ?)")
            + " ORDER BY position DESC LIMIT 1")) {
      statement.setString(1, scope);
      if (!everything) {
        statement.setString(2, topic.key());
        statement.setString(3, topic.key() + ".");
        statement.setString(4, topic.key() + "/");
      }
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next()
            ? Optional.of(new Latest(rows.getString(1), rows.getString(2), Subscriptions.instant(rows.getLong(3))))
            : Optional.empty();
      }
    }
  }

  int forget(Transaction tx, Instant before) throws SQLException {
    try (PreparedStatement statement = tx.connection()
        .prepareStatement("DELETE FROM websub_latest WHERE scope = ? AND told_at < ?")) {
      statement.setString(1, scope);
      statement.setLong(2, Subscriptions.micros(before));
      return statement.executeUpdate();
    }
  }
}
