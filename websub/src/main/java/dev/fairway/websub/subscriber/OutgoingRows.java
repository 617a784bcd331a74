package dev.fairway.websub.subscriber;

import dev.fairway.core.store.View;
import dev.fairway.store.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** The rows of this node's own subscriptions. Belongs to the step of the view it is made on. */
final class OutgoingRows {
  private final Handle handle;

  OutgoingRows(View view) {
    this.handle = Sql.on(view);
  }

  List<Outgoing> all() {
    return handle.createQuery("SELECT * FROM websub_outgoing ORDER BY channel, topic, id").map(OutgoingRows::read)
        .list();
  }

  List<Outgoing> ofChannel(String channel) {
    return handle.createQuery("SELECT * FROM websub_outgoing WHERE channel = :channel").bind("channel", channel)
        .map(OutgoingRows::read).list();
  }

  Optional<Outgoing> find(String id) {
    return handle.createQuery("SELECT * FROM websub_outgoing WHERE id = :id").bind("id", id).map(OutgoingRows::read)
        .findOne();
  }

  void insert(Outgoing subscription) {
    bind(
        """
            INSERT INTO websub_outgoing (id, channel, topic, source, version, state, next_due, sealed_token, sealed_secret,
              sealed_previous, previous_until, sealed_pending, pending_mode, pending_topics, pending_until, requested_lease,
              granted_lease, verified_at, expires_at, failures, last_error)
            VALUES (:id, :channel, :topic, :source, :version, :state, :nextDue, :token, :secret, :previous, :previousUntil,
              :pending, :pendingMode, :pendingTopics, :pendingUntil, :requestedLease, :grantedLease, :verifiedAt, :expiresAt,
              :failures, :lastError) ON CONFLICT (id) DO NOTHING""",
        subscription);
  }

  /** Writes the row over the version it was read at, and answers it as it stands now; empty when it was changed meanwhile. */
  Optional<Outgoing> update(Outgoing subscription) {
    Outgoing next = subscription.atVersion(subscription.version() + 1);
    int written = bind("""
        UPDATE websub_outgoing SET version = :version, state = :state, next_due = :nextDue, sealed_secret = :secret,
          sealed_previous = :previous, previous_until = :previousUntil, sealed_pending = :pending,
          pending_mode = :pendingMode, pending_topics = :pendingTopics, pending_until = :pendingUntil,
          granted_lease = :grantedLease, verified_at = :verifiedAt, expires_at = :expiresAt, failures = :failures,
          last_error = :lastError
        WHERE id = :id AND version = :version - 1""", next);
    return written == 1 ? Optional.of(next) : Optional.empty();
  }

  void delete(String id) {
    handle.createUpdate("DELETE FROM websub_outgoing WHERE id = :id").bind("id", id).execute();
  }

  private int bind(String sql, Outgoing s) {
    try (var update = handle.createUpdate(sql)) {
      return update.bind("id", s.id()).bind("version", s.version()).bind("state", s.state().name())
          .bind("nextDue", micros(s.nextDue())).bind("secret", s.secret().orElse(null))
          .bind("previous", s.previousSecret().orElse(null)).bind("previousUntil", micros(s.previousUntil()))
          .bind("pending", s.pendingSecret().orElse(null)).bind("pendingMode", s.pendingMode().orElse(null))
          .bind("pendingTopics", String.join("\n", s.pendingTopics())).bind("pendingUntil", micros(s.pendingUntil()))
          .bind("grantedLease", s.grantedLease().map(Duration::toSeconds).orElse(null))
          .bind("verifiedAt", s.verifiedAt().map(OutgoingRows::micros).orElse(null))
          .bind("expiresAt", s.expiresAt().map(OutgoingRows::micros).orElse(null)).bind("failures", s.failures())
          .bind("lastError", s.lastError().orElse(null)).bind("channel", s.channel()).bind("topic", s.topic())
          .bind("source", s.source().text()).bind("token", s.token())
          .bind("requestedLease", s.requestedLease().toSeconds()).execute();
    }
  }

  private static Outgoing read(ResultSet row, StatementContext context) throws SQLException {
    return new Outgoing(row.getString("id"), row.getString("channel"), row.getString("topic"),
        Source.parse(row.getString("source")), row.getLong("version"), Outgoing.State.valueOf(row.getString("state")),
        instant(row.getLong("next_due")), row.getString("sealed_token"), text(row, "sealed_secret"),
        text(row, "sealed_previous"), instant(row.getLong("previous_until")), text(row, "sealed_pending"),
        text(row, "pending_mode"), List.of(row.getString("pending_topics").split("\n")),
        instant(row.getLong("pending_until")), Duration.ofSeconds(row.getLong("requested_lease")),
        number(row, "granted_lease").map(Duration::ofSeconds), number(row, "verified_at").map(OutgoingRows::instant),
        number(row, "expires_at").map(OutgoingRows::instant), row.getInt("failures"), text(row, "last_error"));
  }

  private static Optional<String> text(ResultSet row, String column) throws SQLException {
    @Nullable
    String value = row.getString(column);
    return Optional.ofNullable(value);
  }

  private static Optional<Long> number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(value);
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
