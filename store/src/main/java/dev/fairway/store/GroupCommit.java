package dev.fairway.store;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Store;
import dev.fairway.store.meter.StoreMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets many callers share one commit. A writer takes whatever is waiting, up to a limit, runs it in one transaction,
 * commits once, and only then lets the callers go: the longer the disk takes, the more share the next commit.
 */
final class GroupCommit implements AutoCloseable {
  /* The path of a group, from cheap to careful:
   *   1. all steps, one after another, no savepoints;
   *   2. if a step threw: all again, each behind a savepoint, so that only those that throw are left out;
   *   3. if the flush or the commit failed, or the database said "again": each alone, a few times.
   * A step may thus run several times; Store says so. */
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
  private static final int WAITING = 10_000;
  private static final int TRIES_ALONE = 5;

  private final Home home;
  private final Spine spine;
  private final Clock clock;
  private final Uuid7 ids = new Uuid7();
  /** Wakes a writer that waits for something to write, so that it ends; never run. */
  private final Pending<Boolean> end = new Pending<>(_ -> true);
  private final BlockingQueue<Pending<?>> waiting = new ArrayBlockingQueue<>(WAITING);
  private final List<Thread> writers = new ArrayList<>();
  private final Timer writeTime;
  private final Timer commitTime;
  private final DistributionSummary groupSize;
  private final Counter reruns;
  private volatile boolean closed;

  GroupCommit(Home home, Spine spine, Clock clock, MeterRegistry meters) {
    this.home = home;
    this.spine = spine;
    this.clock = clock;
    this.writeTime = StoreMeter.WRITE.timer(meters);
    this.commitTime = StoreMeter.COMMIT.timer(meters);
    this.groupSize = StoreMeter.GROUP.summary(meters);
    this.reruns = StoreMeter.RERUN.counter(meters);
    for (int i = 0; i < home.writers(); i++) {
      writers.add(Thread.ofPlatform().name("store-writer-" + i).daemon().unstarted(this::work));
    }
    writers.forEach(Thread::start);
  }

  <R> R write(Store.WriteStep<R> step) {
    if (isWriter()) {
      throw new IllegalStateException("a step must not call the store again: use the transaction it was given");
    }
    long start = System.nanoTime();
    Pending<R> pending = new Pending<>(step);
    enter(pending);
    try {
      return pending.await();
    } finally {
      writeTime.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }
  }

  boolean isWriter() {
    return writers.contains(Thread.currentThread());
  }

  private void enter(Pending<?> pending) {
    boolean interrupted = false;
    try {
      while (true) {
        if (closed) {
          throw closedException();
        }
        try {
          if (waiting.offer(pending, 10, TimeUnit.SECONDS)) {
            break;
          }
          throw new FairwayException(ErrorCode.BUSY, WAITING + " writes have been waiting for 10 s; try again later");
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (closed && waiting.remove(pending)) {
        throw closedException();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static FairwayException closedException() {
    return new FairwayException(ErrorCode.STORE_DOWN, "the store is closed");
  }

  private void work() {
    List<Pending<?>> group = new ArrayList<>(home.groupLimit());
    while (!closed || !waiting.isEmpty()) {
      try {
        Pending<?> first = waiting.poll(200, TimeUnit.MILLISECONDS);
        if (first == null || first.equals(end)) {
          continue;
        }
        group.add(first);
        waiting.drainTo(group, home.groupLimit() - 1);
        group.removeIf(end::equals);
        run(group);
      } catch (InterruptedException e) {
        LOG.debug("writer interrupted; it ends when the store is closed");
      } catch (Throwable e) {
        LOG.error("a group of writes ended in a fault of the store itself", e);
        group.forEach(pending -> pending.fail(new IllegalStateException("fault in the store", e)));
      } finally {
        group.clear();
      }
    }
  }

  private void run(List<Pending<?>> group) {
    if (group.size() > 1) {
      if (together(group, false)) {
        return;
      }
      reruns.increment();
      if (together(group, true)) {
        return;
      }
    }
    group.stream().filter(Pending::isOpen).forEach(this::alone);
  }

  /** Commits a group, or answers false with nothing written. */
  private boolean together(List<Pending<?>> group, boolean guarded) {
    try {
      commit(group, guarded);
      return true;
    } catch (StepFailed e) {
      return false;
    } catch (SQLException | RuntimeException | Error e) {
      Trouble trouble = Trouble.in(e).orElse(Trouble.OWN);
      if (trouble == Trouble.DOWN || trouble == Trouble.CORRUPT) {
        group.forEach(pending -> pending.fail(home.explain(trouble, e)));
        return true;
      }
      return false;
    }
  }

  private void alone(Pending<?> pending) {
    for (int tried = 1;; tried++) {
      try {
        commit(List.of(pending), false);
        return;
      } catch (StepFailed e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        Trouble trouble = Trouble.in(cause).orElse(Trouble.OWN);
        if (trouble != Trouble.COLLISION || tried == TRIES_ALONE) {
          pending.fail(translate(trouble, cause));
          return;
        }
      } catch (SQLException | RuntimeException | Error e) {
        Trouble trouble = Trouble.in(e).orElse(Trouble.OWN);
        if (trouble != Trouble.COLLISION || tried == TRIES_ALONE) {
          pending.fail(translate(trouble, e));
          return;
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5L << tried));
    }
  }

  private Throwable translate(Trouble trouble, Throwable cause) {
    if (trouble != Trouble.OWN) {
      return home.explain(trouble, cause);
    }
    return cause instanceof SQLException
        ? new IllegalStateException("a statement failed: " + cause.getMessage(), cause)
        : cause;
  }

  private void commit(List<Pending<?>> group, boolean guarded) throws SQLException, StepFailed {
    long start = System.nanoTime();
    GuardedConnection guard = home.writer();
    Connection connection = guard.real();
    boolean committed = false;
    boolean broken = true;
    try {
      Buffer buffer = new Buffer();
      for (Pending<?> pending : group) {
        runStep(pending, guard, buffer, guarded);
      }
      spine.flush(guard.guarded(), buffer);
      home.commit(connection);
      committed = true;
      broken = false;
      for (Runnable action : buffer.afterCommit()) {
        runAfterCommit(action);
      }
      spine.committed(buffer);
    } finally {
      if (!committed) {
        broken = !rolledBack(connection);
      }
      home.giveBack(guard, broken);
    }
    group.forEach(Pending::release);
    commitTime.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    groupSize.record(group.size());
  }

  private void runStep(Pending<?> pending, GuardedConnection guard, Buffer buffer, boolean guarded)
      throws SQLException, StepFailed {
    Connection connection = guard.real();
    SpineTransaction tx = new SpineTransaction(guard.guarded(), home.dialect(),
        clock.instant().truncatedTo(ChronoUnit.MICROS), ids);
    Savepoint before = guarded ? connection.setSavepoint() : null;
    try {
      pending.run(tx);
    } catch (Throwable e) {
      if (before == null) {
        throw new StepFailed(e);
      }
      Trouble trouble = Trouble.in(e).orElse(Trouble.OWN);
      if (trouble != Trouble.OWN) {
        throw new StepFailed(e);
      }
      connection.rollback(before);
      pending.settle(translate(trouble, e));
      return;
    }
    if (before != null) {
      connection.releaseSavepoint(before);
    }
    buffer.addAll(tx.buffer());
  }

  static boolean rolledBack(Connection connection) {
    try {
      connection.rollback();
      return true;
    } catch (SQLException e) {
      LOG.debug("rollback failed, the connection is given up: {}", e.getMessage());
      return false;
    }
  }

  private static void runAfterCommit(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("an action after a commit threw; the commit stands", e);
    }
  }

  /** Lets what has been taken in finish. */
  @Override
  public void close() {
    closed = true;
    writers.forEach(_ -> waiting.offer(end));
    boolean interrupted = false;
    for (Thread writer : writers) {
      while (writer.isAlive()) {
        try {
          writer.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    for (Pending<?> late = waiting.poll(); late != null; late = waiting.poll()) {
      late.fail(closedException());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A step threw; nothing of the group has been committed. */
  private static final class StepFailed extends Exception {
    private static final long serialVersionUID = 1L;

    StepFailed(Throwable cause) {
      super(null, cause, false, false);
    }
  }

  /** A step and its caller, who waits without being hurried by interrupts: the outcome must be known. */
  private static final class Pending<R> {
    private final Store.WriteStep<R> step;
    private final Thread caller = Thread.currentThread();
    private @Nullable R answer;
    private @Nullable Throwable failure;
    private volatile boolean released;

    Pending(Store.WriteStep<R> step) {
      this.step = step;
    }

    void run(SpineTransaction tx) throws SQLException {
      failure = null;
      answer = step.apply(tx);
    }

    void settle(Throwable cause) {
      failure = cause;
    }

    void fail(Throwable cause) {
      if (!released) {
        failure = cause;
        release();
      }
    }

    void release() {
      released = true;
      LockSupport.unpark(caller);
    }

    boolean isOpen() {
      return !released;
    }

    @SuppressWarnings("NullAway") // a step's answer is what its type says
    R await() {
      boolean interrupted = false;
      while (!released) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure != null) {
        throw sneaky(failure);
      }
      return answer;
    }

    @SuppressWarnings("unchecked") // erased: throws whatever it is, unchanged, as Store promises
    private static <T extends Throwable> RuntimeException sneaky(Throwable cause) throws T {
      throw (T) cause;
    }
  }
}
