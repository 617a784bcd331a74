package dev.fairway.store.workers;

import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkKind;
import dev.fairway.core.work.WorkQueue;
import dev.fairway.core.work.WorkQueue.Demand;
import dev.fairway.core.work.WorkQueue.Lease;
import dev.fairway.core.work.WorkQueue.Settlement;
import dev.fairway.store.meter.StoreMeter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the work of this process. Work that waits costs no thread: one thread leases in batches when work is enqueued or
 * falls due, each delivery, or a row of them, runs on a virtual thread, and one thread settles whatever has ended, many in
 * one commit.
 *
 * <p>{@link #start} keeps doing so until {@link #close}; a test takes single turns with {@link #runOnce} instead. Safe for
 * many threads.
 */
public final class Workers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
  /** A wake-up from another process may get lost, so nobody sleeps longer. */
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(5);
  private static final Duration TAKE_BACK = Duration.ofMillis(250);

  private final WorkQueue queue;
  private final Handlers handlers;
  private final Clock clock;
  private final WorkersConfig config;
  private final MeterRegistry meters;
  private final Map<String, Timer> runTimes = new ConcurrentHashMap<>();
  private final Map<String, Timer> lateness = new ConcurrentHashMap<>();
  private final Semaphore wake = new Semaphore(0);
  private final Map<String, AtomicInteger> runningByKind = new ConcurrentHashMap<>();
  private final Map<Long, Loan> running = new ConcurrentHashMap<>();
  private final Settler settler;
  private final List<Thread> threads = new ArrayList<>();
  private long tookBackNanos = System.nanoTime();
  private volatile boolean closing;

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
    this.settler = new Settler(queue, clock, meters);
    queue.onWork(this::wake);
  }

  /** From now on back-offs are drawn from this, so that a simulation repeats itself; it must be safe for many threads. */
  public Workers withJitter(RandomGenerator source) {
    settler.jitter(source);
    return this;
  }

  /**
   * Takes one turn: leases what is due, runs it to its end and settles it.
   *
   * @return how many deliveries; 0 means nothing was due
   */
  public int runOnce() {
    queue.takeBack();
    List<Lease> leases = lease(wanted());
    List<Thread> deliveries = dispatch(leases);
    try {
      for (Thread delivery : deliveries) {
        delivery.join();
      }
    } catch (InterruptedException e) {
      deliveries.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
    }
    settler.settleAll();
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
    threads.add(Thread.ofVirtual().name("work-settle").start(settler::run));
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
        dispatch(leases);
        boolean tookBack = takeBackNowAndThen();
        if (leases.isEmpty() && !tookBack) {
          sleepUntilWoken(!wanted.isEmpty());
        }
        pause = Duration.ofMillis(50);
      } catch (InterruptedException e) {
        LOG.debug("leasing interrupted closing={}", closing);
      } catch (RuntimeException e) {
        LOG.warn("cannot lease work again-in={} why={}", pause, e.getMessage());
        pause = Pauses.rest(pause);
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
      WorkKind<?> kind = handling.kind();
      int room = kind.concurrency() - count(kind.name()).get();
      if (room > 0) {
        boolean row = kind.row() > 1;
        wanted.add(new Demand(kind.name(), row ? kind.row() : room, kind.lease(), row));
      }
    }
    return atWork() < config.atOnce() ? wanted : List.of();
  }

  /* A row is one: what waits in it takes nobody's place. */
  private int atWork() {
    return runningByKind.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  private List<Lease> lease(List<Demand> wanted) {
    return wanted.isEmpty() ? List.of() : queue.lease(wanted, Math.max(1, config.atOnce() - atWork()));
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

  private List<Thread> dispatch(List<Lease> leases) {
    List<Thread> threads = new ArrayList<>(leases.size());
    Map<String, List<Lease>> rows = new LinkedHashMap<>();
    for (Lease lease : leases) {
      Handlers.Handling<?> handling = handling(lease.kind());
      if (handling.kind().row() > 1) {
        rows.computeIfAbsent(lease.kind(), _ -> new ArrayList<>()).add(lease);
      } else {
        threads.add(dispatch(handling, List.of(lease)));
      }
    }
    rows.forEach((kind, row) -> threads.add(dispatch(handling(kind), row)));
    return threads;
  }

  private Handlers.Handling<?> handling(String kind) {
    return handlers.find(kind)
        .orElseThrow(() -> new IllegalStateException("leased " + kind + ", which nobody asked for"));
  }

  private Thread dispatch(Handlers.Handling<?> handling, List<Lease> row) {
    String kind = handling.kind().name();
    count(kind).incrementAndGet();
    Thread thread = Thread.ofVirtual().name("work-" + kind).unstarted(() -> perform(handling, row));
    for (Lease lease : row) {
      running.put(lease.place(), new Loan(lease, handling.kind().lease(), thread));
    }
    thread.start();
    return thread;
  }

  /* One after another. What follows one that is not done is given back, and comes again in its place. */
  private void perform(Handlers.Handling<?> handling, List<Lease> row) {
    boolean goesOn = true;
    for (Lease lease : row) {
      Loan own = running.get(lease.place());
      if (own != null && own.is(lease) && own.begins()) {
        boolean itsTurn = lease.equals(row.getFirst()) || (goesOn && !closing);
        goesOn = itsTurn ? perform(handling, lease) : giveBack(handling, lease);
        own.ends();
        running.remove(lease.place(), own);
      }
    }
    count(handling.kind().name()).decrementAndGet();
    wake();
  }

  /** Runs an attempt and hands on what becomes of the work; false when the work is not done with. */
  private <P> boolean perform(Handlers.Handling<P> handling, Lease lease) {
    Attempt<P> attempt = Attempt.of(handling, lease);
    if (lease.attempt() == 1) {
      lateness.computeIfAbsent(lease.kind(), kind -> StoreMeter.LATENESS.timer(meters, kind))
          .record(Duration.between(lease.firstDue(), clock.instant()));
    }
    long start = System.nanoTime();
    Outcome outcome = attempt.run();
    runTimes.computeIfAbsent(lease.kind(), kind -> StoreMeter.RUN.timer(meters, kind)).record(System.nanoTime() - start,
        TimeUnit.NANOSECONDS);
    Settlement settlement = settler.take(attempt, outcome);
    return settlement instanceof Settlement.Finish;
  }

  private <P> boolean giveBack(Handlers.Handling<P> handling, Lease lease) {
    settler.take(Attempt.of(handling, lease), new Settlement.Postpone(lease, clock.instant(), Outcome.NOTHING));
    return false;
  }

  private void renewLoop() {
    while (!settler.isEnding()) {
      try {
        Thread.sleep(handlers.all().stream().map(handling -> handling.kind().lease()).min(Duration::compareTo)
            .orElse(LONGEST_SLEEP).dividedBy(3));
        renew();
      } catch (InterruptedException e) {
        LOG.debug("renewing interrupted closing={}", closing);
      } catch (RuntimeException e) {
        LOG.warn("cannot renew leases why={}", e.getMessage());
      }
    }
  }

  private void renew() {
    long now = System.nanoTime();
    Map<Duration, List<Lease>> byLease = new HashMap<>();
    for (Loan one : running.values()) {
      if (one.wantsRenewal(now)) {
        byLease.computeIfAbsent(one.kindLease(), _ -> new ArrayList<>()).add(one.lease());
      }
    }
    byLease.forEach((lease, leases) -> {
      for (Lease lost : queue.renew(leases, lease)) {
        Loan one = running.get(lost.place());
        if (one != null && one.is(lost)) {
          lost(one);
        }
      }
    });
  }

  private void lost(Loan one) {
    Lease lease = one.lease();
    if (one.isLostBefore()) {
      running.remove(lease.place(), one);
      LOG.warn("lease lost before its turn kind={} work={}", lease.kind(), lease.id());
    } else {
      LOG.warn("lease lost while running, the handler is interrupted kind={} work={}", lease.kind(), lease.id());
      one.interrupt();
    }
  }

  /** How many deliveries are with handlers now, or wait for the one before them. */
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
    settler.closing();
    wake.release();
    Instant end = Instant.now().plus(config.drain());
    awaitIdle(end);
    running.values().forEach(Loan::interrupt);
    awaitIdle(Instant.now().plusSeconds(1));
    settler.end();
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
      Pauses.rest(Duration.ofMillis(5));
    }
  }
}
