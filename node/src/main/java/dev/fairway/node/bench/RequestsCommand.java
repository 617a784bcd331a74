package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.daml.openapi.OpenApiGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Requests on the node's own ledger: round trips, a storm of retries, and the generator of typed requests. */
@Command(name = "requests", mixinStandardHelpOptions = true, description = "Requests answered on the node's own ledger, against two raw submissions each; a storm of retries, and how it delays healthy requests; typed requests of a description of 500 operations.", footer = {
    "", "Example:", "  fairway bench requests"})
final class RequestsCommand extends BenchCommand.Measuring {
  private static final int OPERATIONS = 500;
  private static final int HEALTHY = 200;
  private static final int MOST_ATTEMPTS = 1_000;

  @Option(names = "--requests", defaultValue = "5000", description = "how many round trips (default: ${DEFAULT-VALUE})")
  int requests;
  @Option(names = "--storm", defaultValue = "5000", description = "how many requests fail for a while; the whole figure is of 1000000 (default: ${DEFAULT-VALUE})")
  int storm;
  @Option(names = "--outage", defaultValue = "20", paramLabel = "SECONDS", description = "how long they fail once all are made; the whole figure is of 300 (default: ${DEFAULT-VALUE})")
  int outage;

  @Override
  List<Figure> measure(Path home) throws Exception {
    PrintWriter progress = progress();
    List<Figure> figures = new ArrayList<>();
    figures.add(roundTrips(home.resolve("round-trips")));
    progress.println(figures.getLast());
    figures.addAll(retryStorm(home.resolve("storm"), progress));
    figures.add(generator());
    return figures;
  }

  private Figure roundTrips(Path folder) throws InterruptedException {
    try (RequestsBench bench = new RequestsBench(folder)) {
      bench.answer("desk", 5, request -> RequestsBench.yes());
      bench.allocate("raw");
      int warm = Math.max(100, requests / 5);
      RequestsBench.times(warm, n -> bench.ask("desk", "warm-" + n));
      bench.awaitAccepted(warm);
      RequestsBench.times(warm, n -> bench.rawRoundTrip(-n - 1));
      Duration raw = RequestsBench.times(requests, bench::rawRoundTrip);
      long start = System.nanoTime();
      RequestsBench.times(requests, n -> bench.ask("desk", "r-" + n));
      bench.awaitAccepted(warm + (long) requests);
      double answered = requests / seconds(Duration.ofNanos(System.nanoTime() - start));
      double bare = requests / seconds(raw);
      return Figure.atLeast("request, handler, response, against two raw submissions", "%,.0f/s".formatted(answered),
          "%,.0f/s".formatted(bare), answered / bare, 0.4);
    }
  }

  private List<Figure> retryStorm(Path folder, PrintWriter progress) throws InterruptedException {
    try (RequestsBench bench = new RequestsBench(folder)) {
      var recovery = new long[]{Long.MAX_VALUE};
      Map<Long, LongAdder> perSecond = new ConcurrentHashMap<>();
      bench.answer("healthy", 5, request -> RequestsBench.yes());
      bench.answer("stormy", MOST_ATTEMPTS, request -> {
        perSecond.computeIfAbsent(System.nanoTime() / 1_000_000_000, _ -> new LongAdder()).increment();
        if (System.nanoTime() < recovery[0]) {
          throw new FairwayException(ErrorCode.PEER_FAILED, "the service is down");
        }
        return RequestsBench.yes();
      });
      healthy(bench, "warm");
      double calm = healthy(bench, "calm");
      RequestsBench.times(storm, n -> bench.ask("stormy", "s-" + n));
      long heapBefore = heap();
      recovery[0] = System.nanoTime() + Duration.ofSeconds(outage).toNanos();
      double stormy = healthy(bench, "stormy");
      while (System.nanoTime() < recovery[0]) {
        Thread.sleep(100);
      }
      progress.println("the service is back; until then " + perSecond.values().stream().mapToLong(LongAdder::sum).sum()
          + " tries");
      bench.awaitAccepted(storm + 3L * HEALTHY);
      long heapAfter = heap();
      long[] tries = perSecond.values().stream().mapToLong(LongAdder::sum).sorted().toArray();
      String spread = "tries in a second: median %,d, most %,d".formatted(tries[tries.length / 2],
          tries[tries.length - 1]);
      long lost = storm + 3L * HEALTHY - bench.accepted();
      return List.of(
          Figure.atMost("of " + storm + " requests that failed for " + outage + " s, lost", lost + "; " + spread,
              Arrays.toString(bench.counts().entrySet().toArray()), (double) lost, 0),
          Figure.atMost("healthy requests in the storm, against before", "%.1f ms each".formatted(stormy * 1e3),
              "%.1f ms each".formatted(calm * 1e3), stormy / calm, 1.05),
          Figure.atMost("memory after the storm, against its beginning", heapAfter / (1 << 20) + " MiB",
              heapBefore / (1 << 20) + " MiB", heapAfter / (double) heapBefore, 1.5));
    }
  }

  /** Seconds from a request to its answer, one after another, as who waits for it sees it. */
  private static double healthy(RequestsBench bench, String name) throws InterruptedException {
    long start = System.nanoTime();
    long before = bench.accepted();
    for (int n = 0; n < HEALTHY; n++) {
      bench.ask("healthy", name + "-" + n);
    }
    bench.awaitAccepted(before + HEALTHY);
    return (System.nanoTime() - start) / 1e9 / HEALTHY;
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static Figure generator() throws IOException {
    byte[] description = description();
    OpenApiGenerator generator = new OpenApiGenerator(new OpenApiGenerator.Options("Api", "api"));
    long start = System.nanoTime();
    int files = generator.generate(description).files().size();
    double took = seconds(Duration.ofNanos(System.nanoTime() - start));
    if (files < OPERATIONS) {
      throw new FairwayException(ErrorCode.INVALID, "only " + files + " files were generated");
    }
    return Figure.atMost("typed requests of " + OPERATIONS + " operations, against 5 s",
        "%.2f s, %,d files".formatted(took, files), "5 s", took / 5, 1);
  }

  private static byte[] description() {
    StringBuilder text = new StringBuilder("openapi: 3.1.0\ninfo: {title: Big, version: '1'}\npaths:\n");
    for (int n = 0; n < OPERATIONS; n++) {
      text.append(
          """
                /things%1$d/{id}:
                  put:
                    operationId: api.v1.things%1$d.replace
                    parameters:
                      - {name: id, in: path, required: true, schema: {type: integer}}
                      - {name: tags, in: query, schema: {type: array, items: {type: string}}}
                    requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Thing%1$d'}}}}
                    responses:
                      "200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing%1$d'}}}}
                      "404": {description: none}
              """
              .formatted(n));
    }
    text.append("components:\n  schemas:\n");
    for (int n = 0; n < OPERATIONS; n++) {
      text.append("""
              Thing%1$d:
                type: object
                required: [id, parts]
                properties:
                  id: {type: integer}
                  kind: {type: string, enum: [a, b]}
                  parts: {type: array, items: {$ref: '#/components/schemas/Thing%1$d'}}
                  next: {$ref: '#/components/schemas/Thing%2$d'}
          """.formatted(n, (n + 1) % OPERATIONS));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
