package dev.fairway.connectors.task;

import java.time.Duration;

/**
 * How long to wait after a failure: a second, and twice as long after each that comes soon, up to five minutes. A session that
 * lasted longer than that is not one of a row of failures, so the waits begin anew after it: a task that runs for months is not
 * kept waiting for all the short outages there ever were. Safe for many threads.
 */
final class BackOff {
  static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration FIRST = Duration.ofSeconds(1);

  private int failures;

  /** @param lasted how long the session was that failed */
  synchronized Duration after(Duration lasted) {
    if (lasted.compareTo(LONGEST) > 0) {
      failures = 0;
    }
    Duration wait = FIRST.multipliedBy(1L << Math.min(failures++, 10));
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }

  /** A session ended well, or a person wants it to go on. */
  synchronized void reset() {
    failures = 0;
  }
}
