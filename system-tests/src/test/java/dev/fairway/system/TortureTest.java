package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.node.torture.Torture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few kills in every build; do a hundred with {@code ./fairway torture}. */
class TortureTest {
  @Test
  void whatWasAcknowledgedArrivesOnceHoweverNodesAreKilled(@TempDir Path home) throws Exception {
    long seed = RandomGenerator.getDefault().nextLong(1_000_000);
    Torture.Result result = new Torture(home, seed, 30, System.out::println).run(4, Duration.ofMinutes(4));
    assertThat(result.faults()).as(result.toString()).isEmpty();
    assertThat(result.acknowledged()).as(result.toString()).isGreaterThan(20);
  }
}
