package dev.fairway.datatrust;

import dev.fairway.core.journal.Journal;
import dev.fairway.core.store.Store;
import dev.fairway.core.work.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Ends a process's writing at one write, as {@code kill -9} would: that write is done or not, and nothing is read or written
 * after it. What was sent to the chain or to a caller before stays sent.
 */
final class Fuse {
  private final int at;
  private final boolean done;
  private final AtomicInteger writes = new AtomicInteger();
  private volatile boolean blown;

  /**
   * @param at which write, from 1
   * @param done whether that write is still done, and only its caller does not learn of it
   */
  Fuse(int at, boolean done) {
    this.at = at;
    this.done = done;
  }

  /** One that never blows. */
  static Fuse none() {
    return new Fuse(Integer.MAX_VALUE, true);
  }

  boolean blown() {
    return blown;
  }

  int writes() {
    return writes.get();
  }

  private void requireWhole() {
    if (blown) {
      throw new IllegalStateException("the process is gone");
    }
  }

  private synchronized <R> R write(Supplier<R> step) {
    requireWhole();
    boolean last = writes.incrementAndGet() == at;
    if (last && !done) {
      blown = true;
    }
    requireWhole();
    R result = step.get();
    blown = blown || last;
    requireWhole();
    return result;
  }

  Store store(Store store) {
    return new Store() {
      @Override
      public <R> R write(WriteStep<R> step) {
        return Fuse.this.write(() -> store.write(step));
      }

      @Override
      public <R> R read(ReadStep<R> step) {
        requireWhole();
        return store.read(step);
      }

      @Override
      public Journal journal() {
        return store.journal();
      }

      @Override
      public void close() {
        store.close();
      }
    };
  }

  WorkQueue work(WorkQueue work) {
    return new WorkQueue() {
      @Override
      public List<Lease> lease(List<Demand> wanted, int limit) {
        requireWhole();
        List<Lease> leases = work.lease(wanted, limit);
        return leases.isEmpty() ? leases : Fuse.this.write(() -> leases);
      }

      @Override
      public List<SettleResult> settle(List<Settlement> settlements) {
        return Fuse.this.write(() -> work.settle(settlements));
      }

      @Override
      public List<Lease> renew(List<Lease> leases, Duration lease) {
        requireWhole();
        return work.renew(leases, lease);
      }

      @Override
      public int takeBack() {
        requireWhole();
        return work.takeBack();
      }

      @Override
      public Optional<Instant> nextDue() {
        requireWhole();
        return work.nextDue();
      }

      @Override
      public void onWork(Runnable listener) {
        work.onWork(listener);
      }
    };
  }
}
