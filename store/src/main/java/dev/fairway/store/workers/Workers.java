package dev.fairway.store.workers;

import dev.fairway.core.FairwayException;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkQueue;
import dev.fairway.core.work.WorkQueue.Demand;
import dev.fairway.core.work.WorkQueue.Lease;
import dev.fairway.core.work.WorkQueue.SettleResult;
import dev.fairway.core.work.WorkQueue.Settlement;
import dev.fairway.store.meter.StoreMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the work of this process. Work that waits costs no thread: one thread leases in batches when work is enqueued or
 * falls due, each delivery runs on a virtual thread, and one thread settles whatever has ended, many in one commit.
 *
 * <p>{@link #start} keeps doing so until {@link #close}; a test takes single turns with {@link #runOnce} instead. Safe for
 * many threads.
 */
public final class Workers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
  private static final int SETTLE_BATCH = 500;
  /** A wake-up from another process may get lost, so nobody sleeps longer. */
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(5);
  private static final Duration TAKE_BACK = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final WorkQueue queue;
  private final Handlers handlers;
  private final Clock clock;
  private final WorkersConfig config;
  private final MeterRegistry meters;
  private final Map<String, Timer> runTimes = new ConcurrentHashMap<>();
  private final Map<String, Timer> lateness = new ConcurrentHashMap<>();
  private final Map<String, Counter> settled = new ConcurrentHashMap<>();
  private final Semaphore wake = new Semaphore(0);
  private final Map<String, AtomicInteger> runningByKind = new ConcurrentHashMap<>();
  private final Map<Long, Running> running = new ConcurrentHashMap<>();
  private final BlockingQueue<Ended> ended = new ArrayBlockingQueue<>(10_000);
  private final List<Thread> threads = new ArrayList<>();
  private long tookBackNanos = System.nanoTime();
  private Supplier<? extends RandomGenerator> jitter = ThreadLocalRandom::current;
  private volatile boolean closing;
  private volatile boolean settling = true;

  public Workers(WorkQueue queue, Handlers handlers, Clock clock, WorkersConfig config) {
    this(queue, handlers, clock, config, new CompositeMeterRegistry());
  }

  /** Also measures what {@link StoreMeter} says of work. */
  public Workers(WorkQueue queue, Handlers handlers, Clock clock, WorkersConfig config, MeterRegistry meters) {
    this.meters = meters;
    this.queue = queue;
    this.handlers = handlers;
    this.clock = clock;
    this.config = config;
    queue.onWork(this::wake);
  }

  /** From now on back-offs are drawn from this, so that a simulation repeats itself; it must be safe for many threads. */
  public Workers withJitter(RandomGenerator source) {
    jitter = () -> source;
    return this;
  }

  private record Running(Lease lease, Duration kindLease, Thread thread, long startedNanos) {}

  private record Ended(Attempt<?> attempt, Settlement settlement) {}

  /**
   * Takes one turn: leases what is due, runs it to its end and settles it.
   *
   * @return how many deliveries; 0 means nothing was due
   */
  public int runOnce() {
    queue.takeBack();
    List<Lease> leases = lease(wanted());
    List<Thread> deliveries = leases.stream().map(this::dispatch).toList();
    try {
      for (Thread delivery : deliveries) {
        delivery.join();
      }
    } catch (InterruptedException e) {
      deliveries.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
    }
    List<Ended> batch = new ArrayList<>();
    ended.drainTo(batch);
    settle(batch);
    return leases.size();
  }

  /** Takes turns until nothing is due; how many deliveries in all. At most a million, so that a loop shows. */
  public int runAll() {
    int all = 0;
    for (int turn = runOnce(); turn > 0; turn = runOnce()) {
      all += turn;
      if (all > 1_000_000) {
        throw new IllegalStateException("work makes work without end: " + all + " deliveries so far");
      }
    }
    return all;
  }

  /** Begins to run work as it falls due. */
  public synchronized Workers start() {
    if (!threads.isEmpty() || closing) {
      throw new IllegalStateException("workers can be started once");
    }
    threads.add(Thread.ofVirtual().name("work-lease").start(this::leaseLoop));
    threads.add(Thread.ofVirtual().name("work-settle").start(this::settleLoop));
    threads.add(Thread.ofVirtual().name("work-renew").start(this::renewLoop));
    return this;
  }

  private void wake() {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  private void leaseLoop() {
    Duration pause = Duration.ofMillis(50);
    while (!closing) {
      try {
        wake.drainPermits();
        List<Demand> wanted = wanted();
        List<Lease> leases = lease(wanted);
        leases.forEach(this::dispatch);
        boolean tookBack = takeBackNowAndThen();
        if (leases.isEmpty() && !tookBack) {
          sleepUntilWoken(!wanted.isEmpty());
        }
        pause = Duration.ofMillis(50);
      } catch (InterruptedException e) {
        LOG.debug("leasing interrupted closing={}", closing);
      } catch (RuntimeException e) {
        LOG.warn("cannot lease work again-in={} why={}", pause, e.getMessage());
        pause = rest(pause);
      }
    }
  }

  /* Also while there is always something to lease, or work lost by another process would wait for an idle moment; and not
   * at each idle moment, for a busy node has one between any two commits. */
  private boolean takeBackNowAndThen() {
    long now = System.nanoTime();
    if (now - tookBackNanos < TAKE_BACK.toNanos()) {
      return false;
    }
    tookBackNanos = now;
    return queue.takeBack() > 0;
  }

  private List<Demand> wanted() {
    List<Demand> wanted = new ArrayList<>();
    for (Handlers.Handling<?> handling : handlers.all()) {
      int room = handling.kind().concurrency() - count(handling.kind().name()).get();
      if (room > 0) {
        wanted.add(new Demand(handling.kind().name(), room, handling.kind().lease()));
      }
    }
    return running.size() < config.atOnce() ? wanted : List.of();
  }

  private List<Lease> lease(List<Demand> wanted) {
    return wanted.isEmpty() ? List.of() : queue.lease(wanted, Math.max(1, config.atOnce() - running.size()));
  }

  private AtomicInteger count(String kind) {
    return runningByKind.computeIfAbsent(kind, _ -> new AtomicInteger());
  }

  /* A kind that is full is not asked for, and is looked at again when one of its handlers ends. */
  private void sleepUntilWoken(boolean wanting) throws InterruptedException {
    Duration sleep = LONGEST_SLEEP;
    if (wanting) {
      sleep = queue.nextDue().map(due -> Duration.between(clock.instant(), due)).orElse(LONGEST_SLEEP);
    }
    wake.tryAcquire(Math.clamp(sleep.toMillis() + 1, 5, LONGEST_SLEEP.toMillis()), TimeUnit.MILLISECONDS);
  }

  private Thread dispatch(Lease lease) {
    Handlers.Handling<?> handling = handlers.find(lease.kind())
        .orElseThrow(() -> new IllegalStateException("leased " + lease.kind() + ", which nobody asked for"));
    count(lease.kind()).incrementAndGet();
    Thread thread = Thread.ofVirtual().name("work-" + lease.kind()).unstarted(() -> perform(handling, lease));
    running.put(lease.place(), new Running(lease, handling.kind().lease(), thread, System.nanoTime()));
    thread.start();
    return thread;
  }

  private <P> void perform(Handlers.Handling<P> handling, Lease lease) {
    Attempt<P> attempt = Attempt.of(handling, lease);
    if (lease.attempt() == 1) {
      lateness.computeIfAbsent(lease.kind(), kind -> StoreMeter.LATENESS.timer(meters, kind))
          .record(Duration.between(lease.firstDue(), clock.instant()));
    }
    long start = System.nanoTime();
    Outcome outcome = attempt.run();
    runTimes.computeIfAbsent(lease.kind(), kind -> StoreMeter.RUN.timer(meters, kind)).record(System.nanoTime() - start,
        TimeUnit.NANOSECONDS);
    Settlement settlement = attempt.settle(outcome, clock.instant(), random());
    boolean interrupted = Thread.interrupted();
    while (true) {
      try {
        ended.put(new Ended(attempt, settlement));
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    running.remove(lease.place());
    count(lease.kind()).decrementAndGet();
    wake();
    if (interrupted) {
      LOG.debug("handler was interrupted work={}", lease.id());
    }
  }

  private RandomGenerator random() {
    return jitter.get();
  }

  private void settleLoop() {
    List<Ended> batch = new ArrayList<>(SETTLE_BATCH);
    while (settling || !ended.isEmpty()) {
      try {
        Ended first = ended.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          ended.drainTo(batch, SETTLE_BATCH - 1);
          settle(batch);
        }
      } catch (InterruptedException e) {
        LOG.debug("settling interrupted settling={}", settling);
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
          pause = rest(pause);
        } else if (replaced) {
          LOG.error("cannot settle work={}; it comes again when its lease runs out", one.attempt.lease().id(), e);
          return;
        } else {
          LOG.error("an effect could not be written kind={} work={}", one.attempt.lease().kind(),
              one.attempt.lease().id(), e);
          settlement = one.attempt.withoutEffect(settlement, e, clock.instant(), random());
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

  private void renewLoop() {
    while (settling) {
      try {
        Thread.sleep(handlers.all().stream().map(handling -> handling.kind().lease()).min(Duration::compareTo)
            .orElse(LONGEST_SLEEP).dividedBy(3));
        renew();
      } catch (InterruptedException e) {
        LOG.debug("renewing interrupted settling={}", settling);
      } catch (RuntimeException e) {
        LOG.warn("cannot renew leases why={}", e.getMessage());
      }
    }
  }

  private void renew() {
    long now = System.nanoTime();
    Map<Duration, List<Lease>> byLease = new HashMap<>();
    for (Running one : running.values()) {
      if (now - one.startedNanos > one.kindLease.toNanos() / 3) {
        byLease.computeIfAbsent(one.kindLease, _ -> new ArrayList<>()).add(one.lease);
      }
    }
    byLease.forEach((lease, leases) -> {
      for (Lease lost : queue.renew(leases, lease)) {
        Running one = running.get(lost.place());
        if (one != null && one.lease.attempt() == lost.attempt()) {
          LOG.warn("lease lost while running, the handler is interrupted kind={} work={}", lost.kind(), lost.id());
          one.thread.interrupt();
        }
      }
    });
  }

  private static Duration rest(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  /** How many handlers are running now. */
  public int running() {
    return running.size();
  }

  /** Leases no more, waits for the handlers under way, and settles what has ended. */
  @Override
  public synchronized void close() {
    if (closing) {
      return;
    }
    closing = true;
    wake.release();
    Instant end = Instant.now().plus(config.drain());
    awaitIdle(end);
    running.values().forEach(one -> one.thread().interrupt());
    awaitIdle(Instant.now().plusSeconds(1));
    settling = false;
    boolean interrupted = false;
    for (Thread thread : threads) {
      if (thread.getName().equals("work-renew")) {
        thread.interrupt();
      }
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitIdle(Instant end) {
    while (!running.isEmpty() && Instant.now().isBefore(end)) {
      rest(Duration.ofMillis(5));
    }
  }
}
