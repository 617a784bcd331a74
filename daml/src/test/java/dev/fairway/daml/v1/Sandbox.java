package dev.fairway.daml.v1;

import dev.fairway.daml.ContractDar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A real ledger, Daml's sandbox 1.13.1, as a child process with a class path of its own. One is shared by all tests of a
 * JVM; tests keep out of each other's way by parties of their own.
 */
public final class Sandbox implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static @Nullable Sandbox shared;

  private final Process process;
  private final int port;

  private Sandbox(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** The shared one, with {@link ContractDar} on it; started by who asks first. */
  public static synchronized Sandbox shared() {
    Sandbox running = shared;
    if (running == null || !running.process.isAlive()) {
      running = start();
      try (DamlLedgerV1 ledger = running.connect()) {
        ledger.upload(ContractDar.bytes());
      }
      shared = running;
    }
    return running;
  }

  /** One of one's own, in memory, with more options. */
  public static Sandbox start(String... options) {
    return start(0, options);
  }

  static Sandbox start(int port, String... options) {
    try {
      Path folder = Files.createTempDirectory(Path.of("target"), "sandbox");
      Files.writeString(folder.resolve("logback.xml"), """
          <configuration><appender name="OUT" class="ch.qos.logback.core.ConsoleAppender"><encoder>
          <pattern>%d %-5level %logger{20} %msg%n</pattern></encoder></appender>
          <root level="WARN"><appender-ref ref="OUT"/></root></configuration>
          """);
      Path portFile = folder.resolve("port");
      List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", folder + ":" + classPath(),
          "com.daml.platform.sandboxnext.Main", "--port", Integer.toString(port), "--port-file", portFile.toString(),
          "--ledgerid", "fairway-test", "--log-level", "WARN"));
      command.addAll(List.of(options));
      Path log = folder.resolve("log");
      Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      for (Instant end = Instant.now().plus(LIMIT); process.isAlive() && Instant.now().isBefore(end);) {
        if (Files.exists(portFile) && !Files.readString(portFile).isBlank()) {
          return new Sandbox(process, Integer.parseInt(Files.readString(portFile).strip()));
        }
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
      process.destroyForcibly();
      throw new IllegalStateException("the sandbox did not start, see " + log.toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath() throws IOException {
    try (InputStream in = Objects.requireNonNull(Sandbox.class.getResourceAsStream("/daml-sandbox.classpath"),
        "daml-sandbox.classpath is written by the build; run Maven once")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  public int port() {
    return port;
  }

  public V1Config config() {
    return new V1Config("127.0.0.1", port);
  }

  public DamlLedgerV1 connect() {
    return new DamlLedgerV1(config());
  }

  /** As {@code kill -9}. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
