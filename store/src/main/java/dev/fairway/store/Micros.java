package dev.fairway.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** How the spine's tables write times: microseconds since 1970, UTC. */
final class Micros {
  private Micros() {}

  static long of(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
