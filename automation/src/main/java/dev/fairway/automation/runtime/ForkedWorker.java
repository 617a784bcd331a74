package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JVM of its own that answers requests, one after another, and may die of one. What it says on its standard error goes to
 * the log; the last of it is what its death is told with. For one thread at a time, except {@link #close}.
 */
final class ForkedWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ForkedWorker.class);
  private static final int LAST_WORDS = 12;
  private static final int LONGEST_WORD = 300;

  private final String integration;
  private final Process process;
  private final Writer to;
  /** Lines of its standard output; empty at the end of them. */
  private final BlockingQueue<Optional<String>> said = new LinkedBlockingQueue<>();
  private final Deque<String> lastWords = new ArrayDeque<>();
  private final Thread errors;

  private ForkedWorker(String integration, Process process) {
    this.integration = integration;
    this.process = process;
    this.to = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofVirtual().name("worker-said-" + integration).start(this::listen);
    this.errors = Thread.ofVirtual().name("worker-errors-" + integration).start(this::remember);
  }

  /** The worker died while it was answering: nobody knows what it had done by then. */
  static final class Died extends IOException {
    private static final long serialVersionUID = 1L;

    Died(String message) {
      super(message);
    }
  }

  /**
   * Starts one.
   *
   * @param heapMegabytes the most memory for its objects
   * @throws Died when it does not come up
   */
  static ForkedWorker start(WorkerMessages.Start start, int heapMegabytes) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx" + heapMegabytes + "m", "-XX:+ExitOnOutOfMemoryError", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "-cp", System.getProperty("java.class.path"), ForkedWorkerMain.class.getName()).start();
    ForkedWorker worker = new ForkedWorker(start.id(), process);
    try {
      worker.say(start.json());
      JsonNode first = worker.hear();
      if (!first.path("ready").asBoolean()) {
        throw WorkerMessages.failure(first);
      }
      return worker;
    } catch (IOException | InterruptedException | RuntimeException e) {
      worker.close();
      throw e;
    }
  }

  /**
   * Lets it answer a request.
   *
   * @param node what the node answers to what the worker asks meanwhile
   * @throws Died when it dies of it
   */
  Decision decide(ObjectNode request, Function<JsonNode, ObjectNode> node) throws IOException, InterruptedException {
    say(request);
    JsonNode line = hear();
    while (line.has("ask")) {
      say(node.apply(line));
      line = hear();
    }
    return WorkerMessages.decision(line);
  }

  private void say(ObjectNode message) throws IOException, InterruptedException {
    try {
      to.write(StoredValue.text(message) + "\n");
      to.flush();
    } catch (IOException e) {
      throw died();
    }
  }

  private JsonNode hear() throws IOException, InterruptedException {
    Optional<String> line = said.take();
    // The JVM itself says on this side what it dies of.
    while (line.filter(text -> !text.startsWith("{")).isPresent()) {
      keep(line.get());
      line = said.take();
    }
    if (line.isEmpty()) {
      throw died();
    }
    return StoredValue.parse(line.get());
  }

  private Died died() throws InterruptedException {
    // It closes its output before it is gone; ended now, it would take its reason with it.
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    int exit = process.waitFor();
    errors.join();
    List<String> words;
    synchronized (lastWords) {
      words = List.copyOf(lastWords);
    }
    return new Died("the worker died, exit code " + exit + "; its last words: "
        + (words.isEmpty() ? "none" : String.join(" | ", words)));
  }

  boolean alive() {
    return process.isAlive();
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(Optional.of(line));
      }
    } catch (IOException e) {
      LOG.debug("a worker can no longer be heard integration={} why={}", integration, e.getMessage());
    }
    said.add(Optional.empty());
  }

  private void remember() {
    try (var lines = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        LOG.info("worker integration={} says={}", integration, line);
        keep(line);
      }
    } catch (IOException e) {
      LOG.debug("a worker's errors can no longer be read integration={} why={}", integration, e.getMessage());
    }
  }

  private void keep(String line) {
    synchronized (lastWords) {
      lastWords.add(line.substring(0, Math.min(line.length(), LONGEST_WORD)));
      if (lastWords.size() > LAST_WORDS) {
        lastWords.remove();
      }
    }
  }

  /** Ends it, whatever it is doing. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        LOG.warn("a worker does not die integration={} pid={}", integration, process.pid());
      }
      to.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (UncheckedIOException | IOException e) {
      LOG.debug("what was said last did not reach the worker integration={} why={}", integration, e.getMessage());
    }
  }
}
