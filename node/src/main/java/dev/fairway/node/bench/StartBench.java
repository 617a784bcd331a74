package dev.fairway.node.bench;

import dev.fairway.node.pair.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** How long a node takes from its command to its first request. */
final class StartBench {
  private static final int ROUNDS = 7;

  private final Path home;

  StartBench(Path home) {
    this.home = home;
  }

  Figure run() throws IOException, InterruptedException {
    try (NodeProcess node = BenchCommand.node(home.resolve("start"), "");
        NodeProcess echo = BenchCommand.echo(home.resolve("echo"))) {
      start(node); // makes the data folder
      start(echo);
      double[] served = new double[ROUNDS];
      double[] bare = new double[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        served[i] = start(node);
        bare[i] = start(echo);
      }
      double ours = median(served);
      double theirs = median(bare);
      return Figure.atMost("serve to ready on an existing data folder, against a bare server",
          "%.0f ms".formatted(ours),
          "%.0f ms".formatted(theirs), ours / theirs, 2);
    }
  }

  private static double start(NodeProcess process) throws IOException, InterruptedException {
    long start = System.nanoTime();
    process.start();
    double millis = (System.nanoTime() - start) / 1e6;
    process.close();
    return millis;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
