package dev.fairway.node.bench;

import dev.fairway.node.pair.NodeProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How fast webhooks are taken in whose handler puts them on a durable queue, against messages of the exchange. */
final class WebhookBench {
  private static final int OK = 200;

  private final Path home;
  private final Duration time;
  private final PrintWriter progress;

  WebhookBench(Path home, Duration time, PrintWriter progress) {
    this.home = home;
    this.time = time;
    this.progress = progress;
  }

  List<Figure> run() throws IOException, InterruptedException {
    Load.Rate accepted = AcceptBench.embedded(home.resolve("accept"), time);
    progress.println("messages of the exchange: " + accepted);
    Path folder = Files.createDirectories(home.resolve("webhook"));
    try (var server = new NodeProcess(List.of("bench", "webhook-server", folder.toString()),
        folder.resolve("server.log"))) {
      URI base = server.start();
      Load.Rate taken = new Load(base.resolve(WebhookServerCommand.HOOK), "application/json", BenchCommand.message(),
          OK).run(AcceptBench.CONNECTIONS, AcceptBench.WARM_UP, time);
      Duration emptied = emptied(base);
      return List.of(
          Figure.atLeast("webhook, handler, durable queue, 2xx, against POST /message-api/message", taken.toString(),
              accepted.toString(), taken.perSecond() / accepted.perSecond(), 0.7),
          Figure.atMost("of these webhooks, refused because the queue was full",
              "%,d; the queue was empty %.1f s after the last".formatted(taken.refused(), emptied.toNanos() / 1e9),
              "none", (double) taken.refused(), 0));
    }
  }

  /* The queue is empty when nothing more is run, as often as one looks. */
  private static Duration emptied(URI base) throws IOException, InterruptedException {
    byte[] ask = KeptConnection.post(base.resolve(WebhookServerCommand.RUNS), "text/plain", new byte[0]);
    long start = System.nanoTime();
    long last = start;
    try (var connection = new KeptConnection(base)) {
      long runs = -1;
      for (int unchanged = 0; unchanged < 10;) {
        long now = Long.parseLong(new String(connection.send(ask, OK), StandardCharsets.US_ASCII));
        unchanged = now == runs ? unchanged + 1 : 0;
        last = unchanged == 0 ? System.nanoTime() : last;
        runs = now;
        Thread.sleep(Duration.ofMillis(50));
      }
    }
    return Duration.ofNanos(last - start);
  }
}
