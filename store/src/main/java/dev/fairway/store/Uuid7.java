package dev.fairway.store;

import java.security.SecureRandom;
import java.util.UUID;

/**
 * Time-ordered UUIDs (RFC 9562, version 7): 48 bits of milliseconds, then a counter of 12 bits (its method 1), then random
 * bits. Those of one generator are strictly ascending, even when its clock goes back. Safe for many threads.
 */
final class Uuid7 {
  private static final SecureRandom SEED = new SecureRandom();
  private static final int COUNTER = 1 << 12;

  private final java.util.SplittableRandom random = new java.util.SplittableRandom(SEED.nextLong());
  private long millis;
  private int counter;

  synchronized UUID next(long nowMillis) {
    if (nowMillis > millis) {
      millis = nowMillis;
      counter = 0;
    } else if (++counter == COUNTER) {
      millis++;
      counter = 0;
    }
    long high = (millis << 16) | 0x7000L | counter;
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
