package dev.fairway.core.work;

import dev.fairway.core.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Where work waits. Doors put work in by {@link dev.fairway.core.store.Transaction#enqueue} and do it in a
 * {@link WorkHandler}; only the loop that runs handlers calls this.
 *
 * <p>A lease is fenced: whatever is settled or renewed after it ran out and was handed out again is refused. Work whose
 * lease ran out comes back with {@link FailureClass#AMBIGUOUS}, because nobody knows how far its handler came. Of the
 * work with one kind and key, only the oldest that is unfinished is ever leased.
 *
 * <p>Safe for many threads, and on a shared home for many processes.
 */
public interface WorkQueue {
  /**
   * Leases due work, urgent first, then older first; never waits for work to come. The attempts are counted and durable
   * when it returns.
   *
   * @param wanted at most one entry per kind
   * @param limit most leases in all, 1 to 10,000
   */
  List<Lease> lease(List<Demand> wanted, int limit);

  /**
   * Settles leases in one transaction. Of a lease that was lost, nothing is written, not even its effect. What an effect
   * throws is thrown, and then nothing was settled.
   *
   * @return one answer per settlement, in order
   */
  List<SettleResult> settle(List<Settlement> settlements);

  /**
   * Extends leases from now on.
   *
   * @return those that were lost
   */
  List<Lease> renew(List<Lease> leases, Duration lease);

  /** Puts work whose lease ran out back in line, at most 1,000 at a time; how many. */
  int takeBack();

  /** When something waiting falls due or a lease runs out; in the past when that has happened, empty when there is none. */
  Optional<Instant> nextDue();

  /** Calls the listener after each commit that may have made work due, here or in another process. It must be quick. */
  void onWork(Runnable listener);

  /**
   * How many pieces of a kind are wanted at most, and for how long.
   *
   * @param row whether they are run one after another: then several are all first attempts, and what was tried before is
   * leased alone, so that work that kills its process spends one attempt of what waits behind it, and no more; a queue
   * gives fewer where they are large
   */
  record Demand(String kind, int atMost, Duration lease, boolean row) {
    public Demand(String kind, int atMost, Duration lease) {
      this(kind, atMost, lease, false);
    }

    public Demand {
      Objects.requireNonNull(kind);
      Objects.requireNonNull(lease);
      if (atMost < 1) {
        throw new IllegalArgumentException("demand for " + kind + " must be at least 1, is " + atMost);
      }
    }
  }

  /**
   * A piece of work on loan.
   *
   * @param place its place in the queue; with the attempt, what fences the lease
   * @param attempt this one included
   * @param previous how the attempt before ended
   * @param firstDue when it was first due; its age counts from here
   */
  @SuppressWarnings("ArrayRecordComponent") // the payload is passed on, never compared
  record Lease(WorkId id, long place, String kind, Optional<String> key, byte[] payload, int attempt,
      Optional<FailureClass> previous, Instant enqueuedAt, Instant firstDue) {
    /** Whether there may be errors of earlier attempts. */
    public boolean tried() {
      return attempt > 1 || previous.isPresent();
    }
  }

  /** What becomes of a lease; its effect is written in the same transaction. */
  sealed interface Settlement {
    Lease lease();

    Store.Effect effect();

    /** Finished: nothing is left of it. */
    record Finish(Lease lease, Store.Effect effect) implements Settlement {}

    /** Failed for now: the error is kept, and it is due again later. */
    record Again(Lease lease, Instant due, Failure failure, Store.Effect effect) implements Settlement {}

    /** Not ready: due again later, and this attempt does not count. */
    record Postpone(Lease lease, Instant due, Store.Effect effect) implements Settlement {}

    /** Failed for good: set aside with every error, and {@code work.dead} is told in the journal. */
    record Bury(Lease lease, Failure failure, Store.Effect effect) implements Settlement {}
  }

  /** Why an attempt did not end well; the text is cut at 4,000 characters. */
  record Failure(FailureClass failureClass, String why) {
    private static final int LONGEST = 4_000;

    public Failure {
      Objects.requireNonNull(failureClass);
      why = why.length() > LONGEST ? why.substring(0, LONGEST) + "…" : why;
    }
  }

  /** Whether a settlement took hold. */
  enum SettleResult {
    SETTLED, LEASE_LOST
  }
}
