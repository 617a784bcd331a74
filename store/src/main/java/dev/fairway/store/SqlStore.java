package dev.fairway.store;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.Journal;
import dev.fairway.core.store.Dialect;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.View;
import dev.fairway.core.work.WorkQueue;
import dev.fairway.store.meter.StoreMeter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store on a database: SQLite in a folder by default, PostgreSQL to share.
 *
 * <p>On both homes a step sees everything that was committed before it. On the embedded home, steps run strictly one
 * after another. On PostgreSQL several groups of steps run at once at the isolation "read committed", so a step that
 * decides by what it has read must hold it: by a condition in the {@code UPDATE}, a unique constraint with
 * {@code ON CONFLICT}, or {@link Sql#lock}.
 */
public final class SqlStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(SqlStore.class);
  private static final Duration LONGEST_READ_OF_A_CLOSING_STORE = Duration.ofSeconds(10);

  private final Home home;
  private final Spine spine;
  private final Clock clock;
  private final GroupCommit commits;
  private final SqlWorkQueue work;
  private final SqlJournal journal;
  private final String owner;
  private final Timer reads;
  /* A closed store has taken all of them. */
  private final Semaphore readsAtOnce = new Semaphore(Integer.MAX_VALUE);
  private @Nullable PostgresBell bell;
  private volatile boolean closed;

  private SqlStore(Home home, Clock clock, MeterRegistry meters) {
    this.owner = UUID.randomUUID().toString();
    this.home = home;
    this.clock = clock;
    this.spine = new Spine(home.dialect());
    this.commits = new GroupCommit(home, spine, clock, meters);
    this.reads = StoreMeter.READ.timer(meters);
    this.work = new SqlWorkQueue(this, spine, owner);
    this.journal = new SqlJournal(this, spine, owner);
  }

  /**
   * Opens the store and brings the schema of the rooms up to date. What a killed predecessor held on an embedded folder
   * is taken back at once.
   *
   * @param rooms those whose migrations lie in {@code db/<dialect>/<room>} on the class path; the store's own come by
   * themselves
   * @throws FairwayException with {@code STORE_CORRUPT}, {@code STORE_DOWN}, {@code DISK_FULL}, or {@code CONFIGURATION}
   * when the folder is in use or the schema is newer than the program
   */
  public static SqlStore open(StorageConfig config, Clock clock, List<String> rooms) {
    return open(config, clock, rooms, new CompositeMeterRegistry());
  }

  /** Like {@link #open(StorageConfig, Clock, List)}, and measures what {@link StoreMeter} says. */
  public static SqlStore open(StorageConfig config, Clock clock, List<String> rooms, MeterRegistry meters) {
    return switch (config) {
      case StorageConfig.Embedded embedded -> {
        SqlStore store = new SqlStore(
            EmbeddedHome.open(embedded, new Migrations(Dialect.SQLITE, rooms)), clock, meters);
        store.takeOver();
        yield store;
      }
      case StorageConfig.Postgres postgres -> {
        SqlStore store = new SqlStore(PostgresHome.open(postgres, new Migrations(Dialect.POSTGRES, rooms)), clock,
            meters);
        store.bell = new PostgresBell(postgres, store.owner, store.spine);
        store.spine.ringOn(store.bell);
        yield store;
      }
    };
  }

  /* Nobody else can have the folder, so whoever leased from it is gone. */
  private void takeOver() {
    try {
      int taken;
      do {
        taken = write(tx -> spine.work.takeBackAll(tx.connection(), Micros.of(tx.now())));
      } while (taken > 0);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public <R> R write(WriteStep<R> step) {
    return commits.write(step);
  }

  @Override
  public <R> R read(ReadStep<R> step) {
    if (commits.isWriter()) {
      throw new IllegalStateException("a step must not call the store again: use the transaction it was given");
    }
    if (closed || !readsAtOnce.tryAcquire()) {
      throw new FairwayException(ErrorCode.STORE_DOWN, "the store is closed");
    }
    long start = System.nanoTime();
    try {
      GuardedConnection connection = home.reader();
      try {
        return step
            .apply(new Look(connection.guarded(), home.dialect(), clock.instant().truncatedTo(ChronoUnit.MICROS)));
      } finally {
        home.giveBack(connection, !GroupCommit.rolledBack(connection.real()));
      }
    } catch (SQLException | RuntimeException e) {
      Trouble trouble = Trouble.in(e).orElse(Trouble.OWN);
      if (trouble != Trouble.OWN) {
        throw home.explain(trouble, e);
      }
      throw e instanceof RuntimeException unchanged
          ? unchanged
          : new IllegalStateException("a statement failed: " + e.getMessage(), e);
    } finally {
      readsAtOnce.release();
      reads.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }
  }

  private record Look(Connection connection, Dialect dialect, Instant now) implements View {}

  @Override
  public Journal journal() {
    return journal;
  }

  /** The work of this process; every store leases under a name of its own. */
  public WorkQueue work() {
    return work;
  }

  List<JournalFollowers.Following> following() {
    return journal.following();
  }

  Dialect dialect() {
    return home.dialect();
  }

  /** Whether other processes may be on the same database. */
  boolean shared() {
    return home.dialect() == Dialect.POSTGRES;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    journal.close();
    commits.close();
    closed = true;
    awaitReads();
    if (bell != null) {
      bell.close();
    }
    home.close();
  }

  /* A connection that is closed under a read fails it with an error that says nothing. */
  private void awaitReads() {
    boolean interrupted = Thread.interrupted();
    try {
      if (!readsAtOnce.tryAcquire(Integer.MAX_VALUE, LONGEST_READ_OF_A_CLOSING_STORE.toMillis(),
          TimeUnit.MILLISECONDS)) {
        LOG.warn("the store closes while reads are under way");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
