package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.core.work.WorkId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Requests and what became of them. Each change is told in the journal. */
final class RequestTables {
  private RequestTables() {}

  /** Notes a request that is new. */
  static void insert(Transaction tx, String integration, String handler, Contract contract, WorkId work,
      Optional<String> order) throws SQLException {
    var parties = new TreeSet<>(contract.signatories());
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        INSERT INTO automation_request (integration, contract_id, handler, template, parties, state, attempts,
          first_seen, changed, work, order_key) VALUES (?, ?, ?, ?, ?, 'ready', 0, ?, ?, ?, ?)""")) {
      statement.setString(1, integration);
      statement.setString(2, contract.id().value());
      statement.setString(3, handler);
      statement.setString(4, contract.template().toString());
      statement.setString(5, StoredValue.text(StoredValue.parties(parties)));
      statement.setLong(6, micros(tx.now()));
      statement.setLong(7, micros(tx.now()));
      statement.setString(8, work.toString());
      statement.setString(9, order.orElse(null));
      statement.executeUpdate();
    }
  }

  static Optional<KnownRequest> find(View view, String integration, String contractId) throws SQLException {
    return rows(view, "integration = ? AND contract_id = ?", integration, contractId).stream().findFirst();
  }

  static List<KnownRequest> byContract(View view, String contractId) throws SQLException {
    return rows(view, "contract_id = ?", contractId);
  }

  static List<KnownRequest> newest(View view, Optional<RequestState> state, int limit) throws SQLException {
    return state.isPresent()
        ? rows(view, "state = ? ORDER BY changed DESC LIMIT ?", state.get().word(), limit)
        : rows(view, "1 = 1 ORDER BY changed DESC LIMIT ?", limit);
  }

  static Map<RequestState, Long> counts(View view) throws SQLException {
    try (
        PreparedStatement statement = view.connection()
            .prepareStatement("SELECT state, count(*) FROM automation_request GROUP BY state");
        ResultSet rows = statement.executeQuery()) {
      var counts = new EnumMap<RequestState, Long>(RequestState.class);
      while (rows.next()) {
        counts.put(state(rows.getString(1)), rows.getLong(2));
      }
      return counts;
    }
  }

  private static RequestState state(String word) {
    return RequestState.of(word).orElseThrow(() -> new IllegalStateException("no state of requests: " + word));
  }

  /** Whether the answer to another request of the same order key is still on its way. */
  static boolean orderIsTaken(View view, String integration, String contractId) throws SQLException {
    try (PreparedStatement statement = view.connection().prepareStatement("""
        SELECT 1 FROM automation_request mine JOIN automation_request other
          ON other.integration = mine.integration AND other.order_key = mine.order_key
        WHERE mine.integration = ? AND mine.contract_id = ? AND mine.order_key IS NOT NULL
          AND other.state = 'submitting' AND other.order_key IS NOT NULL LIMIT 1""")) {
      statement.setString(1, integration);
      statement.setString(2, contractId);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  /** An operator released it, or it was tried without a crash: what was held against it is forgotten. */
  static void reopened(Transaction tx, String integration, String contractId) throws SQLException {
    Optional<KnownRequest> request = find(tx, integration, contractId);
    if (request.isPresent() && !request.get().state().settled()) {
      crashed(tx, integration, contractId, 0);
      if (request.get().state() == RequestState.QUARANTINED) {
        change(tx, integration, contractId, RequestState.READY);
      }
    }
  }

  /** Notes how often in a row the process died with it. */
  static void crashed(Transaction tx, String integration, String contractId, int crashes) throws SQLException {
    try (PreparedStatement statement = tx.connection()
        .prepareStatement("UPDATE automation_request SET crashes = ? WHERE integration = ? AND contract_id = ?")) {
      statement.setInt(1, crashes);
      statement.setString(2, integration);
      statement.setString(3, contractId);
      statement.executeUpdate();
    }
  }

  static void submitting(Transaction tx, String integration, String contractId, int attempts, String commandId,
      @Nullable RequestReason reason) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        UPDATE automation_request SET state = 'submitting', attempts = ?, command_id = ?, code = ?, message = ?,
          details = ?, retryable = ?, changed = ? WHERE integration = ? AND contract_id = ?""")) {
      statement.setInt(1, attempts);
      statement.setString(2, commandId);
      reason(statement, 3, reason);
      statement.setLong(7, micros(tx.now()));
      statement.setString(8, integration);
      statement.setString(9, contractId);
      statement.executeUpdate();
    }
  }

  private static void reason(PreparedStatement statement, int at, @Nullable RequestReason reason) throws SQLException {
    if (reason == null) {
      statement.setNull(at, java.sql.Types.VARCHAR);
      statement.setNull(at + 1, java.sql.Types.VARCHAR);
      statement.setNull(at + 2, java.sql.Types.VARCHAR);
      statement.setNull(at + 3, java.sql.Types.BIGINT);
    } else {
      var details = StoredValue.object();
      reason.details().forEach(details::put);
      statement.setString(at, reason.code());
      statement.setString(at + 1, reason.message());
      statement.setString(at + 2, StoredValue.text(details));
      statement.setInt(at + 3, reason.retryable() ? 1 : 0);
    }
  }

  static void attempted(Transaction tx, String integration, String contractId, int attempts) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        UPDATE automation_request SET attempts = ?, changed = ? WHERE integration = ? AND contract_id = ?""")) {
      statement.setInt(1, attempts);
      statement.setLong(2, micros(tx.now()));
      statement.setString(3, integration);
      statement.setString(4, contractId);
      statement.executeUpdate();
    }
  }

  /** The ledger took the answer: accepted, or rejected when a reason was given. */
  static void answered(Transaction tx, String integration, String contractId) throws SQLException {
    Optional<KnownRequest> request = find(tx, integration, contractId);
    if (request.isPresent()) {
      change(tx, integration, contractId,
          request.get().reason().isPresent() ? RequestState.REJECTED : RequestState.ACCEPTED);
    }
  }

  /** A rejection that the ledger has no choice for: known here only. */
  static void rejectedHere(Transaction tx, String integration, String contractId, int attempts, RequestReason reason)
      throws SQLException {
    submitting(tx, integration, contractId, attempts, "", reason);
    change(tx, integration, contractId, RequestState.REJECTED);
  }

  /** The contract went away: taken back, unless the request has ended before. */
  static void gone(Transaction tx, String integration, String contractId) throws SQLException {
    endUnlessSettled(tx, integration, contractId, RequestState.CANCELLED);
  }

  /** The contract was archived; if our own answer did it, that answer's receipt says so, not this. */
  static void archived(Transaction tx, String integration, String contractId) throws SQLException {
    Optional<KnownRequest> request = find(tx, integration, contractId);
    if (request.isPresent() && request.get().state() != RequestState.SUBMITTING) {
      gone(tx, integration, contractId);
    }
  }

  static void quarantined(Transaction tx, String integration, String contractId) throws SQLException {
    try (PreparedStatement statement = tx.connection()
        .prepareStatement("UPDATE automation_request SET aside = 1 WHERE integration = ? AND contract_id = ?")) {
      statement.setString(1, integration);
      statement.setString(2, contractId);
      statement.executeUpdate();
    }
    endUnlessSettled(tx, integration, contractId, RequestState.QUARANTINED);
  }

  private static void endUnlessSettled(Transaction tx, String integration, String contractId, RequestState state)
      throws SQLException {
    Optional<KnownRequest> request = find(tx, integration, contractId);
    if (request.isPresent() && !request.get().state().settled()) {
      change(tx, integration, contractId, state);
    }
  }

  private static void change(Transaction tx, String integration, String contractId, RequestState state)
      throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        UPDATE automation_request SET state = ?, changed = ? WHERE integration = ? AND contract_id = ?""")) {
      statement.setString(1, state.word());
      statement.setLong(2, micros(tx.now()));
      statement.setString(3, integration);
      statement.setString(4, contractId);
      statement.executeUpdate();
    }
    if (state.settled()) {
      forgetLetter(tx, integration, contractId);
    }
    tx.append(new NewEvent("request." + state.word(), contractId, StoredValue.text(
        StoredValue.object().put("integration", integration).put("contract", contractId).put("state", state.word()))));
  }

  /* What was set aside and has come to its end another way leaves no letter for an operator to wonder about. */
  private static void forgetLetter(Transaction tx, String integration, String contractId) throws SQLException {
    if (!rows(tx, "integration = ? AND contract_id = ? AND aside = 1", integration, contractId).isEmpty()) {
      find(tx, integration, contractId).flatMap(KnownRequest::work)
          .ifPresent(work -> tx.enqueue(RequestDesk.forgetting(work)));
    }
  }

  private static List<KnownRequest> rows(View view, String where, Object... values) throws SQLException {
    try (PreparedStatement statement = view.connection()
        .prepareStatement("SELECT integration, contract_id, handler, template, parties, state, attempts, code, message,"
            + " details, retryable, first_seen, changed, work, crashes FROM automation_request WHERE " + where)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        var found = new ArrayList<KnownRequest>();
        while (rows.next()) {
          found.add(new KnownRequest(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4),
              StoredValue.parties(StoredValue.parse(rows.getString(5))), state(rows.getString(6)), rows.getInt(7),
              reason(rows), instant(rows.getLong(12)), instant(rows.getLong(13)),
              Optional.ofNullable(rows.getString(14)).map(WorkId::parse), rows.getInt(15)));
        }
        return found;
      }
    }
  }

  private static Optional<RequestReason> reason(ResultSet row) throws SQLException {
    String code = row.getString(8);
    if (code == null) {
      return Optional.empty();
    }
    var details = new LinkedHashMap<String, String>();
    StoredValue.parse(row.getString(10)).properties().forEach(e -> details.put(e.getKey(), e.getValue().asString()));
    return Optional.of(new RequestReason(code, row.getString(9), details, row.getLong(11) == 1));
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
