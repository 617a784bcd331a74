package dev.fairway.node.bench;

import dev.fairway.automation.runtime.RunningIntegration;
import dev.fairway.automation.sdk.Response;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Integrations on the node's own ledger: events answered by commands, webhooks put on a queue, a snapshot with a restart in it, and idle ones. */
@Command(name = "automation", mixinStandardHelpOptions = true, description = "Events of the node's own ledger answered by a command each, 256 at once, against raw appends to the journal; webhooks put on a durable queue, against the accept rate of the run; a snapshot with a restart in its midst; 10,000 idle timers and queues. On Daml's sandbox too where its class path is given.", footer = {
    "", "Example:", "  fairway bench automation --only WEBHOOK,IDLE"})
final class AutomationCommand extends BenchCommand.Measuring {
  private static final int INTEGRATIONS = 100;
  private static final int OF_EACH = 100;

  @Option(names = "--events", defaultValue = "10000", description = "how many events are answered (default: ${DEFAULT-VALUE})")
  int events;
  @Option(names = "--contracts", defaultValue = "100000", description = "how many contracts the snapshot has (default: ${DEFAULT-VALUE})")
  int contracts;
  @Option(names = "--sandbox", paramLabel = "FILE", description = "a file with the class path of Daml's sandbox 1.13, such as the build's daml/target/test-classes/daml-sandbox.classpath; without it the figure on a Daml ledger is left out")
  Optional<Path> sandbox = Optional.empty();
  @Option(names = "--daml-events", defaultValue = "2000", description = "how many events are answered on the sandbox (default: ${DEFAULT-VALUE})")
  int damlEvents;
  @Option(names = "--only", split = ",", paramLabel = "ROW", description = "only these: ${COMPLETION-CANDIDATES}")
  List<Row> only = List.of();

  /** What can be measured alone. */
  enum Row {
    ANSWERED, WEBHOOK, DAML, SNAPSHOT, IDLE
  }

  @Override
  List<Figure> measure(Path home) throws Exception {
    PrintWriter progress = progress();
    List<Figure> figures = new ArrayList<>();
    for (Row row : only.isEmpty() ? List.of(Row.values()) : only) {
      List<Figure> more = switch (row) {
        case ANSWERED -> List.of(answered(home.resolve("answered")));
        case WEBHOOK -> new WebhookBench(home.resolve("webhook"), time(), progress).run();
        case DAML -> onDaml(home.resolve("daml"));
        case SNAPSHOT -> snapshot(home.resolve("snapshot"));
        case IDLE -> idle(home.resolve("idle"));
      };
      more.forEach(progress::println);
      figures.addAll(more);
    }
    return figures;
  }

  private List<Figure> onDaml(Path folder) throws IOException, InterruptedException {
    if (sandbox.isEmpty()) {
      progress().println("left out: the figure on Daml's sandbox; --sandbox FILE says where its class path stands");
      return List.of();
    }
    try (var bench = new DamlBench(folder, sandbox.get())) {
      return List.of(bench.run(damlEvents));
    }
  }

  private Figure answered(Path folder) throws InterruptedException {
    try (var bench = new AutomationBench(folder)) {
      RunningIntegration integration = bench.answering();
      // As many again, or half of what is measured is the compiler.
      int warm = events;
      RequestsBench.times(warm, bench::append);
      bench.write(warm);
      AutomationBench.await("warming up", () -> integration.totals().commands() >= warm);
      Duration rawBegan = cpu();
      double raw = perSecond(RequestsBench.times(events, bench::append));
      Duration began = cpu();
      long start = System.nanoTime();
      bench.write(events);
      AutomationBench.await("answering", () -> integration.totals().commands() >= warm + events);
      double rate = perSecond(Duration.ofNanos(System.nanoTime() - start));
      progress().println("processor time of an answered event: %,d µs, of an append: %,d µs"
          .formatted(micros(cpu().minus(began)), micros(began.minus(rawBegan))));
      return Figure.atLeast("event, handler, command, against raw appends to the journal", "%,.0f/s".formatted(rate),
          "%,.0f/s".formatted(raw), rate / raw, 0.15);
    }
  }

  private long micros(Duration ofAll) {
    return ofAll.dividedBy(events).toNanos() / 1_000;
  }

  private double perSecond(Duration took) {
    return events / (took.toNanos() / 1e9);
  }

  /* Stopped in the midst of what was there, started again, and then something new comes. */
  private List<Figure> snapshot(Path folder) throws InterruptedException {
    try (var bench = new AutomationBench(folder)) {
      int later = Math.max(1, contracts / 100);
      Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();
      bench.write(contracts);
      long before = heap();
      long start = System.nanoTime();
      Runnable run = () -> bench.run("counting", handlers -> handlers.ledger()
          .created(Notes.NOTE.toString()).concurrency(RequestsBench.AT_ONCE).handle(event -> {
            seen.computeIfAbsent(event.contract().id().value(), id -> new AtomicInteger()).incrementAndGet();
            return Response.none();
          }));
      run.run();
      AutomationBench.await("the first half", () -> seen.size() >= contracts / 2);
      bench.stop("counting");
      run.run();
      bench.write(later);
      AutomationBench.await("the second half", () -> seen.size() >= contracts + later);
      double took = (System.nanoTime() - start) / 1e9;
      long repeated = seen.values().stream().filter(times -> times.get() > 1).count();
      seen.clear();
      long after = heap();
      return List.of(
          Figure.atMost("of a snapshot of %,d contracts and %,d new ones, with a restart, told again"
              .formatted(contracts, later), "%,d; all told in %.1f s".formatted(repeated, took), "none",
              (double) repeated, 0),
          Figure.atMost("memory after it, against before", after / (1 << 20) + " MiB", before / (1 << 20) + " MiB",
              after / (double) before, 1.5));
    }
  }

  private List<Figure> idle(Path folder) throws InterruptedException {
    try (var bench = new AutomationBench(folder)) {
      int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
      List<RunningIntegration> integrations = new ArrayList<>();
      for (int i = 0; i < INTEGRATIONS; i++) {
        integrations.add(bench.run("idle-" + i, handlers -> {
          for (int n = 0; n < OF_EACH; n++) {
            handlers.time().every(Duration.ofHours(1), "timer " + n, Response::none);
            handlers.queue().messages("queue " + n, (message, attempt) -> Response.none());
          }
        }));
      }
      AutomationBench.await("coming up", () -> integrations.stream().allMatch(RunningIntegration::ready));
      Thread.sleep(Duration.ofSeconds(5));
      int threads = ManagementFactory.getThreadMXBean().getThreadCount() - threadsBefore;
      Duration cpuBefore = cpu();
      Thread.sleep(time());
      double share = cpu().minus(cpuBefore).toNanos() / (double) time().toNanos();
      String what = "%,d idle timers and as many queues".formatted(INTEGRATIONS * OF_EACH);
      return List.of(
          Figure.atMost(what + ": share of a core", "%.4f".formatted(share), "a core", share, 0.01),
          Figure.atMost(what + ": platform threads, against one each", threads + " more",
              "%,d".formatted(INTEGRATIONS * OF_EACH),
              threads / (double) (INTEGRATIONS * OF_EACH), 0.01));
    }
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
