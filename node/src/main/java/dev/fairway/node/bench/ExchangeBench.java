package dev.fairway.node.bench;

import dev.fairway.node.pair.NodePair;
import dev.fairway.node.pair.Side;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How many messages a second cross with their documents, both sides' subscribers told. */
final class ExchangeBench {
  private static final int SENDERS = 32;
  /** What both business systems subscribe to: each is called back once for a message. */
  private static final String PREDICATE = "UN.CEFACT.Trade.CertificateOfOrigin.created";
  private static final Duration DRAIN_LIMIT = Duration.ofMinutes(5);

  private final Path home;
  private final Duration time;
  private final PrintWriter progress;

  ExchangeBench(Path home, Duration time, PrintWriter progress) {
    this.home = home;
    this.time = time;
    this.progress = progress;
  }

  List<Figure> run() throws IOException, InterruptedException {
    Load.Rate accept = AcceptBench.embedded(home.resolve("accept"), Duration.ofSeconds(10));
    progress.println("accept: " + accept);
    try (NodePair pair = NodePair.start(home.resolve("pair"), List.of(0, 0), NodePair.Wiring.SHARED, "")) {
      for (String jurisdiction : pair.jurisdictions()) {
        pair.side(jurisdiction).subscribe(PREDICATE, pair.listener(jurisdiction).callback());
      }
      cross(pair, "warm", AcceptBench.WARM_UP);
      long early = Machine.residentMebibytes(pair.pid(NodePair.SG));
      Crossed crossed = cross(pair, "run", time);
      long late = Machine.residentMebibytes(pair.pid(NodePair.SG));
      String measured = "%,.0f/s, %d messages with a 10 kB document each".formatted(crossed.perSecond(),
          crossed.messages());
      return List.of(
          Figure.atLeast("Australia to Singapore, document and callbacks, against the accept rate", measured,
              accept.toString(), crossed.perSecond() / accept.perSecond(), 0.10),
          Figure.atMost("the receiver's memory after " + time.toSeconds() + " s, against at the start",
              late + " MiB", early + " MiB", (double) late / early, 1.25));
    }
  }

  private record Crossed(int messages, double perSecond) {}

  /** Sends for the time, waits until the last has arrived and both sides have been told, and counts all of that time. */
  private Crossed cross(NodePair pair, String run, Duration duration) throws InterruptedException {
    AtomicInteger sent = new AtomicInteger();
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    int toldAlready = pair.listener(NodePair.SG).references().size();
    List<Thread> threads = new ArrayList<>();
    Side au = pair.side(NodePair.AU);
    for (int i = 0; i < SENDERS; i++) {
      String name = run + "-" + Long.toString(start, 36) + "-" + i;
      threads.add(Thread.ofVirtual().start(() -> {
        for (int n = 0; System.nanoTime() < end; n++) {
          String reference = name + "-" + n;
          String document = au.upload((reference + "0123456789".repeat(1_000)).getBytes(StandardCharsets.US_ASCII),
              "text/plain", NodePair.SG);
          au.send(reference, NodePair.SG, reference, document, PREDICATE);
          sent.incrementAndGet();
        }
      }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    long limit = System.nanoTime() + DRAIN_LIMIT.toNanos();
    while (System.nanoTime() < limit && (pair.listener(NodePair.SG).references().size() - toldAlready < sent.get()
        || pair.jurisdictions().stream().anyMatch(jurisdiction -> !pair.side(jurisdiction).idle()))) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return new Crossed(sent.get(), sent.get() / ((System.nanoTime() - start) / 1e9));
  }
}
