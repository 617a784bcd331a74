package dev.fairway.node.pair;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node run as a child process, from the class path of this one. It can be killed and started again on the same folder.
 * Not safe for many threads.
 */
public final class NodeProcess implements AutoCloseable {
  private static final String READY = "fairway ready ";
  /** A child reads its parent's archive of parsed classes, and starts in half the time; it compiles as eagerly as its parent does. */
  private static final List<String> INHERITED = List.of("-XX:SharedArchiveFile=", "-XX:TieredStopAtLevel=");
  static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration DUMP_LIMIT = Duration.ofSeconds(30);

  private final List<String> arguments;
  private final Path log;
  private final Duration patience;
  private @Nullable Process process;

  /**
   * A command that is not yet running; it must print {@code fairway ready URL} when it is.
   *
   * @param arguments of the command line of Fairway
   * @param log where its standard error goes
   */
  public NodeProcess(List<String> arguments, Path log) {
    this(arguments, log, START_LIMIT);
  }

  private NodeProcess(List<String> arguments, Path log, Duration patience) {
    this.arguments = List.copyOf(arguments);
    this.log = log;
    this.patience = patience;
  }

  /** The same command, waited for so long at each start; three minutes unless said. Not for one that was started. */
  public NodeProcess withPatience(Duration limit) {
    return new NodeProcess(arguments, log, limit);
  }

  /** A node that is not yet running. */
  public static NodeProcess serve(Path config, Path log) {
    return new NodeProcess(List.of("serve", "--config", config.toString()), log);
  }

  /**
   * Starts it and waits until it takes requests.
   *
   * @return its address
   * @throws FairwayException with {@code PEER_FAILED} and the end of its log when it does not. Of one that is alive and
   * not ready in time it also says how much processor time it was given, which tells a hang from a starving machine, and
   * in which file stands what its threads were doing
   */
  public URI start() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseCompactObjectHeaders", "-XX:+UseSerialGC", "-Xmx512m", "--enable-native-access=ALL-UNNAMED"));
    ownOptions().filter(option -> INHERITED.stream().anyMatch(option::startsWith)).forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.fairway.node.Main"));
    command.addAll(arguments);
    Process started = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    process = started;
    CompletableFuture<URI> ready = new CompletableFuture<>();
    Thread.ofVirtual().name("output of " + arguments).start(() -> readOutput(started, ready));
    try {
      return ready.get(patience.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      String how = e instanceof TimeoutException ? " within " + patience.toSeconds() + " s" + standing(started) : "";
      started.destroyForcibly();
      throw new FairwayException(ErrorCode.PEER_FAILED,
          "fairway " + String.join(" ", arguments) + " did not start" + how + ":\n" + lastWords(), e);
    }
  }

  private String standing(Process late) throws InterruptedException {
    String had = late.info().totalCpuDuration()
        .map(cpu -> ", in which it had " + cpu.toMillis() + " ms of processor time")
        .orElse("");
    return had + threads(late).map(file -> "; what its threads were doing stands in " + file).orElse("");
  }

  /* By the JDK's own tool, which shows virtual threads too; a runtime without tools has none. */
  private Optional<Path> threads(Process late) throws InterruptedException {
    Path file = log.resolveSibling(log.getFileName() + ".threads").toAbsolutePath();
    String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      Files.deleteIfExists(file);
      Process asked = new ProcessBuilder(tool, Long.toString(late.pid()), "Thread.dump_to_file", "-overwrite",
          file.toString()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      if (!asked.waitFor(DUMP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        asked.destroyForcibly();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Files.exists(file) ? Optional.of(file) : Optional.empty();
  }

  private static Stream<String> ownOptions() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream();
  }

  private static void readOutput(Process process, CompletableFuture<URI> ready) {
    try (BufferedReader lines = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(READY)) {
          ready.complete(URI.create(line.substring(READY.length()).strip()));
        }
      }
      ready.completeExceptionally(new IOException("the process ended"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  private String lastWords() throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  /** Ends it as a power cut would: {@code kill -9}. */
  public void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().waitFor();
    }
  }

  /** The operating system's number for it; 0 when it is not running. */
  public long pid() {
    Process running = process;
    return running != null && running.isAlive() ? running.pid() : 0;
  }

  /** Asks it to stop, and insists after ten seconds. */
  @Override
  public void close() {
    Process running = process;
    if (running == null) {
      return;
    }
    running.destroy();
    try {
      if (!running.waitFor(10, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
