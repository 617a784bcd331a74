package dev.fairway.core.work;

import java.time.Duration;

/**
 * How often and how long a piece of work is tried. The delay before attempt {@code n + 1} is drawn evenly from zero to
 * {@code min(maxDelay, firstDelay * 2^(n-1))} (full jitter), unless the other side named a later time.
 *
 * @param maxAttempts attempts in all, 1 to 1,000,000
 * @param maxAge from the first due time; after it a failure is final
 * @param firstDelay upper bound of the first delay
 * @param maxDelay upper bound of any delay
 */
public record RetryPolicy(int maxAttempts, Duration maxAge, Duration firstDelay, Duration maxDelay) {
  /** Twenty attempts within a day, from one second to ten minutes apart. */
  public static final RetryPolicy DEFAULT = new RetryPolicy(20, Duration.ofDays(1), Duration.ofSeconds(1),
      Duration.ofMinutes(10));

  public RetryPolicy {
    if (maxAttempts < 1 || maxAttempts > 1_000_000) {
      throw new IllegalArgumentException("max attempts must be 1 to 1000000, is " + maxAttempts);
    }
    requirePositive("max age", maxAge);
    requirePositive("first delay", firstDelay);
    if (maxDelay.compareTo(firstDelay) < 0) {
      throw new IllegalArgumentException("max delay " + maxDelay + " is below the first delay " + firstDelay);
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, is " + value);
    }
  }

  /** The longest wait after the given attempt (1 is the first). */
  public Duration ceiling(int attempt) {
    int doublings = Math.min(attempt - 1, 40);
    long millis = firstDelay.toMillis();
    long ceiling = millis > (Long.MAX_VALUE >> doublings) ? Long.MAX_VALUE : millis << doublings;
    return ceiling >= maxDelay.toMillis() ? maxDelay : Duration.ofMillis(ceiling);
  }
}
