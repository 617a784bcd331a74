package dev.fairway.store;

import dev.fairway.core.store.Dialect;
import dev.fairway.core.work.FailureClass;
import dev.fairway.core.work.WorkId;
import dev.fairway.core.work.WorkQueue.Demand;
import dev.fairway.core.work.WorkQueue.Failure;
import dev.fairway.core.work.WorkQueue.Lease;
import dev.fairway.core.work.WorkQueue.Settlement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The statements of the work tables. Rows go in and out in JDBC batches, which both drivers send as one. */
final class WorkTable {
  /* A row waits in memory. */
  private static final long ROW_BYTES = 4 << 20;

  /* A row is in one of five states, so that finding work to lease never steps over work that may not be leased:
   *
   *   ready      may be leased; the only state the lease looks at, in its index by kind, priority and place
   *   scheduled  due later; made ready by the first lease after that
   *   behind     an older piece of its key is unfinished; let in when that is settled
   *   leased     on loan; only then has it an owner
   *   dead       set aside
   *
   * Work with a key is put in "behind", and just before the commit the oldest of each key that was touched is let in if
   * nothing stands before it. There is one such rule, for enqueueing, settling, discarding and redriving alike. */
  private static final String COLUMNS = "seq, id, kind, work_key, payload, attempts, previous, enqueued_at, first_due, priority";

  private final Ids ids;
  private final String skipLocked;

  WorkTable(Dialect dialect) {
    this.ids = new Ids(dialect);
    this.skipLocked = dialect == Dialect.POSTGRES ? " FOR UPDATE SKIP LOCKED" : "";
  }

  void insert(Connection connection, List<Buffer.Work> pieces) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(
        """
            INSERT INTO work (id, kind, work_key, unique_name, priority, state, due, dead_blocks, payload, enqueued_at, first_due)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""")) {
      for (Buffer.Work piece : pieces) {
        ids.set(statement, 1, piece.id());
        statement.setString(2, piece.kind());
        statement.setString(3, piece.key());
        statement.setString(4, piece.unique());
        statement.setInt(5, piece.priority());
        statement.setString(6,
            piece.key() != null ? "behind" : piece.due() > piece.enqueuedAt() ? "scheduled" : "ready");
        statement.setLong(7, piece.due());
        statement.setBoolean(8, piece.deadBlocks());
        statement.setBytes(9, piece.payload());
        statement.setLong(10, piece.enqueuedAt());
        statement.setLong(11, piece.due());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** Lets the next of each key in, if nothing stands before it. Whoever calls holds the journal's head. */
  void letIn(Connection connection, Set<Buffer.Key> keys) throws SQLException {
    // What is let in is scheduled, however long overdue: the next lease makes it ready.
    try (PreparedStatement statement = connection.prepareStatement(
        """
            UPDATE work SET state = 'scheduled'
            WHERE seq = (SELECT min(seq) FROM work WHERE kind = ? AND work_key = ? AND state = 'behind')
              AND NOT EXISTS (SELECT 1 FROM work WHERE kind = ? AND work_key = ? AND state IN ('ready', 'scheduled', 'leased'))
              AND NOT EXISTS (SELECT 1 FROM work WHERE kind = ? AND work_key = ? AND state = 'dead' AND dead_blocks)""")) {
      for (Buffer.Key key : keys) {
        for (int i = 1; i < 6; i += 2) {
          statement.setString(i, key.kind());
          statement.setString(i + 1, key.key());
        }
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  List<Lease> lease(Connection connection, String owner, long now, List<Demand> wanted, int limit) throws SQLException {
    makeReady(connection, now);
    record Candidate(Lease lease, int priority, long until) {}
    List<Candidate> candidates = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement("SELECT " + COLUMNS
        + " FROM work WHERE state = 'ready' AND kind = ? ORDER BY priority DESC, seq LIMIT ?" + skipLocked)) {
      for (Demand demand : wanted) {
        statement.setString(1, demand.kind());
        statement.setInt(2, Math.min(limit, demand.atMost()));
        long until = now + demand.lease().toNanos() / 1_000;
        int before = candidates.size();
        long bytes = 0;
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            Candidate next = new Candidate(lease(rows), rows.getInt(10), until);
            bytes += next.lease().payload().length;
            boolean first = candidates.size() == before;
            if (demand.row() && !first && (next.lease().tried() || bytes > ROW_BYTES)) {
              break;
            }
            candidates.add(next);
            if (demand.row() && next.lease().tried()) {
              break;
            }
          }
        }
      }
    }
    if (wanted.size() > 1) {
      candidates
          .sort(Comparator.comparingInt(Candidate::priority).reversed().thenComparingLong(c -> c.lease().place()));
    }
    List<Candidate> chosen = candidates.subList(0, Math.min(limit, candidates.size()));
    try (PreparedStatement statement = connection.prepareStatement("""
        UPDATE work SET state = 'leased', attempts = attempts + 1, lease_owner = ?, lease_until = ? WHERE seq = ?""")) {
      for (Candidate candidate : chosen) {
        statement.setString(1, owner);
        statement.setLong(2, candidate.until());
        statement.setLong(3, candidate.lease().place());
        statement.addBatch();
      }
      if (!chosen.isEmpty()) {
        statement.executeBatch();
      }
    }
    return chosen.stream().map(Candidate::lease).toList();
  }

  private void makeReady(Connection connection, long now) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("""
        UPDATE work SET state = 'ready' WHERE seq IN (
          SELECT seq FROM work WHERE state = 'scheduled' AND due <= ? ORDER BY due LIMIT 1000""" + skipLocked + ")")) {
      statement.setLong(1, now);
      statement.executeUpdate();
    }
  }

  private Lease lease(ResultSet rows) throws SQLException {
    return new Lease(new WorkId(ids.get(rows, 2)), rows.getLong(1), rows.getString(3),
        Optional.ofNullable(rows.getString(4)), rows.getBytes(5), rows.getInt(6) + 1,
        Optional.ofNullable(rows.getString(7)).map(FailureClass::valueOf), Micros.instant(rows.getLong(8)),
        Micros.instant(rows.getLong(9)));
  }

  /** Removes those still leased as they say; one answer each. */
  boolean[] finish(Connection connection, String owner, List<Settlement.Finish> settlements) throws SQLException {
    boolean[] held;
    try (PreparedStatement statement = connection
        .prepareStatement("DELETE FROM work WHERE seq = ? AND attempts = ? AND lease_owner = ?")) {
      for (Settlement.Finish settlement : settlements) {
        fence(statement, 1, settlement.lease(), owner);
        statement.addBatch();
      }
      held = counts(statement);
    }
    List<Long> tried = new ArrayList<>();
    for (int i = 0; i < held.length; i++) {
      if (held[i] && settlements.get(i).lease().tried()) {
        tried.add(settlements.get(i).lease().place());
      }
    }
    forgetFailures(connection, tried);
    return held;
  }

  boolean[] again(Connection connection, String owner, long now, List<Settlement.Again> settlements)
      throws SQLException {
    boolean[] held;
    try (PreparedStatement statement = connection.prepareStatement("""
        UPDATE work SET state = 'scheduled', due = ?, previous = ?, lease_owner = NULL, lease_until = NULL
        WHERE seq = ? AND attempts = ? AND lease_owner = ?""")) {
      for (Settlement.Again settlement : settlements) {
        statement.setLong(1, Micros.of(settlement.due()));
        statement.setString(2, settlement.failure().failureClass().name());
        fence(statement, 3, settlement.lease(), owner);
        statement.addBatch();
      }
      held = counts(statement);
    }
    try (PreparedStatement statement = failureStatement(connection)) {
      for (int i = 0; i < held.length; i++) {
        if (held[i]) {
          addFailure(statement, settlements.get(i).lease(), settlements.get(i).failure(), now);
        }
      }
      statement.executeBatch();
    }
    return held;
  }

  boolean[] postpone(Connection connection, String owner, List<Settlement.Postpone> settlements) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("""
        UPDATE work SET state = 'scheduled', due = ?, attempts = attempts - 1, lease_owner = NULL, lease_until = NULL
        WHERE seq = ? AND attempts = ? AND lease_owner = ?""")) {
      for (Settlement.Postpone settlement : settlements) {
        statement.setLong(1, Micros.of(settlement.due()));
        fence(statement, 2, settlement.lease(), owner);
        statement.addBatch();
      }
      return counts(statement);
    }
  }

  boolean[] bury(Connection connection, String owner, long now, List<Settlement.Bury> settlements) throws SQLException {
    boolean[] held;
    try (PreparedStatement statement = connection.prepareStatement("""
        UPDATE work SET state = 'dead', previous = ?, lease_owner = NULL, lease_until = NULL, died_at = ?, cause = ?
        WHERE seq = ? AND attempts = ? AND lease_owner = ?""")) {
      for (Settlement.Bury settlement : settlements) {
        statement.setString(1, settlement.failure().failureClass().name());
        statement.setLong(2, now);
        statement.setString(3, Cause.of(settlement.failure().why()));
        fence(statement, 4, settlement.lease(), owner);
        statement.addBatch();
      }
      held = counts(statement);
    }
    try (PreparedStatement statement = failureStatement(connection)) {
      for (int i = 0; i < held.length; i++) {
        if (held[i]) {
          addFailure(statement, settlements.get(i).lease(), settlements.get(i).failure(), now);
        }
      }
      statement.executeBatch();
    }
    return held;
  }

  boolean[] renew(Connection connection, String owner, long until, List<Lease> leases) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("""
        UPDATE work SET lease_until = ? WHERE seq = ? AND attempts = ? AND lease_owner = ?""")) {
      for (Lease lease : leases) {
        statement.setLong(1, until);
        fence(statement, 2, lease, owner);
        statement.addBatch();
      }
      return counts(statement);
    }
  }

  /** Puts leases that ran out back in line. */
  int takeBackExpired(Connection connection, long now) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("""
        SELECT seq, attempts FROM work WHERE state = 'leased' AND lease_until <= ?
        ORDER BY lease_until LIMIT 1000""" + skipLocked)) {
      statement.setLong(1, now);
      return takeBack(connection, statement, now, "the lease ran out before the attempt ended");
    }
  }

  /** Puts everything leased back in line, for a process that knows that whoever held it is gone. */
  int takeBackAll(Connection connection, long now) throws SQLException {
    try (PreparedStatement statement = connection
        .prepareStatement("SELECT seq, attempts FROM work WHERE state = 'leased' LIMIT 1000")) {
      return takeBack(connection, statement, now, "the process ended before the attempt did");
    }
  }

  private int takeBack(Connection connection, PreparedStatement select, long now, String why) throws SQLException {
    record Lost(long seq, int attempt) {}
    List<Lost> lost = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        lost.add(new Lost(rows.getLong(1), rows.getInt(2)));
      }
    }
    if (lost.isEmpty()) {
      return 0;
    }
    try (PreparedStatement update = connection.prepareStatement(
        """
            UPDATE work SET state = 'ready', previous = 'AMBIGUOUS', lease_owner = NULL, lease_until = NULL WHERE seq = ?""");
        PreparedStatement failure = failureStatement(connection)) {
      for (Lost one : lost) {
        update.setLong(1, one.seq);
        update.addBatch();
        addFailure(failure, one.seq, one.attempt, new Failure(FailureClass.AMBIGUOUS, why), now);
      }
      update.executeBatch();
      failure.executeBatch();
    }
    return lost.size();
  }

  /** The earliest moment that something falls due or a lease runs out. */
  Optional<Long> nextDue(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("""
        SELECT min(t) FROM (
          SELECT min(due) AS t FROM work WHERE state = 'scheduled'
          UNION ALL SELECT min(lease_until) FROM work WHERE state = 'leased') AS times""");
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      long due = rows.getLong(1);
      return rows.wasNull() ? Optional.empty() : Optional.of(due);
    }
  }

  void forgetFailures(Connection connection, Collection<Long> places) throws SQLException {
    if (places.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement("DELETE FROM work_failure WHERE work_seq = ?")) {
      for (long place : places) {
        statement.setLong(1, place);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static PreparedStatement failureStatement(Connection connection) throws SQLException {
    return connection
        .prepareStatement("INSERT INTO work_failure (work_seq, at, attempt, class, why) VALUES (?, ?, ?, ?, ?)");
  }

  private static void addFailure(PreparedStatement statement, Lease lease, Failure failure, long now)
      throws SQLException {
    addFailure(statement, lease.place(), lease.attempt(), failure, now);
  }

  private static void addFailure(PreparedStatement statement, long seq, int attempt, Failure failure, long now)
      throws SQLException {
    statement.setLong(1, seq);
    statement.setLong(2, now);
    statement.setInt(3, attempt);
    statement.setString(4, failure.failureClass().name());
    statement.setString(5, failure.why());
    statement.addBatch();
  }

  private static void fence(PreparedStatement statement, int index, Lease lease, String owner) throws SQLException {
    statement.setLong(index, lease.place());
    statement.setInt(index + 1, lease.attempt());
    statement.setString(index + 2, owner);
  }

  private static boolean[] counts(PreparedStatement statement) throws SQLException {
    int[] counts = statement.executeBatch();
    boolean[] held = new boolean[counts.length];
    for (int i = 0; i < counts.length; i++) {
      held[i] = counts[i] == 1;
    }
    return held;
  }

  boolean shared() {
    return !skipLocked.isEmpty();
  }
}
