package dev.fairway.automation.runtime;

import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Engines built wrong on purpose, so that it is seen whether the simulation would notice. */
final class FlawedEngine {
  private FlawedEngine() {}

  /** What an engine could do wrong; each is a fault that bots on ledgers really had. */
  enum Flaw {
    NONE,
    /** Each try to submit has a command id of its own, and nobody asks what became of the one before. */
    FRESH_COMMAND_IDS,
    /** A try that ended in a crash does not count. */
    CRASHES_NOT_COUNTED,
    /** After a start only what is new is read. */
    LIVE_STREAM_ONLY
  }

  /** See {@link Flaw#FRESH_COMMAND_IDS}. */
  record FreshCommandIds(Outbox outbox) implements WorkHandler<Payloads.Submit> {
    @Override
    public Outcome run(Delivery<Payloads.Submit> delivery) throws Exception {
      Payloads.Submit submit = delivery.payload();
      var fresh = new Payloads.Submit(submit.integration(), submit.handler(),
          submit.commandId() + "-" + delivery.attempt(), submit.party(), submit.commands(), submit.since(),
          submit.origin(), submit.request(), submit.ledger());
      return outbox.run(new Delivery<>(delivery.id(), delivery.kind(), delivery.key(), fresh, delivery.attempt(),
          Optional.empty(), delivery.enqueuedAt(), delivery.dryRun()));
    }
  }

  /** See {@link Flaw#CRASHES_NOT_COUNTED}. */
  static final class CrashesNotCounted implements WorkQueue {
    private final WorkQueue to;
    private final Map<Long, Lease> real = new HashMap<>();

    CrashesNotCounted(WorkQueue to) {
      this.to = to;
    }

    @Override
    public List<Lease> lease(List<Demand> wanted, int limit) {
      return to.lease(wanted, limit).stream().map(lease -> {
        real.put(lease.place(), lease);
        return new Lease(lease.id(), lease.place(), lease.kind(), lease.key(), lease.payload(), 1, Optional.empty(),
            lease.enqueuedAt(), lease.firstDue());
      }).toList();
    }

    @Override
    public List<SettleResult> settle(List<Settlement> settlements) {
      return to.settle(settlements.stream().map(this::asLeased).toList());
    }

    private Settlement asLeased(Settlement settlement) {
      Lease lease = Objects.requireNonNull(real.get(settlement.lease().place()));
      return switch (settlement) {
        case Settlement.Finish(_, var effect) -> new Settlement.Finish(lease, effect);
        case Settlement.Again(_, var due, var failure, var effect) ->
          new Settlement.Again(lease, due, failure, effect);
        case Settlement.Postpone(_, var due, var effect) -> new Settlement.Postpone(lease, due, effect);
        case Settlement.Bury(_, var failure, var effect) -> new Settlement.Bury(lease, failure, effect);
      };
    }

    @Override
    public List<Lease> renew(List<Lease> leases, Duration lease) {
      return to.renew(leases, lease);
    }

    @Override
    public int takeBack() {
      return to.takeBack();
    }

    @Override
    public Optional<Instant> nextDue() {
      return to.nextDue();
    }

    @Override
    public void onWork(Runnable listener) {
      to.onWork(listener);
    }
  }
}
