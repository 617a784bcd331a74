package dev.fairway.store;

import dev.fairway.core.work.WorkQueue;
import dev.fairway.store.blob.DiskBlobs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A store for the length of a test: {@code try (var temporary = TemporaryStore.embedded(clock, "exchange")) …}. */
public final class TemporaryStore implements AutoCloseable {
  private static final Map<List<String>, byte[]> TEMPLATES = new ConcurrentHashMap<>();

  private final Path directory;
  private final StorageConfig config;
  private final Clock clock;
  private final List<String> rooms;
  private final DiskBlobs blobs;
  private SqlStore store;

  private TemporaryStore(Path directory, StorageConfig config, Clock clock, List<String> rooms) {
    this.directory = directory;
    this.config = config;
    this.clock = clock;
    this.rooms = rooms;
    this.blobs = new DiskBlobs(directory.resolve("blobs"));
    this.store = SqlStore.open(config, clock, rooms);
  }

  /** A real store in a folder of its own. */
  public static TemporaryStore embedded(Clock clock, String... rooms) {
    try {
      return embedded(Files.createTempDirectory("fairway-test"), clock, rooms);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In memory where the machine has a folder for that: for tests that write very often, and survive no loss of power. */
  public static TemporaryStore unsynced(Clock clock, String... rooms) {
    Path memory = Path.of("/dev/shm");
    try {
      return Files.isWritable(memory)
          ? embedded(Files.createTempDirectory(memory, "fairway-test"), clock, rooms)
          : embedded(clock, rooms);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TemporaryStore embedded(Path directory, Clock clock, String... rooms) {
    try {
      Files.write(directory.resolve(EmbeddedHome.FILE),
          TEMPLATES.computeIfAbsent(List.of(rooms), TemporaryStore::template));
      return new TemporaryStore(directory, new StorageConfig.Embedded(directory), clock, List.of(rooms));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A database of its own on the test's PostgreSQL; blobs are in a folder. */
  public static TemporaryStore postgres(Clock clock, String... rooms) {
    try {
      Path directory = Files.createTempDirectory("fairway-test");
      return new TemporaryStore(directory, PostgresServer.database(List.of(rooms)), clock, List.of(rooms));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /* An empty database file with its schema: copied for each test, since migrating takes half a second. */
  private static byte[] template(List<String> rooms) {
    try {
      Path directory = Files.createTempDirectory("fairway-test");
      SqlStore.open(new StorageConfig.Embedded(directory), Clock.systemUTC(), rooms).close();
      byte[] file = Files.readAllBytes(directory.resolve(EmbeddedHome.FILE));
      remove(directory);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public SqlStore store() {
    return store;
  }

  public WorkQueue work() {
    return store.work();
  }

  public DiskBlobs blobs() {
    return blobs;
  }

  public Path directory() {
    return directory;
  }

  public StorageConfig config() {
    return config;
  }

  /** Closes the store and opens it again, as a restart of the process would. */
  public SqlStore reopen() {
    store.close();
    store = SqlStore.open(config, clock, rooms);
    return store;
  }

  @Override
  public void close() {
    store.close();
    remove(directory);
  }

  private static void remove(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + directory, e);
    }
  }
}
