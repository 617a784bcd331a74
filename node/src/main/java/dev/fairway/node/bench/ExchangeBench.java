package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.node.pair.NodePair;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** How many messages a second cross with their documents, both sides' subscribers told. */
final class ExchangeBench {
  private static final int SENDERS = 32;
  /** So long the compiler of the JVM is busy with three processes on two cores. */
  private static final Duration WARM_UP = Duration.ofMinutes(2);
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
      cross(pair, "warm", WARM_UP);
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
    List<Callable<Void>> senders = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      String name = run + "-" + Long.toString(start, 36) + "-" + i;
      senders.add(() -> {
        try (Sender sender = new Sender(pair.side(NodePair.AU).node())) {
          for (int n = 0; System.nanoTime() < end; n++) {
            sender.send(name + "-" + n);
            sent.incrementAndGet();
          }
        }
        return null;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(SENDERS)) {
      for (Future<Void> sender : threads.invokeAll(senders)) {
        sender.get();
      }
    } catch (ExecutionException e) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "a sender broke off: " + e.getCause(), e);
    }
    long limit = System.nanoTime() + DRAIN_LIMIT.toNanos();
    while (System.nanoTime() < limit && (pair.listener(NodePair.SG).references().size() - toldAlready < sent.get()
        || pair.jurisdictions().stream().anyMatch(jurisdiction -> !pair.side(jurisdiction).idle()))) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return new Crossed(sent.get(), sent.get() / ((System.nanoTime() - start) / 1e9));
  }

  /** A business system of Australia that uploads a document of 10 kB of its own for every message. */
  private static final class Sender implements Closeable {
    private static final String BOUNDARY = "certificate";
    private static final String HEAD = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"document\"; "
        + "filename=\"document\"\r\nContent-Type: text/plain\r\n\r\n";
    private static final String FILLING = "0123456789".repeat(1_000) + "\r\n--" + BOUNDARY + "--\r\n";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI documents;
    private final URI messages;
    private final KeptConnection connection;

    Sender(URI node) throws IOException {
      documents = node.resolve("/document-api/jurisdictions/" + NodePair.SG);
      messages = node.resolve("/message-api/message");
      connection = new KeptConnection(node);
    }

    void send(String reference) throws IOException {
      byte[] stored = connection.send(KeptConnection.post(documents, "multipart/form-data; boundary=" + BOUNDARY,
          (HEAD + reference + FILLING).getBytes(StandardCharsets.US_ASCII)), 200);
      String message = JsonNodeFactory.instance.objectNode().put("sender", NodePair.AU).put("receiver", NodePair.SG)
          .put("subject", reference).put("obj", JSON.readTree(stored).path("multihash").asString())
          .put("predicate", PREDICATE).put("sender_ref", reference).toString();
      connection.send(KeptConnection.post(messages, "application/json", message.getBytes(StandardCharsets.US_ASCII)),
          201);
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }
}
