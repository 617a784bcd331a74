package dev.fairway.automation.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.runtime.FlawedEngine.Flaw;
import dev.fairway.store.TemporaryStore;
import dev.fairway.testing.TestClock;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No seed finds a request without its one ending: 150 seeds in each build, more by {@code -Dsimulation.seeds=10000}. Where
 * one does, {@code -Dsimulation.seed=N} plays it alone.
 */
class RequestSimulationTest {
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 150);
  /** A store grows with what was played on it. */
  private static final int SEEDS_PER_STORE = 500;

  private static LongStream seeds() {
    Long one = Long.getLong("simulation.seed");
    return one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);
  }

  @Test
  void everyRequestGetsItsOneEndingWhateverCrashes() {
    long[] all = seeds().toArray();
    for (int from = 0; from < all.length; from += SEEDS_PER_STORE) {
      Optional<Throwable> violation = firstViolation(LongStream.of(all).skip(from).limit(SEEDS_PER_STORE), Flaw.NONE);
      assertThat(violation).as("the first seed with a violation").isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void anEngineThatIsBuiltWrongIsCaught(Flaw flaw) {
    assertThat(firstViolation(LongStream.range(0, 150), flaw)).as("a violation by %s", flaw).isPresent();
  }

  private static Optional<Throwable> firstViolation(LongStream seeds, Flaw flaw) {
    var clock = new TestClock();
    try (TemporaryStore temporary = TemporaryStore.unsynced(clock, "automation");
        TimeLimits limits = new TimeLimits()) {
      return seeds.mapToObj(seed -> violation(seed, flaw, temporary, clock, limits)).flatMap(Optional::stream)
          .findFirst();
    }
  }

  private static Optional<Throwable> violation(long seed, Flaw flaw, TemporaryStore temporary, TestClock clock,
      TimeLimits limits) {
    try {
      new RequestSimulation(seed, flaw, temporary.store(), clock, limits).play();
      return Optional.empty();
    } catch (AssertionError | RuntimeException e) {
      return Optional.of(new AssertionError("seed " + seed + ": " + e.getMessage(), e));
    }
  }
}
