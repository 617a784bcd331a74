package dev.fairway.automation.runtime;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Interrupts what takes too long. One that does not heed it goes on, and holds up only its own lane. */
final class TimeLimits implements AutoCloseable {
  private final ScheduledThreadPoolExecutor alarms;

  TimeLimits() {
    alarms = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("automation-alarms").factory());
    alarms.setRemoveOnCancelPolicy(true);
  }

  private enum State {
    RUNNING, OVER, INTERRUPTED
  }

  /** @throws TimeoutException when the limit was over and the body was interrupted */
  <T> T within(Duration limit, Callable<T> body) throws Exception {
    return within(limit, body, () -> {});
  }

  /**
   * The same.
   *
   * @param overdue called when the limit is over and the body is not, always before this returns
   */
  <T> T within(Duration limit, Callable<T> body, Runnable overdue) throws Exception {
    Thread runner = Thread.currentThread();
    var state = new State[]{State.RUNNING};
    Future<?> alarm = alarms.schedule(() -> {
      synchronized (state) {
        if (state[0] == State.RUNNING) {
          state[0] = State.INTERRUPTED;
          overdue.run();
          runner.interrupt();
        }
      }
    }, limit.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return body.call();
    } catch (Exception e) {
      throw over(state) ? timedOut(limit, e) : e;
    } finally {
      alarm.cancel(false);
      if (over(state)) {
        // Interrupted by the alarm, not by whoever runs the body; that thread goes on with other things.
        Thread.interrupted();
      }
    }
  }

  /** Ends the watch; true when the alarm went off before. */
  private static boolean over(State[] state) {
    synchronized (state) {
      if (state[0] == State.RUNNING) {
        state[0] = State.OVER;
      }
      return state[0] == State.INTERRUPTED;
    }
  }

  private static TimeoutException timedOut(Duration limit, Exception cause) {
    var timeout = new TimeoutException("took longer than " + limit + " and was interrupted");
    timeout.initCause(cause);
    return timeout;
  }

  @Override
  public void close() {
    alarms.shutdownNow();
  }
}
