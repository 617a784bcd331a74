package dev.fairway.web;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What a node bears of calls: how many are under way at a time, and how many one caller may make. Its listeners share it, so
 * that a second address gives nobody a second allowance. Safe for many threads.
 */
final class CallLimits {
  private final Semaphore room;
  private final Optional<RateLimit> rate;
  private final Counter busy;
  private final Counter tooFast;

  CallLimits(WebConfig config, MeterRegistry meters) {
    this.room = new Semaphore(config.maxConcurrent());
    this.rate = config.callsPerSecond() == 0
        ? Optional.empty()
        : Optional.of(new RateLimit(config.callsPerSecond(), config.callBurst(), System::nanoTime));
    this.busy = refused(meters, "busy");
    this.tooFast = refused(meters, "rate");
  }

  private static Counter refused(MeterRegistry meters, String reason) {
    return Counter.builder(WebMetric.REFUSED.id()).description(WebMetric.REFUSED.meaning()).tag("reason", reason)
        .register(meters);
  }

  /** Takes the room of one call, to be given back by {@link #leave}; false when there is none. */
  boolean enter() {
    return room.tryAcquire();
  }

  void leave() {
    room.release();
  }

  Refusal busy() {
    busy.increment();
    return new Refusal(503, "the node is busy; try again later", Map.of("Retry-After", "1"));
  }

  /** Counts a call of its caller, verified or else known by its address; throws {@link Refusal} when it is one too many. */
  void count(ServletCall call) {
    if (rate.isEmpty()) {
      return;
    }
    String key = call.knownCaller().filter(caller -> caller.kind() == Caller.Kind.VERIFIED).map(Caller::subject)
        .orElseGet(call::peer);
    long wait = rate.get().take(key);
    if (wait > 0) {
      tooFast.increment();
      long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(wait + 999_999_999L));
      throw new Refusal(429, "too many calls; try again in " + seconds + " s",
          Map.of("Retry-After", Long.toString(seconds)));
    }
  }
}
