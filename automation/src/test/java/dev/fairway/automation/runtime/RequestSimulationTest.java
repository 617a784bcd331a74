package dev.fairway.automation.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.runtime.FlawedEngine.Flaw;
import dev.fairway.store.TemporaryStore;
import dev.fairway.testing.TestClock;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No seed finds a request without its one ending: 150 seeds in each build, more by {@code -Dsimulation.seeds=10000}. Where
 * one does, {@code -Dsimulation.seed=N} plays it alone.
 */
class RequestSimulationTest {
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 150);
  private static final int SEEDS_TO_CATCH_A_FLAW = 150;
  /** A store grows with what was played on it. */
  private static final int SEEDS_PER_STORE = 250;
  /* A simulation mostly waits for its store's writer, so that more of them than processors keep those busy. */
  private static final int PLAYERS = 2 * Runtime.getRuntime().availableProcessors();

  private static LongStream seeds() {
    Long one = Long.getLong("simulation.seed");
    return one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);
  }

  @Test
  void everyRequestGetsItsOneEndingWhateverCrashes() throws InterruptedException {
    assertThat(violation(seeds(), Flaw.NONE)).as("a seed with a violation").isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void anEngineThatIsBuiltWrongIsCaught(Flaw flaw) throws InterruptedException {
    assertThat(violation(LongStream.range(0, SEEDS_TO_CATCH_A_FLAW), flaw)).as("a violation by %s", flaw).isPresent();
  }

  /** Plays the seeds until one finds something. */
  private static Optional<Throwable> violation(LongStream seeds, Flaw flaw) throws InterruptedException {
    var waiting = new ConcurrentLinkedQueue<>(seeds.boxed().toList());
    var found = new AtomicReference<@Nullable Throwable>();
    try (var players = Executors.newFixedThreadPool(PLAYERS)) {
      List<Callable<Object>> all = Collections.nCopies(PLAYERS, Executors.callable(() -> play(waiting, flaw, found)));
      for (Future<Object> player : players.invokeAll(all)) {
        if (player.state() == Future.State.FAILED) {
          found.compareAndSet(null, player.exceptionNow());
        }
      }
    }
    return Optional.ofNullable(found.get());
  }

  /** One player, with stores and a clock of its own. */
  private static void play(Queue<Long> waiting, Flaw flaw, AtomicReference<@Nullable Throwable> found) {
    while (found.get() == null && !waiting.isEmpty()) {
      var clock = new TestClock();
      try (TemporaryStore temporary = TemporaryStore.unsynced(clock, "automation");
          TimeLimits limits = new TimeLimits()) {
        for (int played = 0; played < SEEDS_PER_STORE && found.get() == null; played++) {
          Long seed = waiting.poll();
          if (seed == null) {
            return;
          }
          try {
            new RequestSimulation(seed, flaw, temporary.store(), clock, limits).play();
          } catch (AssertionError | RuntimeException e) {
            found.compareAndSet(null, new AssertionError("seed " + seed + ": " + e.getMessage(), e));
          }
        }
      }
    }
  }
}
