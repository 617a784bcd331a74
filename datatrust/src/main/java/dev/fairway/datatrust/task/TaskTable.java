package dev.fairway.datatrust.task;

import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.datatrust.Micros;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.store.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements on tasks. */
final class TaskTable {
  private static final String SELECT = "SELECT * FROM datatrust_task WHERE market = :market";

  private final String market;

  TaskTable(String market) {
    this.market = market;
  }

  boolean insert(Transaction tx, Task task) {
    return Sql.on(tx)
        .createUpdate(
            "INSERT INTO datatrust_task (id, market, kind, watched, listing, owner, delivery, state, created_at,"
                + " changed_at) VALUES (:id, :market, :kind, :watched, :listing, :owner, :delivery, :state, :now, :now)"
                + " ON CONFLICT DO NOTHING")
        .bind("id", task.id().toString()).bind("market", market).bind("kind", task.kind().name())
        .bind("watched", task.watched().orElse(null)).bind("listing", task.listing().map(Hash::hex).orElse(null))
        .bind("owner", task.owner().map(Address::hex).orElse(null))
        .bind("delivery", task.delivery().map(Hash::hex).orElse(null)).bind("state", task.state().name())
        .bind("now", Micros.of(tx.now())).execute() == 1;
  }

  Optional<Task> find(View view, UUID id) {
    return Sql.on(view).createQuery(SELECT + " AND id = :id").bind("market", market).bind("id", id.toString())
        .map((row, _) -> task(row)).findFirst();
  }

  Optional<Task> byTransaction(View view, long transaction) {
    return Sql.on(view).createQuery(SELECT + " AND transaction_id = :transaction").bind("market", market)
        .bind("transaction", transaction).map((row, _) -> task(row)).findFirst();
  }

  Optional<Task> watching(View view, String text) {
    return Sql.on(view).createQuery(SELECT + " AND kind = 'WATCH' AND watched = :text").bind("market", market)
        .bind("text", text).map((row, _) -> task(row)).findFirst();
  }

  /** Whether a task of a kind about a purchase has not ended. */
  boolean underWay(View view, Task.Kind kind, Hash delivery) {
    return Sql.on(view)
        .createQuery("SELECT 1 FROM datatrust_task WHERE market = :market AND kind = :kind AND delivery = :delivery AND"
            + " state IN ('QUEUED', 'SUBMITTED', 'MINED')")
        .bind("market", market).bind("kind", kind.name()).bind("delivery", delivery.hex()).mapTo(Integer.class)
        .findFirst().isPresent();
  }

  long openSince(View view, Instant before) {
    return Sql.on(view)
        .createQuery("SELECT COUNT(*) FROM datatrust_task WHERE market = :market AND created_at < :before AND state IN"
            + " ('QUEUED', 'SUBMITTED', 'MINED')")
        .bind("market", market).bind("before", Micros.of(before)).mapTo(Long.class).one();
  }

  List<Task> recent(View view, int limit) {
    return Sql.on(view).createQuery(SELECT + " ORDER BY created_at DESC LIMIT :limit").bind("market", market)
        .bind("limit", limit).map((row, _) -> task(row)).list();
  }

  void sends(Transaction tx, UUID id, long transaction) {
    Sql.on(tx)
        .createUpdate(
            "UPDATE datatrust_task SET transaction_id = :transaction, state = 'SUBMITTED', changed_at = :now WHERE id = :id")
        .bind("transaction", transaction).bind("now", Micros.of(tx.now())).bind("id", id.toString()).execute();
  }

  void becomes(Transaction tx, UUID id, TaskState state, Optional<String> result, Optional<String> reason) {
    Sql.on(tx)
        .createUpdate("UPDATE datatrust_task SET state = :state, result = :result, reason = :reason, changed_at = :now"
            + " WHERE id = :id")
        .bind("state", state.name()).bind("result", result.orElse(null)).bind("reason", reason.orElse(null))
        .bind("now", Micros.of(tx.now())).bind("id", id.toString()).execute();
  }

  /** Forgets what ended long ago. */
  int forget(Transaction tx, Instant before) {
    return Sql.on(tx)
        .createUpdate(
            "DELETE FROM datatrust_task WHERE market = :market AND kind = 'WATCH' AND changed_at < :before AND"
                + " state IN ('CONFIRMED', 'REVERTED', 'DROPPED', 'TIMED_OUT', 'FAILED')")
        .bind("market", market).bind("before", Micros.of(before)).execute();
  }

  private static Task task(ResultSet row) throws SQLException {
    long transaction = row.getLong("transaction_id");
    OptionalLong sent = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(transaction);
    return new Task(UUID.fromString(row.getString("id")), Task.Kind.valueOf(row.getString("kind")),
        text(row, "watched"), text(row, "listing").map(Hash::new), text(row, "owner").map(Address::new),
        text(row, "delivery").map(Hash::new), sent, TaskState.valueOf(row.getString("state")), text(row, "result"),
        text(row, "reason"), Micros.instant(row.getLong("created_at")), Micros.instant(row.getLong("changed_at")));
  }

  private static Optional<String> text(ResultSet row, String column) throws SQLException {
    @Nullable
    String value = row.getString(column);
    return Optional.ofNullable(value);
  }
}
