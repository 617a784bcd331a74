package dev.fairway.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A token bucket for each of many callers. A bucket is one number, the time at which it will be full again (the generic
 * cell rate algorithm, ITU-T I.371), so a caller costs little and a forgotten one is simply a full bucket. The server has one
 * for all calls; a door that knows its callers better may have its own. Safe for many threads.
 */
public final class RateLimit {
  private static final int MOST_CALLERS = 100_000;

  private final long interval;
  private final long burst;
  private final LongSupplier nanos;
  private final Cache<String, AtomicLong> full;

  /**
   * @param perSecond calls a second in the long run, at least 1
   * @param burst calls at once on top of that
   * @param nanos a clock that only runs forward
   */
  public RateLimit(int perSecond, int burst, LongSupplier nanos) {
    this.interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.burst = interval * burst;
    this.nanos = nanos;
    this.full = Caffeine.newBuilder().maximumSize(MOST_CALLERS)
        .expireAfterAccess(Duration.ofNanos(this.burst + interval).plusSeconds(60)).build();
  }

  /** Takes a token; 0 when there is one, else the nanoseconds until there will be. */
  public long take(String caller) {
    long now = nanos.getAsLong();
    AtomicLong bucket = full.get(caller, _ -> new AtomicLong(now));
    while (true) {
      long was = bucket.get();
      long start = was - now > 0 ? was : now;
      long wait = start - now - burst;
      if (wait > 0) {
        return wait;
      }
      if (bucket.compareAndSet(was, start + interval)) {
        return 0;
      }
    }
  }
}
