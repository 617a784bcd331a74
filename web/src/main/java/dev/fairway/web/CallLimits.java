package dev.fairway.web;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a listener bears of calls: how many are under way at a time, and how many one caller may make. The listeners of a node
 * share it, so that a second address gives nobody a second allowance; but half of the room is kept for them in equal shares,
 * so that a flood at one leaves room at the others. Safe for many threads.
 */
final class CallLimits {
  private final Semaphore own;
  private final Semaphore shared;
  private final Optional<RateLimit> rate;
  private final Counter busy;
  private final Counter tooFast;

  private CallLimits(int own, Semaphore shared, Optional<RateLimit> rate, MeterRegistry meters) {
    this.own = new Semaphore(own);
    this.shared = shared;
    this.rate = rate;
    this.busy = refused(meters, "busy");
    this.tooFast = refused(meters, "rate");
  }

  /** Those of a node that has one listener. */
  static CallLimits alone(WebConfig config, MeterRegistry meters) {
    return shared(1, config, meters).getFirst();
  }

  /** Those of each listener of a node; together they bear what the configuration says, no more. */
  static List<CallLimits> shared(int listeners, WebConfig config, MeterRegistry meters) {
    int own = config.maxConcurrent() / 2 / listeners;
    Semaphore shared = new Semaphore(config.maxConcurrent() - own * listeners);
    Optional<RateLimit> rate = config.callsPerSecond() == 0
        ? Optional.empty()
        : Optional.of(new RateLimit(config.callsPerSecond(), config.callBurst(), System::nanoTime));
    return IntStream.range(0, listeners).mapToObj(_ -> new CallLimits(own, shared, rate, meters)).toList();
  }

  private static Counter refused(MeterRegistry meters, String reason) {
    return Counter.builder(WebMetric.REFUSED.id()).description(WebMetric.REFUSED.meaning()).tag("reason", reason)
        .register(meters);
  }

  /** The room of one call, to be released when it has ended; empty when there is none. */
  Optional<Semaphore> enter() {
    return Stream.of(own, shared).filter(Semaphore::tryAcquire).findFirst();
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
