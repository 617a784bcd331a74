package dev.fairway.node.bench;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class StalledBenchTest {
  @TempDir
  private Path home;

  @Test
  @Timeout(120)
  void aDestinationThatFailsBeforeItsFirstRowEndsTheMeasurement() throws Exception {
    Files.createDirectory(home.resolve("stalled.db"));
    StalledBench bench = new StalledBench(home, BenchRows.of(1_000, 1));
    assertThatThrownBy(bench::run).isInstanceOf(ExecutionException.class);
  }
}
