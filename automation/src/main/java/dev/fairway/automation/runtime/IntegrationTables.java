package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where an integration is in its ledger, and which contracts it knows. */
final class IntegrationTables {
  /** The round of contracts that a snapshot showed which did not come to its end. */
  static final long BROKEN_OFF = -1;

  private IntegrationTables() {}

  /**
   * A place in a ledger.
   *
   * @param handlers who have been told all up to here
   * @param round how many snapshots are complete
   * @param telling whom the snapshot under way tells
   */
  record Place(String ledger, Offset offset, Set<String> handlers, long round, Set<String> telling) {}

  static Optional<Place> place(View view, String integration) throws SQLException {
    try (PreparedStatement statement = view.connection()
        .prepareStatement(
            "SELECT ledger, position, handlers, round, telling FROM automation_feed WHERE integration = ?")) {
      statement.setString(1, integration);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        return Optional.of(new Place(rows.getString(1), new Offset(rows.getString(2)), ids(rows.getString(3)),
            rows.getLong(4), ids(rows.getString(5))));
      }
    }
  }

  private static Set<String> ids(String stored) {
    var ids = new LinkedHashSet<String>();
    StoredValue.parse(stored).forEach(id -> ids.add(id.asString()));
    return ids;
  }

  private static String text(Set<String> ids) {
    var array = StoredValue.array();
    ids.forEach(array::add);
    return StoredValue.text(array);
  }

  static void save(Transaction tx, String integration, Place place) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        INSERT INTO automation_feed (integration, ledger, position, handlers, round, telling) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (integration) DO UPDATE SET ledger = excluded.ledger, position = excluded.position,
          handlers = excluded.handlers, round = excluded.round, telling = excluded.telling""")) {
      statement.setString(1, integration);
      statement.setString(2, place.ledger());
      statement.setString(3, place.offset().value());
      statement.setString(4, text(place.handlers()));
      statement.setLong(5, place.round());
      statement.setString(6, text(place.telling()));
      statement.executeUpdate();
    }
  }

  static void move(Transaction tx, String integration, Offset offset) throws SQLException {
    try (PreparedStatement statement = tx.connection()
        .prepareStatement("UPDATE automation_feed SET position = ? WHERE integration = ?")) {
      statement.setString(1, offset.value());
      statement.setString(2, integration);
      statement.executeUpdate();
    }
  }

  /** Notes a contract that was created; false when it is known already. */
  static boolean note(Transaction tx, String integration, ContractId id, String contract) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        INSERT INTO automation_seen (round, integration, contract_id, contract) VALUES (0, ?, ?, ?)
        ON CONFLICT DO NOTHING""")) {
      statement.setString(1, integration);
      statement.setString(2, id.value());
      statement.setString(3, contract);
      return statement.executeUpdate() == 1;
    }
  }

  /** Notes a contract, and says in which round it was noted before; empty when it is new. */
  static Optional<Long> see(Transaction tx, String integration, ContractId id, String contract, long round)
      throws SQLException {
    Optional<Long> before = Optional.empty();
    try (PreparedStatement select = tx.connection()
        .prepareStatement("SELECT round FROM automation_seen WHERE integration = ? AND contract_id = ?")) {
      select.setString(1, integration);
      select.setString(2, id.value());
      try (ResultSet rows = select.executeQuery()) {
        if (rows.next()) {
          before = Optional.of(rows.getLong(1));
        }
      }
    }
    String sql = before.isPresent()
        ? "UPDATE automation_seen SET round = ? WHERE integration = ? AND contract_id = ?"
        : "INSERT INTO automation_seen (round, integration, contract_id, contract) VALUES (?, ?, ?, ?)";
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      statement.setLong(1, round);
      statement.setString(2, integration);
      statement.setString(3, id.value());
      if (before.isEmpty()) {
        statement.setString(4, contract);
      }
      statement.executeUpdate();
    }
    return before;
  }

  /** Marks what a snapshot that was broken off showed, since the next may no longer show it. */
  static void breakOff(Transaction tx, String integration, long round) throws SQLException {
    try (PreparedStatement statement = tx.connection()
        .prepareStatement("UPDATE automation_seen SET round = ? WHERE integration = ? AND round = ?")) {
      statement.setLong(1, BROKEN_OFF);
      statement.setString(2, integration);
      statement.setLong(3, round);
      statement.executeUpdate();
    }
  }

  /** Takes a contract out, and gives it back as it was. */
  static Optional<Contract> takeOut(Transaction tx, String integration, ContractId id) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement(
        "DELETE FROM automation_seen WHERE integration = ? AND contract_id = ? RETURNING contract")) {
      statement.setString(1, integration);
      statement.setString(2, id.value());
      return contract(statement);
    }
  }

  /** Takes a contract out that nobody will be told of. */
  static void forget(Transaction tx, String integration, ContractId id) throws SQLException {
    try (PreparedStatement statement = tx.connection()
        .prepareStatement("DELETE FROM automation_seen WHERE integration = ? AND contract_id = ?")) {
      statement.setString(1, integration);
      statement.setString(2, id.value());
      statement.executeUpdate();
    }
  }

  static Optional<Contract> seen(View view, String integration, ContractId id) throws SQLException {
    try (PreparedStatement statement = view.connection()
        .prepareStatement("SELECT contract FROM automation_seen WHERE integration = ? AND contract_id = ?")) {
      statement.setString(1, integration);
      statement.setString(2, id.value());
      return contract(statement);
    }
  }

  private static Optional<Contract> contract(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next()
          ? Optional.of(StoredValue.contract(StoredValue.parse(rows.getString(1))))
          : Optional.empty();
    }
  }

  /** Contracts that the newest snapshot no longer showed. */
  static List<ContractId> missing(View view, String integration, long round, int limit) throws SQLException {
    try (PreparedStatement statement = view.connection()
        .prepareStatement("SELECT contract_id FROM automation_seen WHERE integration = ? AND round < ? LIMIT ?")) {
      statement.setString(1, integration);
      statement.setLong(2, round);
      statement.setInt(3, limit);
      try (ResultSet rows = statement.executeQuery()) {
        var ids = new ArrayList<ContractId>();
        while (rows.next()) {
          ids.add(new ContractId(rows.getString(1)));
        }
        return ids;
      }
    }
  }
}
