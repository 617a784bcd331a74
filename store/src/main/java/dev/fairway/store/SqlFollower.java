package dev.fairway.store;

import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.Journal;
import dev.fairway.core.store.Dialect;
import dev.fairway.core.store.Transaction;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the journal on a virtual thread of its own. Leadership is a lease on the follower's row; every step checks the
 * row's epoch in its own transaction, so a leader that was replaced without noticing writes nothing.
 */
final class SqlFollower implements Journal.Follower {
  private static final Logger LOG = LoggerFactory.getLogger(SqlFollower.class);
  private static final int BATCH = 500;
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final Duration RENEW = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final SqlStore store;
  private final Journal journal;
  private final Spine spine;
  private final String owner;
  private final String name;
  private final Journal.Start start;
  private final Journal.Plan plan;
  private final Runnable onClose;
  private final Thread thread;
  private volatile long offset;
  private volatile @Nullable String trouble;
  private volatile boolean closed;
  private long epoch = -1;
  private int batch = BATCH;

  SqlFollower(SqlStore store, Journal journal, Spine spine, String owner, String name, Journal.Start start,
      Journal.Plan plan, Runnable onClose) {
    this.store = store;
    this.journal = journal;
    this.spine = spine;
    this.owner = owner;
    this.name = name;
    this.start = start;
    this.plan = plan;
    this.onClose = onClose;
    this.thread = Thread.ofVirtual().name("follower-" + name).unstarted(this::loop);
  }

  void start() {
    store.write(tx -> begin(tx));
    thread.start();
  }

  private boolean begin(Transaction tx) throws SQLException {
    JournalTable.Head head = spine.journal.head(tx.connection());
    try (PreparedStatement statement = tx.connection().prepareStatement(
        """
            INSERT INTO journal_follower (name, position, lease_until, epoch) VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING""")) {
      statement.setString(1, name);
      statement.setLong(2, start == Journal.Start.BEGINNING ? head.trimmed() : head.end());
      return statement.executeUpdate() == 1;
    }
  }

  private void loop() {
    Duration pause = FIRST_PAUSE;
    while (!closed) {
      try {
        if (!leads()) {
          Thread.sleep(RENEW);
          continue;
        }
        if (turn() == 0) {
          journal.await(offset, RENEW);
        }
        trouble = null;
        pause = FIRST_PAUSE;
      } catch (InterruptedException e) {
        LOG.debug("follower interrupted follower={} closed={}", name, closed);
      } catch (Exception e) {
        if (closed) {
          return;
        }
        trouble = String.valueOf(e.getMessage() == null ? e : e.getMessage());
        LOG.warn("follower cannot go on follower={} offset={} again-in={}", name, offset, pause, e);
        // One at a time from here, so that what comes before the event that fails is not held back by it.
        batch = 1;
        pause = rest(pause);
      }
    }
  }

  private Duration rest(Duration pause) {
    try {
      Thread.sleep(Duration.ofMillis(pause.toMillis() / 2 + ThreadLocalRandom.current().nextLong(pause.toMillis())));
    } catch (InterruptedException e) {
      LOG.debug("follower interrupted follower={} closed={}", name, closed);
    }
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  /** Whether this is the process that runs this follower; tries to become it. For one thread at a time, like {@link #turn}. */
  boolean leads() {
    return epoch >= 0 || lead();
  }

  private boolean lead() {
    record Place(long position, long epoch) {}
    Optional<Place> place = store.write(tx -> {
      long now = Micros.of(tx.now());
      // Nobody else can have an embedded folder, so there a lease that is still running is a dead process's.
      try (PreparedStatement statement = tx.connection().prepareStatement(
          """
              UPDATE journal_follower SET lease_owner = ?, lease_until = ?, epoch = epoch + 1
              WHERE name = ? AND (lease_owner IS NULL OR lease_owner = ? OR lease_until <= ?) RETURNING position, epoch""")) {
        statement.setString(1, owner);
        statement.setLong(2, now + LEASE.toNanos() / 1_000);
        statement.setString(3, name);
        statement.setString(4, owner);
        statement.setLong(5, tx.dialect() == Dialect.SQLITE ? Long.MAX_VALUE : now);
        try (ResultSet rows = statement.executeQuery()) {
          return rows.next() ? Optional.of(new Place(rows.getLong(1), rows.getLong(2))) : Optional.<Place>empty();
        }
      }
    });
    place.ifPresent(found -> {
      offset = found.position;
      epoch = found.epoch;
    });
    return place.isPresent();
  }

  /** Handles the next events, if there are any; how many. */
  int turn() throws Exception {
    List<Event> events = journal.read(offset, batch);
    long next = events.isEmpty() ? offset : events.getLast().offset();
    boolean renewing = events.isEmpty() && store.shared();
    if (events.isEmpty() && !renewing) {
      return 0;
    }
    Journal.Effect effect = events.isEmpty() ? tx -> {} : plan.of(events);
    boolean held = store.write(tx -> {
      if (!advance(tx, next)) {
        return false;
      }
      apply(effect, tx);
      return true;
    });
    if (!held) {
      LOG.info("follower taken over by another process follower={} offset={}", name, offset);
      epoch = -1;
      return events.size();
    }
    offset = next;
    batch = Math.min(BATCH, batch * 2);
    return events.size();
  }

  private boolean advance(Transaction tx, long next) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        UPDATE journal_follower SET position = ?, lease_until = ? WHERE name = ? AND epoch = ? AND position = ?""")) {
      statement.setLong(1, next);
      statement.setLong(2, Micros.of(tx.now()) + LEASE.toNanos() / 1_000);
      statement.setString(3, name);
      statement.setLong(4, epoch);
      statement.setLong(5, offset);
      return statement.executeUpdate() == 1;
    }
  }

  private void apply(Journal.Effect effect, Transaction tx) throws SQLException {
    try {
      effect.apply(tx);
    } catch (SQLException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("follower " + name + " failed: " + e.getMessage(), e);
    }
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive() && !Thread.currentThread().equals(thread)) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    onClose.run();
  }
}
