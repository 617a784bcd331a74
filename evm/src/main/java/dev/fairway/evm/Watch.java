package dev.fairway.evm;

import dev.fairway.core.store.Dialect;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop of which one runs at a time among all processes on a store: an account's nonces, a reader's place. Whoever holds
 * the lease on its row takes the turns; each turn's writes check the lease's epoch in their own transaction, so one that
 * was replaced without noticing writes nothing. Another process takes over when the lease runs out; on the embedded store,
 * which has one process, at once.
 *
 * <p>A turn that fails is taken again after a pause that doubles up to 30 s. Safe for many threads.
 */
public final class Watch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** One turn: how much it did; 0 when there was nothing to do. */
  @FunctionalInterface
  public interface Turn {
    int take() throws Exception;
  }

  /** @param epoch grows each time the lease goes to another */
  private record Lease(long epoch, Instant until) {}

  /** Another has the lease by now; nothing was written. */
  private static final class LeaseLost extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    LeaseLost(String loop) {
      super("the lease on loop " + loop + " is held by another");
    }
  }

  private final Store store;
  private final String name;
  private final String owner = UUID.randomUUID().toString();
  private final Duration poll;
  private final Turn turn;
  private final Runnable onTakeOver;
  private final ReentrantLock lock = new ReentrantLock();
  private final Semaphore nudges = new Semaphore(0);
  private volatile Optional<Lease> held = Optional.empty();
  private volatile Optional<String> trouble = Optional.empty();
  private volatile boolean stopped;
  private @Nullable Thread thread;

  /**
   * @param name unique among loops, and stable
   * @param poll how long an idle loop waits for a nudge
   * @param onTakeOver called before the first turn of each lease; what was kept in memory may be stale
   */
  public Watch(Store store, String name, Duration poll, Turn turn, Runnable onTakeOver) {
    this.store = store;
    this.name = name;
    this.poll = poll;
    this.turn = turn;
    this.onTakeOver = onTakeOver;
  }

  /** Takes turns on a thread of its own until {@link #close}. */
  public synchronized void start() {
    if (thread == null) {
      thread = Thread.ofVirtual().name("evm-" + name).start(this::run);
    }
  }

  /** Says that there may be something to do. Never waits, so a commit may call it. */
  public void nudge() {
    if (nudges.availablePermits() == 0) {
      nudges.release();
    }
  }

  /** Takes one turn now if this process holds the lease or can have it. */
  public int runOnce() throws Exception {
    lock.lock();
    try {
      return hold() ? turn.take() : 0;
    } finally {
      lock.unlock();
    }
  }

  /** Writes within a turn; nothing is written when the lease was lost. */
  public <R> R write(Store.WriteStep<R> step) {
    long mine = held.orElseThrow(() -> new LeaseLost(name)).epoch;
    try {
      return store.write(tx -> {
        requireLease(tx, mine);
        return step.apply(tx);
      });
    } catch (LeaseLost e) {
      held = Optional.empty();
      throw e;
    }
  }

  /**
   * Whether this process holds the lease for half its length yet. A turn of many steps ends when it does not: the next one
   * renews the lease first.
   */
  public boolean sure() {
    return held.filter(lease -> store.read(View::now).isBefore(lease.until.minus(LEASE.dividedBy(2)))).isPresent();
  }

  /** Whether this process is the one that takes the turns, as far as it knows: it may be told otherwise by its next turn. */
  public boolean leads() {
    return held.isPresent();
  }

  /** What is wrong, while it lasts. */
  public Optional<String> trouble() {
    return trouble;
  }

  @Override
  public void close() {
    stopped = true;
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running != null) {
      nudge();
      try {
        if (!running.join(Duration.ofSeconds(5))) {
          running.interrupt();
          running.join();
        }
      } catch (InterruptedException e) {
        running.interrupt();
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    Duration pause = Duration.ofMillis(100);
    while (!stopped) {
      Duration wait = Duration.ZERO;
      try {
        if (runOnce() == 0) {
          wait = poll;
        }
        if (trouble.isPresent()) {
          LOG.info("loop runs again loop={}", name);
          trouble = Optional.empty();
        }
        pause = Duration.ofMillis(100);
      } catch (LeaseLost e) {
        LOG.info("loop goes on elsewhere loop={}", name);
        wait = poll;
      } catch (Exception e) {
        if (stopped) {
          return;
        }
        String why = e.getMessage() == null ? e.toString() : e.getMessage();
        if (trouble.filter(why::equals).isEmpty()) {
          if (e instanceof RuntimeException && !(e instanceof dev.fairway.core.FairwayException)) {
            LOG.warn("loop fails, will go on trying loop={}", name, e);
          } else {
            LOG.warn("loop fails, will go on trying loop={} cause={}", name, why);
          }
          trouble = Optional.of(why);
        }
        wait = pause;
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
      }
      await(wait);
    }
  }

  private void await(Duration wait) {
    try {
      if (!stopped && nudges.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        nudges.drainPermits();
      }
    } catch (InterruptedException e) {
      stopped = true;
    }
  }

  private boolean hold() {
    if (sure()) {
      return true;
    }
    Optional<Lease> before = held;
    // Believed only once it is written: a step may run more than once, and its commit may fail.
    Optional<Lease> written = Optional.empty();
    try {
      written = store.write(this::lease);
    } finally {
      held = written;
    }
    if (held.isPresent() && !held.map(Lease::epoch).equals(before.map(Lease::epoch))) {
      onTakeOver.run();
    }
    return held.isPresent();
  }

  private Optional<Lease> lease(Transaction tx) throws SQLException {
    long now = micros(tx.now());
    long end = micros(tx.now().plus(LEASE));
    try (PreparedStatement insert = tx.connection().prepareStatement(
        "INSERT INTO evm_watch (name, lease_owner, lease_until, epoch) VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING")) {
      insert.setString(1, name);
      insert.setString(2, "");
      insert.executeUpdate();
    }
    // On the embedded store nobody else can hold it: another owner is a predecessor of this process.
    String free = tx.dialect() == Dialect.SQLITE ? "1 = 1" : "(lease_owner = ? OR lease_until < ?)";
    try (PreparedStatement take = tx.connection()
        .prepareStatement("UPDATE evm_watch SET epoch = CASE WHEN lease_owner = ?"
            + " THEN epoch ELSE epoch + 1 END, lease_owner = ?, lease_until = ? WHERE name = ? AND " + free
            + " RETURNING epoch")) {
      take.setString(1, owner);
      take.setString(2, owner);
      take.setLong(3, end);
      take.setString(4, name);
      if (tx.dialect() == Dialect.POSTGRES) {
        take.setString(5, owner);
        take.setLong(6, now);
      }
      try (ResultSet row = take.executeQuery()) {
        return row.next() ? Optional.of(new Lease(row.getLong(1), tx.now().plus(LEASE))) : Optional.empty();
      }
    }
  }

  private void requireLease(Transaction tx, long mine) throws SQLException {
    String held = "SELECT 1 FROM evm_watch WHERE name = ? AND epoch = ?"
        + (tx.dialect() == Dialect.POSTGRES ? " FOR SHARE" : "");
    try (PreparedStatement check = tx.connection().prepareStatement(held)) {
      check.setString(1, name);
      check.setLong(2, mine);
      try (ResultSet row = check.executeQuery()) {
        if (!row.next()) {
          throw new LeaseLost(name);
        }
      }
    }
  }

  private static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }
}
