package dev.fairway.datatrust;

import java.time.Duration;
import java.util.Optional;

/**
 * How a market's data are looked after.
 *
 * @param checkEvery how often stored data are read through and compared with the chain
 * @param keepGone how long data are kept after their listing left the market; empty to keep them for ever
 * @param stuckAfter after how long a task or booking that has not ended is counted as stuck
 */
public record Upkeep(Duration checkEvery, Optional<Duration> keepGone, Duration stuckAfter) {
  /** Read through every week, kept for thirty days after they left, stuck after an hour. */
  public static final Upkeep USUAL = new Upkeep(Duration.ofDays(7), Optional.of(Duration.ofDays(30)),
      Duration.ofHours(1));
}
