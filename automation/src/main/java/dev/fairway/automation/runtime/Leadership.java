package dev.fairway.automation.runtime;

import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Dialect;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import java.io.Serial;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to act for an integration as the one process of several on a database: to read its ledger, and to run its
 * timers, queues and tasks. It is a lease that is renewed while the process lives, and fenced: {@link #hold} in a
 * transaction lets nothing be written by a process that was taken for dead, however late it wakes up.
 *
 * <p>An embedded store has one process, which leads without asking. Safe for many threads.
 */
final class Leadership {
  static final Duration LEASE = Duration.ofSeconds(15);
  /** How often the leader renews, and the others ask. */
  static final Duration RENEW = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  private final Store store;
  private final InstantSource clock;
  private final String integration;
  private final String owner = UUID.randomUUID().toString();
  private final boolean contested;
  private volatile long epoch;
  private volatile Instant until = Instant.EPOCH;

  Leadership(Store store, InstantSource clock, String integration) {
    this.store = store;
    this.clock = clock;
    this.integration = integration;
    this.contested = store.read(view -> view.dialect() == Dialect.POSTGRES);
  }

  /** Another process has it now; whatever was about to be written is not. */
  static final class Lost extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    Lost(String integration) {
      super("another process acts for integration " + integration + " now");
    }
  }

  /** A stretch of time in which this process leads; what it started for it ends with it. */
  static final class Term {
    private volatile boolean over;

    boolean over() {
      return over;
    }

    void end() {
      over = true;
    }
  }

  /** Whether there can be other processes at all. */
  boolean contested() {
    return contested;
  }

  /** Takes it if nobody has it; true when this process leads from now on. */
  boolean take() {
    record Taken(long epoch, Instant until) {}
    Optional<Taken> taken = store.write(tx -> {
      Instant end = tx.now().plus(LEASE);
      try (PreparedStatement statement = tx.connection().prepareStatement("""
          INSERT INTO automation_leader (integration, owner, lease_until, epoch) VALUES (?, ?, ?, 1)
          ON CONFLICT (integration) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until,
            epoch = automation_leader.epoch + 1
          WHERE automation_leader.lease_until <= ? RETURNING epoch""")) {
        statement.setString(1, integration);
        statement.setString(2, owner);
        statement.setLong(3, micros(end));
        statement.setLong(4, micros(tx.now()));
        try (ResultSet rows = statement.executeQuery()) {
          return rows.next() ? Optional.of(new Taken(rows.getLong(1), end)) : Optional.<Taken>empty();
        }
      }
    });
    taken.ifPresent(lease -> {
      epoch = lease.epoch;
      until = lease.until;
      LOG.info("this process acts for integration={} term={}", integration, lease.epoch);
    });
    return taken.isPresent();
  }

  /**
   * Makes the rest of the transaction happen only while this process leads.
   *
   * @throws Lost when it does not
   */
  void hold(Transaction tx) throws SQLException {
    if (contested && !extend(tx, tx.now().plus(LEASE))) {
      throw new Lost(integration);
    }
  }

  /** Renews the lease; false when it is lost, or ran out while the store could not be asked. */
  boolean keep() {
    try {
      Instant end = store.write(tx -> {
        Instant later = tx.now().plus(LEASE);
        return extend(tx, later) ? later : Instant.EPOCH;
      });
      until = end;
      return end.isAfter(Instant.EPOCH);
    } catch (FairwayException e) {
      LOG.warn("cannot renew the right to act integration={} until={} why={}", integration, until, e.getMessage());
      return clock.instant().isBefore(until);
    }
  }

  /** Gives it up, so that another process need not wait for the lease to run out. */
  void release() {
    if (contested) {
      store.run(tx -> extend(tx, Instant.EPOCH));
    }
  }

  private boolean extend(Transaction tx, Instant end) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement(
        "UPDATE automation_leader SET lease_until = ? WHERE integration = ? AND owner = ? AND epoch = ?")) {
      statement.setLong(1, micros(end));
      statement.setString(2, integration);
      statement.setString(3, owner);
      statement.setLong(4, epoch);
      return statement.executeUpdate() == 1;
    }
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
