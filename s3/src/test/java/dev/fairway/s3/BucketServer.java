package dev.fairway.s3;

import dev.fairway.core.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** S3Proxy as a process of its own, on a folder: it checks signatures and keeps one file an object. */
public final class BucketServer implements AutoCloseable {
  private static final String ACCESS_KEY = "local-identity";
  private static final String SECRET_KEY = "local-credential";
  private static final Pattern LISTENS = Pattern.compile("Started .*\\{127\\.0\\.0\\.1:(\\d+)}");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Process process;
  private final Path objects;
  private final URI endpoint;

  private BucketServer(Process process, Path objects, URI endpoint) {
    this.process = process;
    this.objects = objects;
    this.endpoint = endpoint;
  }

  /** Starts one that keeps its objects in the folder. */
  public static BucketServer start(Path folder) throws IOException {
    Path objects = Files.createDirectories(folder.resolve("objects"));
    Path properties = Files.writeString(folder.resolve("s3proxy.conf"), """
        s3proxy.endpoint=http://127.0.0.1:0
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.identity=%s
        s3proxy.credential=%s
        jclouds.provider=filesystem-nio2
        jclouds.filesystem.basedir=%s
        """.formatted(ACCESS_KEY, SECRET_KEY, objects));
    Path logging = Files.writeString(folder.resolve("logback.xml"),
        """
            <configuration>
              <appender name="out" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%m%n</pattern></encoder></appender>
              <root level="info"><appender-ref ref="out"/></root>
            </configuration>
            """);
    Path log = folder.resolve("log");
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlogback.configurationFile=" + logging, "-cp", classPath(),
        "org.gaul.s3proxy.Main", "--properties",
        properties.toString()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    for (Instant end = Instant.now().plus(LIMIT); process.isAlive() && Instant.now().isBefore(end);) {
      Matcher listens = LISTENS.matcher(Files.readString(log));
      if (listens.find()) {
        return new BucketServer(process, objects, URI.create("http://127.0.0.1:" + listens.group(1)));
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    process.destroyForcibly();
    throw new IllegalStateException("the bucket server did not start:\n" + Files.readString(log));
  }

  private static String classPath() throws IOException {
    try (InputStream in = Objects.requireNonNull(BucketServer.class.getResourceAsStream("/s3proxy.classpath"),
        "s3proxy.classpath is written by the build; run Maven once")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  /** The address, for clients of their own. */
  public URI endpoint() {
    return endpoint;
  }

  /** An empty bucket. */
  public S3Config bucket(String name) throws IOException {
    Files.createDirectories(objects.resolve(name));
    return new S3Config(Optional.of(endpoint), "us-east-1", name, "", Optional.of(credentials()));
  }

  /** Who may read and write. */
  public S3Config.Credentials credentials() {
    return new S3Config.Credentials(ACCESS_KEY, new Secret(SECRET_KEY));
  }

  /** The keys in a bucket, as they lie on the disk. */
  public List<String> keys(String bucket) throws IOException {
    Path folder = objects.resolve(bucket);
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString()).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
