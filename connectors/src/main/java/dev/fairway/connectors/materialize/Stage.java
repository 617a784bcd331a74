package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor.FencedException;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.ConnectorFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Files published a transaction at a time: a folder is filled, then gets the next number by one rename. Whoever reads sees
 * whole transactions; of two rivals with the same number only the first publishes. Belongs to one thread.
 */
final class Stage {
  /** Where a program's configuration names the folder. */
  static final String PLACE = "{{stage}}";
  private static final String PENDING = ".pending-";
  private static final Pattern PENDING_NAME = Pattern.compile(Pattern.quote(PENDING) + "(\\d+)-(?:(\\d+)-)?\\d+");
  /* Another process may see the clock that a start is counted from a little otherwise. */
  private static final long SAME_START_MILLIS = 10_000;
  private static final String CHECKPOINT = "checkpoint.json";

  private final Path folder;
  private final Path pending;
  private long last;

  private Stage(Path folder, long last) {
    this.folder = folder;
    this.pending = folder.resolve(PENDING + ProcessHandle.current().pid() + "-" + start(ProcessHandle.current()) + "-"
        + System.nanoTime());
    this.last = last;
  }

  static Stage open(Path folder) throws IOException {
    Files.createDirectories(folder);
    forget(folder);
    return new Stage(folder, published(folder).mapToLong(Stage::number).max().orElse(0));
  }

  /** Takes away what processes that are gone have left. */
  private static void forget(Path folder) throws IOException {
    List<Path> left;
    try (Stream<Path> all = Files.list(folder)) {
      left = all.filter(path -> path.getFileName().toString().startsWith(PENDING)).toList();
    }
    for (Path path : left) {
      Matcher name = PENDING_NAME.matcher(path.getFileName().toString());
      if (name.matches() && !alive(Long.parseLong(name.group(1)), Optional.ofNullable(name.group(2)))) {
        delete(path);
      }
    }
  }

  /* In containers each process has the number of the one before it, often 1. */
  private static boolean alive(long pid, Optional<String> start) {
    return ProcessHandle.of(pid).filter(process -> start.isEmpty()
        ? pid != ProcessHandle.current().pid()
        : Math.abs(Long.parseLong(start.get()) - start(process)) < SAME_START_MILLIS).isPresent();
  }

  private static long start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static Stream<Path> published(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.getFileName().toString().matches("\\d{8,}")).toList().stream();
    }
  }

  private static long number(Path path) {
    return Long.parseLong(path.getFileName().toString());
  }

  /** The checkpoint of the last transaction that was published. */
  Optional<JsonNode> checkpoint() throws IOException {
    return last == 0 ? Optional.empty() : Optional.of(Json.parse(Files.readAllBytes(named(last).resolve(CHECKPOINT))));
  }

  /**
   * Checks that a stage is configured where a program's configuration names one, and only there.
   *
   * @throws ConnectorFailedException saying what to write
   */
  static void expectNamed(JsonNode config, Optional<Path> stage) throws ConnectorFailedException {
    boolean named = Json.text(config).contains(PLACE);
    if (named != stage.isPresent()) {
      throw new ConnectorFailedException(named
          ? "the target's configuration names " + PLACE + "; say in the endpoint where: stage: FOLDER"
          : "the endpoint has a stage that the target's configuration does not name; write " + PLACE
              + " where its folder goes",
          false);
    }
  }

  /** The configuration as a check sees it: a stage's folder is one that is gone afterwards. */
  static Trial trial(JsonNode config, Optional<Path> folder) throws IOException {
    if (folder.isEmpty()) {
      return new Trial(config, Optional.empty());
    }
    Stage stage = open(folder.get());
    return new Trial(stage.begin(config), Optional.of(stage));
  }

  /** A configuration to check. */
  record Trial(JsonNode config, Optional<Stage> stage) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      if (stage.isPresent()) {
        stage.get().discard();
      }
    }
  }

  /** Begins a transaction in an empty folder; answers the configuration with its path. */
  JsonNode begin(JsonNode config) throws IOException {
    String quoted = Json.MAPPER.writeValueAsString(begin().toAbsolutePath().toString());
    return Json.parse(Json.text(config).replace(PLACE, quoted.substring(1, quoted.length() - 1)));
  }

  /** An empty folder for a transaction; whatever an earlier attempt left is gone. */
  Path begin() throws IOException {
    discard();
    return Files.createDirectories(pending);
  }

  /** Publishes the folder, durably. */
  void publish(JsonNode checkpoint) throws IOException, FencedException {
    Files.write(pending.resolve(CHECKPOINT), Json.bytes(checkpoint));
    try (Stream<Path> files = Files.walk(pending)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        sync(file);
      }
    }
    try {
      Files.move(pending, named(last + 1), StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      throw fenced(e);
    } catch (FileSystemException e) {
      if (Files.exists(named(last + 1))) {
        throw fenced(e);
      }
      throw e;
    }
    sync(folder);
    last++;
  }

  private FencedException fenced(IOException cause) {
    FencedException fenced = new FencedException("fenced off: somebody else has published " + named(last + 1));
    fenced.initCause(cause);
    return fenced;
  }

  void discard() throws IOException {
    if (Files.exists(pending)) {
      delete(pending);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (DirectoryNotEmptyException | UncheckedIOException e) {
      // A target that outlives its node still writes there; the next session takes it away.
      return;
    }
  }

  private Path named(long number) {
    return folder.resolve(String.format(Locale.ROOT, "%08d", number));
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
