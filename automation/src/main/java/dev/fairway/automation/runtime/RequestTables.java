package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Requests and what became of them. Each change is told in the journal. */
final class RequestTables {
  private RequestTables() {}

  /** A request's state, outcome and reason, as its requester may see it. */
  record Row(String integration, String contractId, String handler, String template, Set<Party> parties, String state,
      int attempts, Optional<String> code, Optional<String> message, Map<String, String> details,
      Optional<Boolean> retryable, Instant firstSeen, Instant changed) {
    boolean ended() {
      return !state.equals("ready") && !state.equals("submitting");
    }
  }

  /** Why a request is turned down. */
  record Reason(String code, String message, Map<String, String> details, boolean retryable) {}

  /** Notes a request; false when it is known. */
  static boolean insert(Transaction tx, String integration, String handler, Contract contract) throws SQLException {
    var parties = new TreeSet<>(contract.signatories());
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        INSERT INTO automation_request (integration, contract_id, handler, template, parties, state, attempts,
          first_seen, changed) VALUES (?, ?, ?, ?, ?, 'ready', 0, ?, ?) ON CONFLICT DO NOTHING""")) {
      statement.setString(1, integration);
      statement.setString(2, contract.id().value());
      statement.setString(3, handler);
      statement.setString(4, contract.template().toString());
      statement.setString(5, StoredValue.text(StoredValue.parties(parties)));
      statement.setLong(6, micros(tx.now()));
      statement.setLong(7, micros(tx.now()));
      return statement.executeUpdate() > 0;
    }
  }

  static Optional<Row> find(View view, String integration, String contractId) throws SQLException {
    return rows(view, "integration = ? AND contract_id = ?", integration, contractId).stream().findFirst();
  }

  static List<Row> byContract(View view, String contractId) throws SQLException {
    return rows(view, "contract_id = ?", contractId);
  }

  static List<Row> newest(View view, int limit) throws SQLException {
    return rows(view, "1 = 1 ORDER BY changed DESC LIMIT ?", limit);
  }

  static void submitting(Transaction tx, String integration, String contractId, int attempts, String commandId,
      @Nullable Reason reason) throws SQLException {
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

  private static void reason(PreparedStatement statement, int at, @Nullable Reason reason) throws SQLException {
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
    Optional<Row> row = find(tx, integration, contractId);
    if (row.isPresent()) {
      end(tx, integration, contractId, row.get().code().isPresent() ? "rejected" : "accepted");
    }
  }

  /** A rejection that the ledger has no choice for: known here only. */
  static void rejectedHere(Transaction tx, String integration, String contractId, int attempts, Reason reason)
      throws SQLException {
    submitting(tx, integration, contractId, attempts, "", reason);
    end(tx, integration, contractId, "rejected");
  }

  /** The contract went away: taken back, unless the answer is under way or was given. */
  static void gone(Transaction tx, String integration, String contractId) throws SQLException {
    Optional<Row> row = find(tx, integration, contractId);
    if (row.isPresent() && (!row.get().ended() || row.get().state().equals("quarantined"))) {
      end(tx, integration, contractId, "cancelled");
    }
  }

  /** The contract was archived; if our own answer did it, that answer's receipt says so, not this. */
  static void archived(Transaction tx, String integration, String contractId) throws SQLException {
    Optional<Row> row = find(tx, integration, contractId);
    if (row.isPresent() && !row.get().state().equals("submitting")) {
      gone(tx, integration, contractId);
    }
  }

  static void quarantined(Transaction tx, String integration, String contractId) throws SQLException {
    Optional<Row> row = find(tx, integration, contractId);
    if (row.isPresent() && (!row.get().ended() || row.get().state().equals("quarantined"))) {
      end(tx, integration, contractId, "quarantined");
    }
  }

  private static void end(Transaction tx, String integration, String contractId, String state) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        UPDATE automation_request SET state = ?, changed = ? WHERE integration = ? AND contract_id = ?""")) {
      statement.setString(1, state);
      statement.setLong(2, micros(tx.now()));
      statement.setString(3, integration);
      statement.setString(4, contractId);
      statement.executeUpdate();
    }
    tx.append(new NewEvent("request." + state, contractId, StoredValue
        .text(StoredValue.object().put("integration", integration).put("contract", contractId).put("state", state))));
  }

  private static List<Row> rows(View view, String where, Object... values) throws SQLException {
    try (PreparedStatement statement = view.connection()
        .prepareStatement("SELECT integration, contract_id, handler, template, parties, state, attempts, code, message,"
            + " details, retryable, first_seen, changed FROM automation_request WHERE " + where)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        var found = new ArrayList<Row>();
        while (rows.next()) {
          Map<String, String> details = new LinkedHashMap<>();
          String stored = rows.getString(10);
          if (stored != null) {
            StoredValue.parse(stored).properties().forEach(e -> details.put(e.getKey(), e.getValue().asString()));
          }
          long retryable = rows.getLong(11);
          Optional<Boolean> again = rows.wasNull() ? Optional.empty() : Optional.of(retryable == 1);
          found.add(new Row(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4),
              StoredValue.parties(StoredValue.parse(rows.getString(5))), rows.getString(6), rows.getInt(7),
              Optional.ofNullable(rows.getString(8)), Optional.ofNullable(rows.getString(9)), details, again,
              instant(rows.getLong(12)), instant(rows.getLong(13))));
        }
        return found;
      }
    }
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
