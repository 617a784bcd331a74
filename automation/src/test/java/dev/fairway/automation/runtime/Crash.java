package dev.fairway.automation.runtime;

import dev.fairway.core.journal.Journal;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.store.Store;
import dev.fairway.core.work.WorkQueue;
import dev.fairway.testing.ledger.ForwardingLedger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** The end of a process, in the midst of whatever it does: no catch clause sees to it. */
final class Crash extends Error {
  private static final long serialVersionUID = 1;

  private Crash() {
    super("the process died", null, false, false);
  }

  /**
   * What a process lives by: it dies at a moment that was chosen before: just before or just after one of its writes. From then on it
   * can neither write nor read.
   */
  static final class Mortal {
    private final Random random;
    private int writesToLive = Integer.MAX_VALUE;
    private boolean dead;

    Mortal(Random random) {
      this.random = random;
    }

    /** Dies at the write of that number, 1 for the next. */
    void dieAt(int write) {
      writesToLive = write;
    }

    /** Dies now. */
    Crash die() {
      dead = true;
      return new Crash();
    }

    boolean dead() {
      return dead;
    }

    private void mustLive() {
      if (dead) {
        throw new Crash();
      }
    }

    private <R> R write(Supplier<R> write) {
      mustLive();
      if (--writesToLive > 0) {
        return write.get();
      }
      if (random.nextBoolean()) {
        var _ = write.get();
      }
      throw die();
    }
  }

  /** The store, as a process reaches it. */
  record OfStore(Mortal process, Store to) implements Store {
    @Override
    public <R> R write(WriteStep<R> step) {
      return process.write(() -> to.write(step));
    }

    @Override
    public <R> R read(ReadStep<R> step) {
      process.mustLive();
      return to.read(step);
    }

    @Override
    public Journal journal() {
      return to.journal();
    }

    @Override
    public void close() {}
  }

  /** The queue, as a process reaches it; pauses between attempts are drawn from the seed. */
  record OfQueue(Mortal process, WorkQueue to, Supplier<Instant> now, Random random) implements WorkQueue {
    @Override
    public List<Lease> lease(List<Demand> wanted, int limit) {
      return process.write(() -> to.lease(wanted, limit));
    }

    @Override
    public List<SettleResult> settle(List<Settlement> settlements) {
      return process.write(() -> to.settle(settlements.stream().map(this::seeded).toList()));
    }

    private Settlement seeded(Settlement settlement) {
      return settlement instanceof Settlement.Again again
          ? new Settlement.Again(again.lease(), now.get().plusSeconds(random.nextInt(60)), again.failure(),
              again.effect())
          : settlement;
    }

    @Override
    public List<Lease> renew(List<Lease> leases, Duration lease) {
      return process.write(() -> to.renew(leases, lease));
    }

    @Override
    public int takeBack() {
      process.mustLive();
      return to.takeBack();
    }

    @Override
    public Optional<Instant> nextDue() {
      return to.nextDue();
    }

    @Override
    public void onWork(Runnable listener) {}
  }

  /** The ledger, as a process reaches it; it is read until there is nothing more, or as far as the process lives. */
  record OfLedger(Mortal process, Ledger to, Runnable drained) implements ForwardingLedger {
    @Override
    public LedgerStream open(Query query, From from) {
      process.mustLive();
      LedgerStream stream = to.open(query, from);
      return new LedgerStream() {
        @Override
        public List<LedgerEvent> read(int limit, Duration wait) throws InterruptedException {
          process.mustLive();
          List<LedgerEvent> events = stream.read(limit, Duration.ZERO);
          if (events.isEmpty()) {
            drained.run();
          }
          return events;
        }

        @Override
        public void close() {
          stream.close();
        }
      };
    }

    @Override
    public SubmitResult submit(Submission submission) {
      return process.write(() -> to.submit(submission));
    }

    @Override
    public CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
      process.mustLive();
      return to.outcome(commandId, actAs, since);
    }

    @Override
    public void close() {}
  }
}
