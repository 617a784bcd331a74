package dev.fairway.store.workers;

import java.time.Duration;

/**
 * How work is run.
 *
 * @param atOnce handlers running at once in this process, over all kinds, 1 to 10,000
 * @param drain how long closing waits for handlers under way before it interrupts them
 */
public record WorkersConfig(int atOnce, Duration drain) {
  public static final WorkersConfig DEFAULT = new WorkersConfig(1_000, Duration.ofSeconds(10));

  public WorkersConfig {
    if (atOnce < 1 || atOnce > 10_000) {
      throw new IllegalArgumentException("work at once must be 1 to 10000, is " + atOnce);
    }
    if (drain.isNegative()) {
      throw new IllegalArgumentException("drain must not be negative, is " + drain);
    }
  }
}
