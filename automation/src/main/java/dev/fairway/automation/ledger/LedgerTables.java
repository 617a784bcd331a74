package dev.fairway.automation.ledger;

import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.model.Interpreter;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import java.sql.Connection;
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

/** The statements of the local ledger's tables. */
final class LedgerTables {
  private static final String CONTRACT = "id, template, package_name, payload, contract_key, signatories, observers, time,"
      + " created, created_place, archived, archived_place";

  private static final String REMEMBER = """
      INSERT INTO automation_ledger_command (command_id, act_as, until, position, reason, code, detail, meta)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (command_id, act_as) DO UPDATE SET until = excluded.until, position = excluded.position,
        reason = excluded.reason, code = excluded.code, detail = excluded.detail, meta = excluded.meta""";

  private LedgerTables() {}

  /** Where the ledger stands. */
  record Head(long position, long pruned) {}

  /** A transaction without its events. */
  record Entry(long position, String commandId, Set<Party> actAs, Optional<String> workflowId, Instant time) {}

  /** A contract and its times on the ledger. */
  record Row(Contract contract, long created, int createdPlace, Optional<Long> archived, int archivedPlace) {}

  /** What is known of a command id. */
  record Known(Instant until, Optional<Long> position, Optional<SubmitResult.Rejected> rejected) {}

  static Head head(View view) throws SQLException {
    try (
        PreparedStatement statement = view.connection()
            .prepareStatement("SELECT position, pruned FROM automation_ledger");
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return new Head(rows.getLong(1), rows.getLong(2));
    }
  }

  static Optional<Known> command(View view, String commandId, Set<Party> actAs) throws SQLException {
    try (PreparedStatement statement = view.connection().prepareStatement("""
        SELECT until, position, reason, code, detail, meta FROM automation_ledger_command
        WHERE command_id = ? AND act_as = ?""")) {
      statement.setString(1, commandId);
      statement.setString(2, names(actAs));
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        long position = rows.getLong(2);
        Optional<Long> accepted = rows.wasNull() ? Optional.empty() : Optional.of(position);
        Map<String, String> meta = new LinkedHashMap<>();
        if (accepted.isEmpty()) {
          StoredValue.parse(rows.getString(6)).properties().forEach(e -> meta.put(e.getKey(), e.getValue().asString()));
        }
        return Optional.of(new Known(instant(rows.getLong(1)), accepted,
            accepted.isPresent()
                ? Optional.empty()
                : Optional.of(new SubmitResult.Rejected(SubmitResult.Reason.valueOf(rows.getString(3)),
                    rows.getString(4), rows.getString(5), meta))));
      }
    }
  }

  static void rejected(Transaction tx, Submission submission, SubmitResult.Rejected why) throws SQLException {
    var meta = StoredValue.object();
    why.meta().forEach(meta::put);
    try (PreparedStatement statement = tx.connection().prepareStatement(REMEMBER)) {
      identify(statement, tx, submission);
      statement.setNull(4, java.sql.Types.BIGINT);
      statement.setString(5, why.reason().name());
      statement.setString(6, why.code());
      statement.setString(7, why.detail());
      statement.setString(8, StoredValue.text(meta));
      statement.executeUpdate();
    }
  }

  /**
   * Remembers a submission that is accepted, with its position.
   *
   * @return false, with nothing written, when its command id has been accepted before and is not to be forgotten yet
   */
  static boolean remember(Transaction tx, long position, Submission submission) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement(
        REMEMBER + " WHERE automation_ledger_command.position IS NULL OR automation_ledger_command.until <= ?")) {
      identify(statement, tx, submission);
      statement.setLong(4, position);
      for (int i = 5; i <= 8; i++) {
        statement.setNull(i, java.sql.Types.VARCHAR);
      }
      statement.setLong(9, micros(tx.now()));
      return statement.executeUpdate() == 1;
    }
  }

  private static void identify(PreparedStatement statement, Transaction tx, Submission submission)
      throws SQLException {
    statement.setString(1, submission.commandId());
    statement.setString(2, names(submission.actAs()));
    statement.setLong(3, micros(tx.now().plus(submission.deduplication())));
  }

  /** Writes what a submission did. */
  static void commit(Transaction tx, long position, Submission submission, List<Interpreter.Effect> effects)
      throws SQLException {
    Connection connection = tx.connection();
    try (PreparedStatement statement = connection.prepareStatement("UPDATE automation_ledger SET position = ?")) {
      statement.setLong(1, position);
      statement.executeUpdate();
    }
    try (PreparedStatement statement = connection.prepareStatement("""
        INSERT INTO automation_ledger_transaction (position, command_id, act_as, workflow_id, time)
        VALUES (?, ?, ?, ?, ?)""")) {
      statement.setLong(1, position);
      statement.setString(2, submission.commandId());
      statement.setString(3, names(submission.actAs()));
      statement.setString(4, submission.workflowId().orElse(null));
      statement.setLong(5, micros(tx.now()));
      statement.executeUpdate();
    }
    int place = 0;
    for (Interpreter.Effect effect : effects) {
      // In order, because a key is free again only after its contract was archived.
      switch (effect) {
        case Interpreter.Effect.Create(Contract contract) -> create(connection, position, place, contract);
        case Interpreter.Effect.Archive(Contract contract) -> archive(connection, position, place, contract.id());
      }
      place++;
    }
  }

  private static void create(Connection connection, long position, int place, Contract contract) throws SQLException {
    try (PreparedStatement statement = connection
        .prepareStatement("INSERT INTO automation_contract (id, template, package_name, payload, contract_key,"
            + " signatories, observers, time, created, created_place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      statement.setString(1, contract.id().value());
      statement.setString(2, contract.template().toString());
      statement.setString(3, contract.packageName().orElse(""));
      statement.setString(4, StoredValue.write(contract.payload()));
      statement.setString(5, contract.key().map(StoredValue::write).orElse(null));
      statement.setString(6, names(contract.signatories()));
      statement.setString(7, names(contract.observers()));
      statement.setLong(8, micros(contract.createdAt().orElseThrow()));
      statement.setLong(9, position);
      statement.setInt(10, place);
      statement.executeUpdate();
    }
  }

  private static void archive(Connection connection, long position, int place, ContractId id) throws SQLException {
    try (PreparedStatement statement = connection
        .prepareStatement("UPDATE automation_contract SET archived = ?, archived_place = ? WHERE id = ?")) {
      statement.setLong(1, position);
      statement.setInt(2, place);
      statement.setString(3, id.value());
      statement.executeUpdate();
    }
  }

  static Optional<Contract> active(View view, ContractId id) throws SQLException {
    return rows(view, "id = ? AND archived IS NULL", id.value()).stream().findFirst().map(Row::contract);
  }

  static Optional<Contract> activeByKey(View view, TemplateId template, LedgerValue key) throws SQLException {
    return rows(view, "template = ? AND contract_key = ? AND archived IS NULL", template.toString(),
        StoredValue.write(key)).stream().findFirst().map(Row::contract);
  }

  /** Contracts that were active at a position, after one of them, oldest first. */
  static List<Row> activeAt(View view, long position, long afterCreated, int afterPlace, int limit)
      throws SQLException {
    return rows(view, "created <= ? AND (created > ? OR (created = ? AND created_place > ?))"
        + " AND (archived IS NULL OR archived > ?) ORDER BY created, created_place LIMIT ?", position, afterCreated,
        afterCreated, afterPlace, position, limit);
  }

  static List<Entry> transactions(View view, long after, int limit) throws SQLException {
    try (PreparedStatement statement = view.connection().prepareStatement("""
        SELECT position, command_id, act_as, workflow_id, time FROM automation_ledger_transaction
        WHERE position > ? ORDER BY position LIMIT ?""")) {
      statement.setLong(1, after);
      statement.setInt(2, limit);
      try (ResultSet rows = statement.executeQuery()) {
        var entries = new ArrayList<Entry>();
        while (rows.next()) {
          entries.add(
              new Entry(rows.getLong(1), rows.getString(2), StoredValue.parties(StoredValue.parse(rows.getString(3))),
                  Optional.ofNullable(rows.getString(4)), instant(rows.getLong(5))));
        }
        return entries;
      }
    }
  }

  static List<Row> createdBetween(View view, long from, long to) throws SQLException {
    return rows(view, "created BETWEEN ? AND ? ORDER BY created, created_place", from, to);
  }

  static List<Row> archivedBetween(View view, long from, long to) throws SQLException {
    return rows(view, "archived BETWEEN ? AND ? ORDER BY archived, archived_place", from, to);
  }

  /** Removes what nobody can ask for any more. */
  static void prune(Transaction tx, long position) throws SQLException {
    for (String sql : new String[]{"DELETE FROM automation_ledger_transaction WHERE position <= ?",
        "DELETE FROM automation_contract WHERE archived <= ?", "UPDATE automation_ledger SET pruned = ?"}) {
      try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
        statement.setLong(1, position);
        statement.executeUpdate();
      }
    }
    try (PreparedStatement statement = tx.connection()
        .prepareStatement("DELETE FROM automation_ledger_command WHERE until < ?")) {
      statement.setLong(1, micros(tx.now()));
      statement.executeUpdate();
    }
  }

  static List<Party> parties(View view) throws SQLException {
    try (
        PreparedStatement statement = view.connection()
            .prepareStatement("SELECT name FROM automation_party ORDER BY name");
        ResultSet rows = statement.executeQuery()) {
      var parties = new ArrayList<Party>();
      while (rows.next()) {
        parties.add(new Party(rows.getString(1)));
      }
      return parties;
    }
  }

  static boolean isParty(View view, Party party) throws SQLException {
    try (PreparedStatement statement = view.connection()
        .prepareStatement("SELECT 1 FROM automation_party WHERE name = ?")) {
      statement.setString(1, party.name());
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  static void allocate(Transaction tx, Party party) throws SQLException {
    try (PreparedStatement statement = tx.connection()
        .prepareStatement("INSERT INTO automation_party (name, time) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
      statement.setString(1, party.name());
      statement.setLong(2, micros(tx.now()));
      statement.executeUpdate();
    }
  }

  static int packageCount(View view) throws SQLException {
    try (
        PreparedStatement statement = view.connection()
            .prepareStatement("SELECT count(*) FROM automation_ledger_package");
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getInt(1);
    }
  }

  static List<String> packageSources(View view) throws SQLException {
    try (PreparedStatement statement = view.connection()
        .prepareStatement("SELECT source FROM automation_ledger_package ORDER BY place");
        ResultSet rows = statement.executeQuery()) {
      var sources = new ArrayList<String>();
      while (rows.next()) {
        sources.add(rows.getString(1));
      }
      return sources;
    }
  }

  static void addPackage(Transaction tx, String id, String source) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        INSERT INTO automation_ledger_package (id, place, source)
        VALUES (?, (SELECT count(*) FROM automation_ledger_package), ?) ON CONFLICT DO NOTHING""")) {
      statement.setString(1, id);
      statement.setString(2, source);
      statement.executeUpdate();
    }
  }

  private static List<Row> rows(View view, String where, Object... values) throws SQLException {
    try (PreparedStatement statement = view.connection()
        .prepareStatement("SELECT " + CONTRACT + " FROM automation_contract WHERE " + where)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        var found = new ArrayList<Row>();
        while (rows.next()) {
          found.add(row(rows));
        }
        return found;
      }
    }
  }

  private static Row row(ResultSet rows) throws SQLException {
    long archived = rows.getLong(11);
    Optional<Long> archivedAt = rows.wasNull() ? Optional.empty() : Optional.of(archived);
    var contract = new Contract(new ContractId(rows.getString(1)), TemplateId.parse(rows.getString(2)),
        Optional.of(rows.getString(3)), StoredValue.readStruct(rows.getString(4)),
        Optional.ofNullable(rows.getString(5)).map(StoredValue::read),
        StoredValue.parties(StoredValue.parse(rows.getString(6))),
        StoredValue.parties(StoredValue.parse(rows.getString(7))), Optional.of(instant(rows.getLong(8))));
    return new Row(contract, rows.getLong(9), rows.getInt(10), archivedAt, rows.getInt(12));
  }

  private static String names(Set<Party> parties) {
    return StoredValue.text(StoredValue.parties(parties));
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
