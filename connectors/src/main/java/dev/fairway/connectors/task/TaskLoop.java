package dev.fairway.connectors.task;

import dev.fairway.connectors.process.ConnectorFailedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a task's sessions one after another: again after its interval when one ended well, again after a wait when one
 * failed, which grows as long as sessions fail soon. Safe for many threads.
 */
public final class TaskLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TaskLoop.class);

  private final String name;
  private final Supplier<? extends Step> steps;
  private final Duration interval;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final BackOff backOff = new BackOff();
  private final Thread thread;
  private Status status;
  private @Nullable Step underWay;
  private boolean paused;
  private boolean told;
  private boolean closed;

  /**
   * @param steps makes a step for each session, so that a stop that comes late is nothing to the next; must neither wait nor
   * fail
   * @param interval from one start to the next, when sessions end well
   */
  public TaskLoop(String name, Supplier<? extends Step> steps, Duration interval, boolean paused, Clock clock) {
    this.name = name;
    this.steps = steps;
    this.interval = interval;
    this.paused = paused;
    this.clock = clock;
    this.status = new Status(paused ? Phase.PAUSED : Phase.WAITING, "", clock.instant());
    this.thread = Thread.ofPlatform().daemon().name("task " + name).start(this::run);
  }

  public Status status() {
    lock.lock();
    try {
      return status;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the session under way and begins no other. */
  public void pause() {
    change(true);
    stop();
  }

  /** Begins sessions again, at once. */
  public void resume() {
    change(false);
  }

  private void change(boolean pause) {
    lock.lock();
    try {
      paused = pause;
      told = true;
      backOff.reset();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void stop() {
    Step session;
    lock.lock();
    try {
      session = underWay;
    } finally {
      lock.unlock();
    }
    if (session != null) {
      session.stop();
    }
  }

  private void run() {
    for (Step step = next(); step != null; step = next()) {
      Instant start = clock.instant();
      Duration wait;
      try {
        become(Phase.RUNNING, "");
        step.run();
        backOff.reset();
        Duration took = Duration.between(start, clock.instant());
        wait = interval.minus(took).isNegative() ? Duration.ZERO : interval.minus(took);
        become(Phase.WAITING, "");
      } catch (InterruptedException e) {
        return;
      } catch (Throwable e) {
        // Errors too: a task whose thread is gone would look as if it ran.
        boolean retriable = !(e instanceof ConnectorFailedException failed) || failed.retriable();
        String reason = e instanceof Error || e.getMessage() == null ? e.toString() : e.getMessage();
        wait = retriable ? backOff.after(Duration.between(start, clock.instant())) : BackOff.LONGEST;
        become(Phase.FAILED, reason);
        LOG.warn("task failed task={} retry_in={}s reason={}", name, wait.toSeconds(), reason);
        if (e instanceof Error) {
          LOG.error("task failed task={}", name, e);
        } else {
          LOG.debug("task failed task={}", name, e);
        }
      }
      sleep(wait);
    }
  }

  /** The next session's step, when it is its turn, known to whoever stops it from then on; null when there is none. */
  private @Nullable Step next() {
    lock.lock();
    try {
      underWay = null;
      while (paused && !closed) {
        status = new Status(Phase.PAUSED, "", clock.instant());
        changed.awaitUninterruptibly();
      }
      told = false;
      underWay = closed ? null : steps.get();
      return underWay;
    } finally {
      lock.unlock();
    }
  }

  /** Waits, but not when a person paused or resumed since the session began. */
  private void sleep(Duration wait) {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (left > 0 && !closed && !told) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private void become(Phase phase, String reason) {
    lock.lock();
    try {
      status = new Status(phase, reason, clock.instant());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    stop();
    try {
      if (!thread.join(Duration.ofSeconds(30))) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One session of a task. */
  public interface Step {
    /** Runs it, once. */
    void run() throws Exception;

    /** Ends it soon, also when it has not begun yet; from any thread. */
    void stop();
  }

  /** What a task is about. */
  public enum Phase {
    /** A session is under way. */
    RUNNING,
    /** The last session ended well; the next comes after the interval. */
    WAITING,
    /** The last session failed; the next comes after a wait. */
    FAILED,
    /** Stopped by a person. */
    PAUSED
  }

  /** @param reason why it failed, in the connector's own words */
  public record Status(Phase phase, String reason, Instant since) {}
}
