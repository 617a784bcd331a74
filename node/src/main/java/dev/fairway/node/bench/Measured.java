package dev.fairway.node.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.List;

/**
 * How long rows took.
 *
 * @param seconds on the clock
 * @param processor seconds this process computed; programs and servers beside it are not in it
 */
record Measured(BenchRows rows, double seconds, double processor) {
  /** Something that moves rows. */
  interface Work {
    void run() throws Exception;
  }

  /** Does it once. */
  static Measured once(BenchRows rows, Work work) throws Exception {
    if (!(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system)) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "this Java does not tell its processor time");
    }
    long processor = system.getProcessCpuTime();
    long start = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Measured(rows, seconds, (system.getProcessCpuTime() - processor) / 1e9);
  }

  /** The one in the middle. */
  static Measured median(List<Measured> all) {
    return all.stream().sorted(Comparator.comparingDouble(Measured::seconds)).toList().get(all.size() / 2);
  }

  double perSecond() {
    return rows.count() / seconds;
  }

  /** @param least what its rate over the baseline's should be; 0 for any */
  Figure against(String name, Measured baseline, double least) {
    double ratio = perSecond() / baseline.perSecond();
    return least == 0
        ? Figure.unbounded(name, toString(), baseline.toString(), ratio)
        : Figure.atLeast(name, toString(), baseline.toString(), ratio, least);
  }

  @Override
  public String toString() {
    return "%,.0f rows/s, %,.0f MiB/s, %.2f µs of processor a row".formatted(perSecond(),
        perSecond() * rows.bytes() / LargeFile.MEBIBYTE, processor / rows.count() * 1e6);
  }
}
