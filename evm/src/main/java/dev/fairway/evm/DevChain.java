package dev.fairway.evm;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A chain of one's own to try things on: an {@code anvil} process (Foundry) on loopback with funded accounts whose keys
 * everybody knows. Ends with this process. Never for anything of value.
 */
public final class DevChain implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("Listening on 127\\.0\\.0\\.1:(\\d+)");
  private static final Pattern KEY = Pattern.compile("^\\(\\d+\\) (0x[0-9a-f]{64})$", Pattern.MULTILINE);
  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final List<String> INSIDE_NODE_MODULES = List.of("@foundry-rs/anvil-linux-amd64/bin/anvil",
      "@foundry-rs/anvil-linux-arm64/bin/anvil", "@foundry-rs/anvil-darwin-arm64/bin/anvil",
      "@foundry-rs/anvil-darwin-amd64/bin/anvil");

  /** Its chain id unless told otherwise. */
  public static final long CHAIN_ID = 31337;

  private final Process process;
  private final Thread killer;
  private final int port;
  private final List<Secret> keys;
  private final Path log;

  private DevChain(Process process, Thread killer, int port, List<Secret> keys, Path log) {
    this.process = process;
    this.killer = killer;
    this.port = port;
    this.keys = keys;
    this.log = log;
  }

  /**
   * How to start.
   *
   * @param port 0 picks one
   * @param blockTime a block each so often; empty mines each transaction at once
   * @param state where the chain is kept, each second and at the end; empty keeps nothing
   * @param arguments more of anvil's own
   */
  public record Options(int port, Optional<Duration> blockTime, Optional<Path> state, List<String> arguments) {
    public Options {
      arguments = List.copyOf(arguments);
    }

    /** Any port, each transaction mined at once, nothing kept. */
    public static Options fleeting() {
      return new Options(0, Optional.empty(), Optional.empty(), List.of());
    }

    public Options port(int number) {
      return new Options(number, blockTime, state, arguments);
    }

    /** In whole seconds. */
    public Options blockTime(Duration time) {
      return new Options(port, Optional.of(time), state, arguments);
    }

    public Options state(Path file) {
      return new Options(port, blockTime, Optional.of(file), arguments);
    }

    public Options with(String... more) {
      return new Options(port, blockTime, state, Stream.concat(arguments.stream(), Stream.of(more)).toList());
    }
  }

  /**
   * Starts one and waits until it answers.
   *
   * @throws FairwayException with {@code CONFIGURATION} when there is no anvil on this machine; the message says how to get
   * it
   */
  public static DevChain start(Options options) throws IOException, InterruptedException {
    Path program = find().orElseThrow(() -> new FairwayException(ErrorCode.CONFIGURATION, "anvil is not installed. Run"
        + " \"npm ci --ignore-scripts\" in the folder evm, or put anvil on the PATH, or name it in FAIRWAY_ANVIL"));
    List<String> command = new ArrayList<>(List.of(program.toString(), "--host", "127.0.0.1", "--port",
        String.valueOf(options.port), "--slots-in-an-epoch", "2"));
    options.blockTime.ifPresent(time -> command.addAll(List.of("--block-time", String.valueOf(time.toSeconds()))));
    options.state.ifPresent(file -> command.addAll(List.of("--state", file.toString(), "--state-interval", "1")));
    command.addAll(options.arguments);
    Path log = Files.createTempFile("anvil", ".log");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Thread killer = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(killer);
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < deadline && process.isAlive()) {
      String said = Files.readString(log);
      Matcher listening = LISTENING.matcher(said);
      if (listening.find()) {
        List<Secret> keys = KEY.matcher(said).results().map(match -> new Secret(match.group(1))).toList();
        return new DevChain(process, killer, Integer.parseInt(listening.group(1)), keys, log);
      }
      process.waitFor(10, TimeUnit.MILLISECONDS);
    }
    process.destroyForcibly();
    throw new FairwayException(ErrorCode.PEER_FAILED, program + " does not start, see " + log);
  }

  /** Where anvil is: named in FAIRWAY_ANVIL, in a node_modules of this folder or one above it, or on the PATH. */
  public static Optional<Path> find() {
    Stream.Builder<Path> candidates = Stream.builder();
    String named = System.getenv("FAIRWAY_ANVIL");
    if (named != null) {
      candidates.add(Path.of(named));
    }
    for (@Nullable
    Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      for (String inside : INSIDE_NODE_MODULES) {
        candidates.add(folder.resolve("node_modules").resolve(inside));
        candidates.add(folder.resolve("evm/node_modules").resolve(inside));
      }
    }
    String path = System.getenv("PATH");
    if (path != null) {
      Stream.of(path.split(java.io.File.pathSeparator)).map(folder -> Path.of(folder, "anvil"))
          .forEach(candidates::add);
    }
    return candidates.build().filter(file -> Files.isRegularFile(file) && Files.isExecutable(file)).findFirst();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public int port() {
    return port;
  }

  /** The keys of the funded accounts. */
  public List<Secret> keys() {
    return keys;
  }

  /** Ends it as a crash would (SIGKILL). */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    forget();
  }

  /** Ends it, letting it keep its state; SIGKILL after 5 s. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    forget();
  }

  private void forget() {
    try {
      Runtime.getRuntime().removeShutdownHook(killer);
      Files.deleteIfExists(log);
    } catch (IllegalStateException | IOException e) {
      // Shutting down, or the log stays: neither harms.
    }
  }
}
