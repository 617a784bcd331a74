package dev.fairway.websub.hub;

import dev.fairway.core.store.View;
import dev.fairway.websub.topic.Topic;
import dev.fairway.websub.wire.Callback;
import dev.fairway.websub.wire.Signature;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows of one hub's subscriptions. Belongs to the step of the view it is made on. */
final class Subscriptions {
  private static final String COLUMNS = "id, scope, topic, echo, callback, sealed_secret, method, owner, lease_seconds, "
      + "confirmed_at, expires_at, failures, last_error";

  private final View view;
  private final String scope;

  Subscriptions(View view, String scope) {
    this.view = view;
    this.scope = scope;
  }

  static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** Names a topic and a callback of a hub, in a fixed length. */
  static String pair(String scope, Topic topic, Callback callback) {
    String text = scope + "\n" + topic.key() + "\n" + callback.url();
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** Writes a subscription; one of the same topic and callback keeps its id, which is answered, and is overridden. */
  String put(Subscription subscription) throws SQLException {
    try (PreparedStatement statement = prepare("INSERT INTO websub_subscription (" + COLUMNS + ", topic_key, pair) "
        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pair) DO UPDATE SET "
        + "topic = excluded.topic, echo = excluded.echo, sealed_secret = excluded.sealed_secret, "
        + "method = excluded.method, owner = excluded.owner, lease_seconds = excluded.lease_seconds, "
        + "confirmed_at = excluded.confirmed_at, expires_at = excluded.expires_at RETURNING id")) {
      statement.setString(1, subscription.id());
      statement.setString(2, scope);
      statement.setString(3, subscription.topic().text());
      statement.setString(4, subscription.echo());
      statement.setString(5, subscription.callback().url());
      statement.setString(6, subscription.sealedSecret().orElse(null));
      statement.setString(7, subscription.method().word());
      statement.setString(8, subscription.owner().orElse(null));
      statement.setLong(9, subscription.lease().toSeconds());
      statement.setLong(10, micros(subscription.confirmedAt()));
      statement.setLong(11, micros(subscription.expiresAt()));
      statement.setInt(12, subscription.failures());
      statement.setString(13, subscription.lastError().orElse(null));
      statement.setString(14, subscription.topic().key());
      statement.setString(15, pair(scope, subscription.topic(), subscription.callback()));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  Optional<Subscription> find(String id) throws SQLException {
    return query("scope = ? AND id = ?", scope, id).stream().findFirst();
  }

  /** The subscription of exactly this topic and callback, expired or not. */
  Optional<Subscription> find(Topic topic, Callback callback) throws SQLException {
    return query("pair = ?", pair(scope, topic, callback)).stream().findFirst();
  }

  List<Subscription> live() throws SQLException {
    return query("scope = ? AND expires_at > ?", scope, micros(view.now()));
  }

  List<Subscription> expired(int limit) throws SQLException {
    return query("scope = ? AND expires_at <= ? ORDER BY expires_at LIMIT ?", scope, micros(view.now()), limit);
  }

  /** Subscriptions after an id, in the order of ids. */
  List<Subscription> list(Optional<String> owner, String after, int limit) throws SQLException {
    return owner.isPresent()
        ? query("scope = ? AND id > ? AND owner = ? ORDER BY id LIMIT ?", scope, after, owner.get(), limit)
        : query("scope = ? AND id > ? ORDER BY id LIMIT ?", scope, after, limit);
  }

  boolean delete(String id) throws SQLException {
    return update("DELETE FROM websub_subscription WHERE scope = ? AND id = ?", scope, id) > 0;
  }

  void failed(String id, String why) throws SQLException {
    update("UPDATE websub_subscription SET failures = failures + 1, last_error = ? WHERE scope = ? AND id = ?", why,
        scope,
        id);
  }

  void recovered(String id) throws SQLException {
    update("UPDATE websub_subscription SET failures = 0, last_error = NULL WHERE scope = ? AND id = ? AND failures > 0",
        scope, id);
  }

  private List<Subscription> query(String where, Object... values) throws SQLException {
    try (PreparedStatement statement = prepare("SELECT " + COLUMNS + " FROM websub_subscription WHERE " + where)) {
      bind(statement, values);
      List<Subscription> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(read(rows));
        }
      }
      return found;
    }
  }

  private int update(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepare(sql)) {
      bind(statement, values);
      return statement.executeUpdate();
    }
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    return view.connection().prepareStatement(sql);
  }

  private static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }

  private static Subscription read(ResultSet row) throws SQLException {
    return new Subscription(row.getString(1), row.getString(2), new Topic(row.getString(3)), row.getString(4),
        new Callback(row.getString(5)), optional(row.getString(6)),
        Signature.Method.of(row.getString(7)).orElse(Signature.Method.SHA256), optional(row.getString(8)),
        Duration.ofSeconds(row.getLong(9)), instant(row.getLong(10)), instant(row.getLong(11)), row.getInt(12),
        optional(row.getString(13)));
  }

  private static Optional<String> optional(@Nullable String value) {
    return Optional.ofNullable(value);
  }
}
