package dev.fairway.store.workers;

import java.time.Duration;

/** Waiting before the next try. */
final class Pauses {
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private Pauses() {}

  /** Waits, and answers how long to wait the next time; an interrupt ends the wait and is kept. */
  static Duration rest(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
  }
}
