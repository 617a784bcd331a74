package dev.fairway.datatrust;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long the steps of serving one market take: the timer {@code fairway.datatrust.step}, by market and step. Safe for many threads. */
public final class Steps {
  private static final String NAME = "fairway.datatrust.step";

  private final Map<Step, List<Timer>> timers = new EnumMap<>(Step.class);

  /** A part of the work, with what it throws. */
  @FunctionalInterface
  public interface Part<T, E extends Exception> {
    T take() throws E;
  }

  Steps(MeterRegistry meters, String market) {
    for (Step step : Step.values()) {
      timers.put(step, step.olderNames().stream().map(name -> Timer.builder(NAME)
          .description("How long a step of an answer takes, by the names of older services").tag("market", market)
          .tag("step", name).register(meters)).toList());
    }
  }

  /** Does a part of the work; how long it took is counted, whether it succeeds or fails. */
  public <T, E extends Exception> T timed(Step step, Part<T, E> part) throws E {
    long start = System.nanoTime();
    try {
      return part.take();
    } finally {
      long took = System.nanoTime() - start;
      timers.getOrDefault(step, List.of()).forEach(timer -> timer.record(took, TimeUnit.NANOSECONDS));
    }
  }
}
