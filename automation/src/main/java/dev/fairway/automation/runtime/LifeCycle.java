package dev.fairway.automation.runtime;

import dev.fairway.automation.pack.PackageLoader;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.FairwayException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An integration's threads from its start to its stop: init handlers, the ledger, ready handlers, then timers and tasks.
 * What fails on the way is tried again, later each time, and is shown as its error meanwhile.
 */
final class LifeCycle {
  private static final Logger LOG = LoggerFactory.getLogger(LifeCycle.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LONGEST_END = Duration.ofSeconds(10);

  private final RunningIntegration integration;
  private final RunningIntegration.Shared shared;
  private final Runnable templates;
  private final Instant startTime;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Thread> tasks = new ArrayList<>();
  private final Leadership leadership;
  private final StateEvents events;
  private volatile Leadership.Term term = new Leadership.Term();
  private volatile boolean initialised;
  private volatile boolean standingBy;
  private volatile boolean running;
  private volatile boolean stopping;
  private volatile @Nullable String errorMessage;
  private volatile @Nullable Instant errorTime;

  /** @param templates makes the integration's templates known to its ledger */
  LifeCycle(RunningIntegration integration, RunningIntegration.Shared shared, Runnable templates,
      Leadership leadership, StateEvents events) {
    this.integration = integration;
    this.shared = shared;
    this.templates = templates;
    this.leadership = leadership;
    this.events = events;
    this.startTime = shared.clock().instant();
  }

  Instant startTime() {
    return startTime;
  }

  /** Whether its init handlers have run, so that deliveries may come. */
  boolean initialised() {
    return initialised && !stopping;
  }

  /** Whether its ready handlers have run, so that timers and messages may come. */
  boolean running() {
    return running && !stopping;
  }

  /** Whether another process does what only one may do. */
  boolean standingBy() {
    return standingBy && !stopping;
  }

  Optional<String> error() {
    return Optional.ofNullable(errorMessage);
  }

  Optional<Instant> errorTime() {
    return Optional.ofNullable(errorTime);
  }

  synchronized void begin() {
    threads.add(Thread.ofVirtual().name("integration-" + integration.id()).start(this::run));
  }

  private void run() {
    Registrations registrations = integration.registrations();
    boolean prepared = untilDone("its templates cannot be given to the ledger", () -> {
      templates.run();
      return true;
    });
    if (!prepared || !startHandlers("init", registrations.inits)) {
      return;
    }
    initialised = true;
    if (!leadership.contested()) {
      lead(new Leadership.Term());
      return;
    }
    while (!stopping) {
      if (untilDone("cannot ask who acts for it", this::leadForATerm) && !sleep(Leadership.RENEW)) {
        return;
      }
    }
  }

  private void lead(Leadership.Term current) {
    term = current;
    if (stopping) {
      return;
    }
    if (integration.registrations().readsLedger()) {
      integration.feed().run(current);
    } else {
      caughtUp();
    }
  }

  /* Leads, if nobody else does, for as long as the lease can be renewed. */
  private boolean leadForATerm() throws InterruptedException {
    if (!leadership.take()) {
      if (!standingBy) {
        standingBy = true;
        events.standingBy();
      }
      return true;
    }
    standingBy = false;
    var current = new Leadership.Term();
    Thread leading = thread("leader", () -> lead(current));
    try {
      while (!stopping && leadership.keep()) {
        Thread.sleep(Leadership.RENEW);
      }
    } finally {
      stepDown(current, leading);
    }
    return true;
  }

  private void stepDown(Leadership.Term current, Thread leading) {
    List<Thread> own = new ArrayList<>(List.of(leading));
    synchronized (this) {
      running = false;
      current.end();
      own.addAll(tasks);
      tasks.clear();
    }
    integration.feed().interrupt();
    integration.journal().close();
    end(own);
    try {
      leadership.release();
    } catch (FairwayException e) {
      LOG.debug("the right to act runs out by itself integration={} why={}", integration.id(), e.getMessage());
    }
  }

  private Thread thread(String what, Runnable body) {
    return Thread.ofVirtual().name("integration-" + integration.id() + "-" + what).start(body);
  }

  /** Called when what was on the ledger has been recorded for delivery. */
  void caughtUp() {
    Registrations registrations = integration.registrations();
    Leadership.Term current = term;
    if (!startHandlers("ready", registrations.readies)
        || !untilDone("its timers cannot be set", () -> setTimers(registrations))
        || !untilDone("its place in the journal cannot be kept", () -> openJournal(current))) {
      return;
    }
    synchronized (this) {
      if (stopping || current.over()) {
        return;
      }
      running = true;
      registrations.tasks.values().forEach(task -> tasks.add(thread(task.name(), () -> keepRunning(task, current))));
    }
    LOG.info("integration is running integration={} party={}", integration.id(), integration.party());
    events.running();
  }

  /* Under the lock, so that who ends the term finds it open and closes it, or it is not opened. */
  private synchronized boolean openJournal(Leadership.Term current) {
    if (!stopping && !current.over()) {
      integration.journal().open();
    }
    return true;
  }

  private boolean setTimers(Registrations registrations) {
    if (!registrations.timers.isEmpty()) {
      shared.store().run(tx -> registrations.timers
          .forEach((label, timer) -> tx.enqueue(integration.lanes().tick(label, timer.period()))));
    }
    return true;
  }

  /** Runs them one after another; false when it is being stopped. */
  private boolean startHandlers(String what, List<Registrations.OnStart> handlers) {
    int n = 0;
    for (Registrations.OnStart handler : handlers) {
      String purpose = what + "-" + n++ + "-" + startTime;
      boolean done = untilDone(what + " handler failed", () -> {
        Response response = integration.called(handler.counters(), handler.handler()::handle);
        shared.store().run(tx -> integration.commands().send(tx, what, CommandSender.commands(response), purpose));
        return true;
      });
      if (!done) {
        return false;
      }
    }
    return true;
  }

  /** Tries again and again until it passes; false when the integration is being stopped. */
  private boolean untilDone(String failure, Callable<Boolean> step) {
    Duration pause = FIRST_PAUSE;
    while (!stopping) {
      try {
        step.call();
        errorMessage = null;
        return true;
      } catch (InterruptedException e) {
        return false;
      } catch (Exception e) {
        boolean news = errorMessage == null;
        errorMessage = failure + ": " + (e instanceof FairwayException ? e.getMessage() : e.toString());
        errorTime = shared.clock().instant();
        LOG.warn("integration does not come up integration={} again-in={} why={}", integration.id(), pause,
            errorMessage);
        if (news) {
          events.troubled();
        }
        if (!sleep(pause)) {
          return false;
        }
        pause = longer(pause);
      }
    }
    return false;
  }

  private void keepRunning(Registrations.LongTask task, Leadership.Term current) {
    Duration pause = FIRST_PAUSE;
    while (!current.over()) {
      Instant began = shared.clock().instant();
      try {
        task.counters().used();
        RunningIntegration.inLoader(integration.loader(), () -> {
          task.task().run();
          return true;
        });
        LOG.info("task ended integration={} task={} again-in={}", integration.id(), task.name(), pause);
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        if (current.over()) {
          return;
        }
        Instant failed = shared.clock().instant();
        task.counters().failed(e.toString(), failed);
        integration.recentCalls().add(task.name(), began, failed, Optional.of(e.toString()));
        LOG.warn("task failed integration={} task={} again-in={} why={}", integration.id(), task.name(), pause,
            e.toString());
      }
      if (Duration.between(began, shared.clock().instant()).compareTo(LONGEST_PAUSE) > 0) {
        pause = FIRST_PAUSE;
      }
      if (!sleep(pause)) {
        return;
      }
      pause = longer(pause);
    }
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  private boolean sleep(Duration pause) {
    try {
      Thread.sleep(pause);
      return !stopping;
    } catch (InterruptedException e) {
      return false;
    }
  }

  void stop() {
    List<Thread> under;
    synchronized (this) {
      stopping = true;
      term.end();
      under = new ArrayList<>(threads);
      under.addAll(tasks);
    }
    integration.feed().interrupt();
    integration.journal().close();
    integration.requests().close();
    boolean ended = end(under);
    integration.registrations().stops.forEach(this::release);
    if (ended) {
      closeLoader();
    }
  }

  private void release(Events.Task held) {
    try {
      shared.limits().within(LONGEST_END, () -> RunningIntegration.inLoader(integration.loader(), () -> {
        held.run();
        return true;
      }));
    } catch (InterruptedException e) {
      LOG.warn("does not give back what it holds integration={} why=interrupted", integration.id());
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.warn("does not give back what it holds integration={} why={}", integration.id(), e.toString());
    }
  }

  /** Interrupts them and waits for their end; false when this thread was interrupted meanwhile. */
  private boolean end(List<Thread> under) {
    under.forEach(Thread::interrupt);
    for (Thread thread : under) {
      try {
        if (!thread.equals(Thread.currentThread()) && !thread.join(LONGEST_END)) {
          LOG.warn("does not stop integration={} thread={}", integration.id(), thread.getName());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  private void closeLoader() {
    if (integration.loader() instanceof PackageLoader own) {
      close(own);
    }
  }

  /* A handler still under way that needs another class now fails, and is run again by the integration's next start. */
  private static void close(Closeable loader) {
    try {
      loader.close();
    } catch (IOException e) {
      LOG.warn("the jars of an integration could not be closed why={}", e.getMessage());
    }
  }
}
