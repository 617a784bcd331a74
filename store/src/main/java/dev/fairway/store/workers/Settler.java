package dev.fairway.store.workers;

import dev.fairway.core.FairwayException;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkQueue;
import dev.fairway.core.work.WorkQueue.Lease;
import dev.fairway.core.work.WorkQueue.SettleResult;
import dev.fairway.core.work.WorkQueue.Settlement;
import dev.fairway.store.meter.StoreMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what became of attempts, many in one commit, in the order they ended. Takes from many threads; one thread
 * settles.
 */
final class Settler {
  private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
  private static final int BATCH = 500;

  private final WorkQueue queue;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Map<String, Counter> settled = new ConcurrentHashMap<>();
  private final BlockingQueue<Ended> ended = new ArrayBlockingQueue<>(10_000);
  private Supplier<? extends RandomGenerator> jitter = ThreadLocalRandom::current;
  private volatile boolean closing;
  private volatile boolean ending;

  Settler(WorkQueue queue, Clock clock, MeterRegistry meters) {
    this.queue = queue;
    this.clock = clock;
    this.meters = meters;
  }

  private record Ended(Attempt<?> attempt, Settlement settlement) {}

  /** From now on back-offs are drawn from this. */
  void jitter(RandomGenerator source) {
    jitter = () -> source;
  }

  /** Takes what an attempt ended with, and says what that makes of its work. */
  Settlement take(Attempt<?> attempt, Outcome outcome) {
    Settlement settlement = attempt.settle(outcome, clock.instant(), jitter.get());
    take(attempt, settlement);
    return settlement;
  }

  /** Waits, uninterrupted, while too many are waiting; leaves the thread free of interrupts that were meant for the attempt. */
  void take(Attempt<?> attempt, Settlement settlement) {
    boolean interrupted = Thread.interrupted();
    while (true) {
      try {
        ended.put(new Ended(attempt, settlement));
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      LOG.debug("handler was interrupted work={}", settlement.lease().id());
    }
  }

  /** Settles what has ended by now, on this thread. */
  void settleAll() {
    List<Ended> batch = new ArrayList<>();
    ended.drainTo(batch);
    settle(batch);
  }

  /** Settles what ends, until {@link #end}. */
  void run() {
    List<Ended> batch = new ArrayList<>(BATCH);
    while (!ending || !ended.isEmpty()) {
      try {
        Ended first = ended.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          ended.drainTo(batch, BATCH - 1);
          settle(batch);
        }
      } catch (InterruptedException e) {
        LOG.debug("settling interrupted ending={}", ending);
      } catch (RuntimeException e) {
        LOG.error("cannot settle work count={}; it comes again when its lease runs out", batch.size(), e);
      }
      batch.clear();
    }
  }

  /* Together first. If one effect cannot be written, each alone, so that it spoils nobody else's. */
  private void settle(List<Ended> batch) {
    if (batch.isEmpty()) {
      return;
    }
    if (batch.size() > 1) {
      try {
        report(batch, queue.settle(batch.stream().map(Ended::settlement).toList()));
        return;
      } catch (RuntimeException e) {
        LOG.debug("settling one by one count={} why={}", batch.size(), e.getMessage());
      }
    }
    batch.forEach(this::settleAlone);
  }

  private void settleAlone(Ended one) {
    Settlement settlement = one.settlement();
    Duration pause = Duration.ofMillis(50);
    boolean replaced = false;
    while (true) {
      try {
        report(List.of(one), queue.settle(List.of(settlement)));
        return;
      } catch (RuntimeException e) {
        if (e instanceof FairwayException known && known.code().retriable()) {
          if (closing) {
            LOG.warn("work is left unsettled at close work={} why={}", one.attempt.lease().id(), e.getMessage());
            return;
          }
          pause = Pauses.rest(pause);
        } else if (replaced) {
          LOG.error("cannot settle work={}; it comes again when its lease runs out", one.attempt.lease().id(), e);
          return;
        } else {
          LOG.error("an effect could not be written kind={} work={}", one.attempt.lease().kind(),
              one.attempt.lease().id(), e);
          settlement = one.attempt.withoutEffect(settlement, e, clock.instant(), jitter.get());
          replaced = true;
        }
      }
    }
  }

  private void count(Settlement settlement, SettleResult result) {
    String outcome = result == SettleResult.LEASE_LOST ? "lease-lost" : switch (settlement) {
      case Settlement.Finish _ -> "done";
      case Settlement.Again _ -> "again";
      case Settlement.Postpone _ -> "postponed";
      case Settlement.Bury _ -> "dead";
    };
    String kind = settlement.lease().kind();
    settled.computeIfAbsent(kind + " " + outcome, _ -> StoreMeter.SETTLED.counter(meters, kind, outcome)).increment();
  }

  private void report(List<Ended> batch, List<SettleResult> results) {
    for (int i = 0; i < batch.size(); i++) {
      Lease lease = batch.get(i).attempt.lease();
      count(batch.get(i).settlement, results.get(i));
      if (results.get(i) == SettleResult.LEASE_LOST) {
        LOG.warn("lease lost, nothing was written kind={} work={} attempt={}", lease.kind(), lease.id(),
            lease.attempt());
      } else if (batch.get(i).settlement instanceof Settlement.Bury bury) {
        LOG.warn("work is dead kind={} work={} attempt={} why={}", lease.kind(), lease.id(), lease.attempt(),
            bury.failure().why());
      }
    }
  }

  /** From now on nothing is tried again and again. */
  void closing() {
    closing = true;
  }

  /** Nothing more will end: {@link #run} returns when the rest is settled. */
  void end() {
    ending = true;
  }

  boolean isEnding() {
    return ending;
  }
}
