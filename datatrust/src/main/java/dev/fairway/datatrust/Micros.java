package dev.fairway.datatrust;

import java.time.Instant;

/** How times are stored: microseconds since 1970, UTC. */
public final class Micros {
  private static final long SECOND = 1_000_000;

  private Micros() {}

  public static long of(Instant time) {
    return time.getEpochSecond() * SECOND + time.getNano() / 1_000;
  }

  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(Math.floorDiv(micros, SECOND), Math.floorMod(micros, SECOND) * 1_000);
  }
}
