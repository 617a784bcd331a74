package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/**
 * Sends one request again and again over a number of {@linkplain KeptConnection kept-alive connections} and times the
 * answers.
 */
final class Load {
  /**
   * What was measured.
   *
   * @param perSecond answers a second, without refusals
   * @param refused how many were told to come again
   */
  record Rate(double perSecond, Duration median, Duration p99, long refused) {
    @Override
    public String toString() {
      return "%,9.0f/s   median %.1f ms   p99 %.1f ms".formatted(perSecond, median.toNanos() / 1e6,
          p99.toNanos() / 1e6) + (refused == 0 ? "" : "   %,d refused".formatted(refused));
    }
  }

  /* "Service Unavailable" (RFC 9110, 15.6.4): the server is busy, and says so rather than take what it cannot keep. */
  private static final int BUSY = 503;

  private final URI target;
  private final byte[] request;
  private final int expected;
  private final LongAdder refused = new LongAdder();

  /**
   * A load on one path.
   *
   * @param expected the status every answer must have that is no refusal
   */
  Load(URI target, String contentType, byte[] body, int expected) {
    this.target = target;
    this.expected = expected;
    request = KeptConnection.post(target, contentType, body);
  }

  /** Runs for the time after a warm-up of the same kind. */
  Rate run(int connections, Duration warmUp, Duration time) throws InterruptedException {
    measure(connections, warmUp);
    return measure(connections, time);
  }

  private Rate measure(int connections, Duration time) throws InterruptedException {
    refused.reset();
    long start = System.nanoTime();
    long end = start + time.toNanos();
    Histogram all = new Histogram(3);
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      List<Callable<Histogram>> tasks = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        tasks.add(() -> connection(end));
      }
      for (Future<Histogram> result : threads.invokeAll(tasks)) {
        all.add(result.get());
      }
    } catch (ExecutionException e) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the load on " + target + " broke off: " + e.getCause(), e);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Rate(all.getTotalCount() / seconds, Duration.ofNanos(all.getValueAtPercentile(50)),
        Duration.ofNanos(all.getValueAtPercentile(99)), refused.sum());
  }

  private Histogram connection(long end) throws IOException {
    Histogram times = new Histogram(3);
    try (KeptConnection connection = new KeptConnection(target)) {
      long now = System.nanoTime();
      while (now < end) {
        KeptConnection.Answer answer = connection.send(request);
        long answered = System.nanoTime();
        if (answer.status() == BUSY) {
          refused.increment();
        } else if (answer.status() == expected) {
          times.recordValue(answered - now);
        } else {
          throw new FairwayException(ErrorCode.PEER_FAILED,
              target + " was expected to answer " + expected + ", and answered " + answer.status());
        }
        now = answered;
      }
    }
    return times;
  }
}
