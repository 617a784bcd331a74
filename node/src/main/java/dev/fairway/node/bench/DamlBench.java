package dev.fairway.node.bench;

import dev.fairway.automation.runtime.RunningIntegration;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import dev.fairway.daml.v1.DamlLedgerV1;
import dev.fairway.daml.v1.V1Config;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Events of Daml's sandbox, a child process of a class path of its own, answered by a command each. */
final class DamlBench implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final String DAML = "daml";

  private final Path folder;
  private final Process sandbox;
  private final DamlLedgerV1 ledger;

  /** @param classPath a file that holds the sandbox's class path */
  DamlBench(Path folder, Path classPath) throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    this.sandbox = sandbox(Files.readString(classPath).strip());
    this.ledger = new DamlLedgerV1(new V1Config("127.0.0.1", port()));
    try (InputStream dar = DamlBench.class.getResourceAsStream("note.dar")) {
      if (dar == null) {
        throw new IllegalStateException("note.dar is missing from the class path");
      }
      ledger.upload(dar.readAllBytes());
    }
  }

  private Process sandbox(String classPath) throws IOException {
    return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g", "-cp",
        classPath, "com.daml.platform.sandboxnext.Main", "--port", "0", "--port-file", portFile().toString(),
        "--ledgerid", "fairway-bench", "--log-level", "WARN").redirectErrorStream(true)
        .redirectOutput(folder.resolve("sandbox.log").toFile()).start();
  }

  private Path portFile() {
    return folder.resolve("sandbox.port").toAbsolutePath();
  }

  private int port() throws IOException, InterruptedException {
    for (Instant end = Instant.now().plus(START_LIMIT); sandbox.isAlive() && Instant.now().isBefore(end);) {
      if (Files.exists(portFile()) && !Files.readString(portFile()).isBlank()) {
        return Integer.parseInt(Files.readString(portFile()).strip());
      }
      Thread.sleep(50);
    }
    sandbox.destroyForcibly();
    throw new FairwayException(ErrorCode.PEER_FAILED,
        "Daml's sandbox did not start; see " + folder.resolve("sandbox.log"));
  }

  /** As many contracts made and then exercised, by a bare client and by an integration; each warmed up before. */
  Figure run(int events) throws InterruptedException {
    int warm = Math.max(100, events / 2);
    var bare = new Notes(ledger, ledger.allocate("bare"));
    byHand(bare, warm);
    try (var bench = new AutomationBench(folder.resolve("node"), Map.of(DAML, ledger))) {
      var answered = new Notes(ledger, ledger.allocate("answered"));
      RunningIntegration integration = bench.answering(DAML, answered.owner(), RequestsBench.AT_ONCE);
      byIntegration(answered, integration, warm);
      // Half before and half after, because the sandbox goes on getting faster.
      Duration before = byHand(bare, events / 2);
      double rate = events / seconds(byIntegration(answered, integration, events));
      double raw = events / seconds(before.plus(byHand(bare, events - events / 2)));
      return Figure.atLeast("event, handler, command on Daml's sandbox, against a bare client that sends the same",
          "%,.0f/s".formatted(rate), "%,.0f/s".formatted(raw), rate / raw, 0.8);
    }
  }

  /* Finding the contracts is not counted. */
  private static Duration byHand(Notes notes, int events) throws InterruptedException {
    long start = System.nanoTime();
    notes.write(events);
    Duration writing = Duration.ofNanos(System.nanoTime() - start);
    List<Contract> written = notes.waiting();
    long again = System.nanoTime();
    notes.see(written);
    return writing.plusNanos(System.nanoTime() - again);
  }

  private static Duration byIntegration(Notes notes, RunningIntegration integration, int events)
      throws InterruptedException {
    long wanted = integration.totals().commands() + events;
    long start = System.nanoTime();
    notes.write(events);
    AutomationBench.await("answering", () -> integration.totals().commands() >= wanted);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  @Override
  public void close() {
    ledger.close();
    sandbox.destroyForcibly();
  }
}
