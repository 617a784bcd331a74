package dev.fairway.node.bench;

import dev.fairway.node.pair.NodeProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How fast a node takes messages in, each durable before its 201. */
final class AcceptBench {
  static final int CONNECTIONS = 64;
  /** A node runs for weeks; on two processors the compiler takes half of the first half minute. */
  static final Duration WARM_UP = Duration.ofSeconds(30);
  /* Routes lead nowhere, so that what is measured is the accept and not what the channel does with it. */
  private static final String NO_ROUTE = "exchange:\n  routes: []\n";

  private final Path home;
  private final Duration time;
  private final PrintWriter progress;

  AcceptBench(Path home, Duration time, PrintWriter progress) {
    this.home = home;
    this.time = time;
    this.progress = progress;
  }

  List<Figure> run(Optional<String> postgres) throws IOException, InterruptedException {
    List<Figure> figures = new ArrayList<>();
    Load.Rate echo = measure("bare echo", BenchCommand.echo(home.resolve("echo")), "/echo");
    Load.Rate embedded = measure("embedded store", BenchCommand.node(home.resolve("embedded"), NO_ROUTE),
        "/message-api/message");
    figures.add(Figure.atLeast("POST /message-api/message, embedded store, against a bare echo", embedded.toString(),
        echo.toString(), embedded.perSecond() / echo.perSecond(), 0.35));
    figures.add(Figure.atMost("its p99 in ms, against 50 ms", embedded.toString(), "50 ms",
        embedded.p99().toNanos() / 50e6, 1));
    Load.Rate alone = measure("one commit a message",
        BenchCommand.node(home.resolve("alone"), NO_ROUTE + "store:\n  group: 1\n"), "/message-api/message");
    figures.add(Figure.atLeast("the same against one commit a message", embedded.toString(), alone.toString(),
        embedded.perSecond() / alone.perSecond(), 8));
    if (postgres.isPresent()) {
      Load.Rate shared = measure("PostgreSQL",
          BenchCommand.node(home.resolve("postgres"), NO_ROUTE + "store:\n  url: \"" + postgres.get() + "\"\n"),
          "/message-api/message");
      figures.add(Figure.atLeast("POST /message-api/message, PostgreSQL, against a bare echo", shared.toString(),
          echo.toString(), shared.perSecond() / echo.perSecond(), 0.20));
    }
    return figures;
  }

  /** The accept rate of a node with an embedded store. */
  static Load.Rate embedded(Path folder, Duration time) throws IOException, InterruptedException {
    try (NodeProcess process = BenchCommand.node(folder, NO_ROUTE)) {
      return load(process, "/message-api/message", time);
    }
  }

  private static Load.Rate load(NodeProcess process, String path, Duration time)
      throws IOException, InterruptedException {
    URI target = process.start().resolve(path);
    return new Load(target, "application/json", BenchCommand.message(), 201).run(CONNECTIONS, WARM_UP, time);
  }

  private Load.Rate measure(String what, NodeProcess process, String path)
      throws IOException, InterruptedException {
    try (process) {
      Load.Rate rate = load(process, path, time);
      progress.println(what + ": " + rate);
      return rate;
    }
  }
}
