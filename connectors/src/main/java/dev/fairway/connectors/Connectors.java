package dev.fairway.connectors;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connectors.capture.CaptureProgram;
import dev.fairway.connectors.capture.CaptureTask;
import dev.fairway.connectors.capture.JavaCapture;
import dev.fairway.connectors.capture.JournalCapture;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.derive.DeriveProgram;
import dev.fairway.connectors.derive.DeriveTask;
import dev.fairway.connectors.ingest.IngestCapture;
import dev.fairway.connectors.ingest.Inlets;
import dev.fairway.connectors.kafka.PublishTask;
import dev.fairway.connectors.ledger.LedgerCapture;
import dev.fairway.connectors.materialize.MaterializeProgram;
import dev.fairway.connectors.materialize.MaterializeTask;
import dev.fairway.connectors.oauth.TaskCredentials;
import dev.fairway.connectors.oauth.TokenKeeper;
import dev.fairway.connectors.process.LogLine;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.Derivation;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.Derivations;
import dev.fairway.connectors.task.Prepared;
import dev.fairway.connectors.task.TaskLoop;
import dev.fairway.connectors.task.TaskTable;
import dev.fairway.connectors.task.Tasks;
import dev.fairway.connectors.task.Until;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.store.Store;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Route;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connectors of a node: runs the captures, derivations and materializations of its specification files, and tells how they are. One
 * process at a time owns the folder. Safe for many threads.
 */
public final class Connectors implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Connectors.class);

  /* Tasks that follow collections end only when they are told to; one that ends otherwise begins again soon. */
  private static final Duration RESTART = Duration.ofSeconds(1);

  private final Store store;
  private final Path dir;
  private final ConnectorsConfig config;
  private final Clock clock;
  private final Sealed sealed;
  private final Collections collections;
  private final FileChannel lockFile;
  private final TaskCredentials credentials;
  private final Inlets inlets;
  private final Map<String, CaptureProgram> inside;
  private final Map<String, TaskLoop> loops = new ConcurrentSkipListMap<>();

  /**
   * Opens the collections; {@link #start} runs the tasks.
   *
   * @param dir the folder of the collections, made when it is missing
   * @throws FairwayException with {@code CONFIGURATION} when another process has the folder
   */
  public Connectors(Store store, Path dir, ConnectorsConfig config, Sealed sealed, Clock clock) {
    this(store, dir, config, sealed, clock, name -> {
      throw new FairwayException(ErrorCode.NOT_FOUND, "no ledger " + name + "; there are none");
    }, TaskCredentials.AS_CONFIGURED);
  }

  /**
   * Opens the collections; {@link #start} runs the tasks.
   *
   * @param dir the folder of the collections, made when it is missing
   * @param ledgers finds a ledger that may be captured by its name, or throws {@code NOT_FOUND}
   * @param credentials makes those of tasks fit for each session
   * @throws FairwayException with {@code CONFIGURATION} when another process has the folder
   */
  public Connectors(Store store, Path dir, ConnectorsConfig config, Sealed sealed, Clock clock,
      Function<String, Ledger> ledgers, TaskCredentials credentials) {
    this.store = store;
    this.dir = dir;
    this.config = config;
    this.clock = clock;
    this.sealed = sealed;
    this.credentials = credentials;
    this.inlets = new Inlets(clock);
    this.inside = Map.of("source-journal", new JavaCapture<>(new JournalCapture(store.journal())),
        "source-ledger", new JavaCapture<>(new LedgerCapture(ledgers, clock)),
        "source-http-ingest", new IngestCapture(store, inlets, clock));
    this.lockFile = lock(dir);
    this.collections = new Collections(store, dir, config.segmentBytes());
  }

  private static FileChannel lock(Path dir) {
    try {
      Files.createDirectories(dir);
      FileChannel file = FileChannel.open(dir.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock;
      try {
        lock = file.tryLock();
      } catch (OverlappingFileLockException e) {
        lock = null;
      }
      if (lock == null) {
        file.close();
        throw new FairwayException(ErrorCode.CONFIGURATION, "another process uses the collections in " + dir);
      }
      return file;
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot use " + dir + ": " + e.getMessage(), e);
    }
  }

  /** The node's collections. */
  public Collections collections() {
    return collections;
  }

  /**
   * Reads the specification files and starts their tasks, except those that were paused.
   *
   * @throws FairwayException with {@code CONFIGURATION} and every problem of a file
   */
  public void start() {
    Map<String, CollectionSpec> published = new LinkedHashMap<>();
    List<FlowFile> files = config.specifications().stream().map(path -> FlowFile.read(path, sealed)).toList();
    files.forEach(file -> file.collections().keySet().forEach(name -> published.put(name, file.collection(name))));
    config.topics().ifPresent(topics -> {
      topics.requireNames(published.keySet());
      topics.idle(published.keySet())
          .forEach(name -> LOG.warn("no collection to publish setting=connectors.kafka.collections name={}", name));
    });
    for (FlowFile file : files) {
      file.captures().values().stream().filter(capture -> !capture.shards().disable())
          .forEach(capture -> begin(capture.name(), CaptureTask.KIND, () -> step(file, capture), capture.interval()));
      file.derivations().values().stream().filter(derivation -> !derivation.shards().disable())
          .forEach(derivation -> begin(derivation.name(), DeriveTask.KIND, () -> step(file, derivation), RESTART));
      file.materializations().values().stream().filter(task -> !task.shards().disable())
          .forEach(task -> begin(task.name(), MaterializeTask.KIND, () -> step(file, task), RESTART));
    }
    config.topics().ifPresent(topics -> {
      published.keySet().removeIf(name -> !topics.include(name));
      begin(PublishTask.NAME, PublishTask.KIND,
          () -> new PublishTask(topics, store, collections, published, config.transactionBytes()), RESTART);
    });
  }

  private void begin(String name, String kind, Supplier<TaskLoop.Step> steps, Duration interval) {
    if (loops.containsKey(name)) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "two tasks are called " + name);
    }
    boolean paused = store.write(tx -> {
      TaskTable.announce(tx, name, kind);
      return TaskTable.find(tx, name).map(TaskTable.Row::paused).orElse(false);
    });
    loops.put(name, new TaskLoop(name, steps, interval, paused, clock));
  }

  /** A capture as a step; it validates and applies before each session, because both may change at the source. */
  public TaskLoop.Step step(FlowFile file, FlowFile.Capture capture) {
    return new Prepared(() -> {
      CaptureProgram program = Tasks.program(capture, collections.scratch(), logs(capture.name()), inside);
      TokenKeeper.Fresh fresh = credentials.fresh(capture.name(), capture.endpoint().config(),
          () -> program.spec().oauth2());
      CaptureSpec spec = Tasks.validated(file, capture.withConfig(fresh.config()), program);
      program.apply(spec);
      return within(fresh, new CaptureTask(program, spec, Tasks.numbersRows(capture.endpoint()), store, collections,
          config.captureMemory(), clock));
    });
  }

  /** A derivation as a step. */
  public TaskLoop.Step step(FlowFile file, Derivation derivation) {
    return new Prepared(() -> {
      DeriveProgram program = program(derivation);
      TokenKeeper.Fresh fresh = credentials.fresh(derivation.name(), derivation.endpoint().config(),
          () -> program.spec().oauth2());
      return within(fresh, derivation(file, derivation.withConfig(fresh.config()), program));
    });
  }

  /** A derivation, ready to run. */
  public DeriveTask derivation(FlowFile file, Derivation derivation) throws Exception {
    DeriveProgram program = program(derivation);
    TokenKeeper.Fresh fresh = credentials.fresh(derivation.name(), derivation.endpoint().config(),
        () -> program.spec().oauth2());
    return derivation(file, derivation.withConfig(fresh.config()), program);
  }

  private DeriveProgram program(Derivation derivation) {
    return Derivations.program(derivation, collections.scratch(), logs(derivation.name()));
  }

  private DeriveTask derivation(FlowFile file, Derivation derivation, DeriveProgram program) throws Exception {
    return new DeriveTask(program, Derivations.validated(file, derivation, program), derivation, store, collections,
        new DeriveTask.Bounds(config.transactionBytes(), config.captureMemory()), clock);
  }

  /** A materialization as a step. */
  public TaskLoop.Step step(FlowFile file, FlowFile.Materialization task) {
    return new Prepared(() -> {
      MaterializeProgram program = Tasks.program(task, collections.scratch(), logs(task.name()));
      TokenKeeper.Fresh fresh = credentials.fresh(task.name(), task.endpoint().config(),
          () -> program.spec().oauth2());
      return within(fresh, materialization(file, task.withConfig(fresh.config()), program));
    });
  }

  private TaskLoop.Step within(TokenKeeper.Fresh fresh, TaskLoop.Step step) {
    return fresh.until().<TaskLoop.Step>map(end -> new Until(step, end, clock)).orElse(step);
  }

  /** A materialization, ready to run. */
  public MaterializeTask materialization(FlowFile file, FlowFile.Materialization task) throws Exception {
    MaterializeProgram program = Tasks.program(task, collections.scratch(), logs(task.name()));
    TokenKeeper.Fresh fresh = credentials.fresh(task.name(), task.endpoint().config(), () -> program.spec().oauth2());
    return materialization(file, task.withConfig(fresh.config()), program);
  }

  private MaterializeTask materialization(FlowFile file, FlowFile.Materialization task, MaterializeProgram program)
      throws Exception {
    return new MaterializeTask(program, Tasks.validated(file, task, program), store, collections,
        config.transactionBytes(), clock);
  }

  private static Consumer<LogLine> logs(String task) {
    return line -> {
      switch (line.level()) {
        case "error" -> LOG.error("connector task={} {}", task, line.message());
        case "warn" -> LOG.warn("connector task={} {}", task, line.message());
        case "info" -> LOG.info("connector task={} {}", task, line.message());
        default -> LOG.debug("connector task={} {}", task, line.message());
      }
    };
  }

  /** How each task is, by name; those no file names any more too. */
  public List<TaskStatus> tasks() {
    List<TaskStatus> all = new ArrayList<>();
    for (TaskTable.Row row : store.read(TaskTable::list)) {
      TaskLoop loop = loops.get(row.name());
      TaskLoop.Status status = loop == null ? null : loop.status();
      all.add(new TaskStatus(row.name(), row.kind(), status == null ? "ABSENT" : status.phase().name(),
          status == null ? "no specification file names it" : status.reason(), row.transactions(), row.documents(),
          row.bytes(), row.updatedAt()));
    }
    return all;
  }

  /** @throws FairwayException with {@code NOT_FOUND} when there is no such task */
  public TaskStatus task(String name) {
    return tasks().stream().filter(task -> task.name().equals(name)).findFirst()
        .orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, "no task " + name));
  }

  /** Ends the task's session and begins no other until {@link #resume}, also after a restart. */
  public void pause(String name) {
    setPaused(name, true);
    TaskLoop loop = loops.get(name);
    if (loop != null) {
      loop.pause();
    }
  }

  /** Begins the task's sessions again, at once; also after a failure. */
  public void resume(String name) {
    setPaused(name, false);
    TaskLoop loop = loops.get(name);
    if (loop != null) {
      loop.resume();
    }
  }

  private void setPaused(String name, boolean paused) {
    boolean known = store.write(tx -> TaskTable.pause(tx, name, paused));
    if (!known) {
      throw new FairwayException(ErrorCode.NOT_FOUND, "no task " + name);
    }
  }

  /** The management API, and where webhooks are taken in. */
  public List<Door> doors() {
    return List.of(door(), inlets.door());
  }

  /** Under {@code /api/connectors}; a task's name goes in the query, because it has slashes. */
  private Door door() {
    return new Door("connectors", "/api/connectors", ErrorStyle.PROBLEM, List.of(
        Route.get("/tasks", "Lists captures, derivations and materializations").scope("connectors.read")
            .handle(call -> call.json(200, Map.of("tasks", tasks()))),
        Route.get("/task", "Shows one task").scope("connectors.read").query("name", "the task's name")
            .handle(call -> call.json(200, task(name(call.query("name").orElse(null))))),
        Route.post("/pause", "Ends a task's session and begins no other").scope("connectors.write")
            .query("name", "the task's name").handle(call -> {
              pause(name(call.query("name").orElse(null)));
              call.empty(204);
            }),
        Route.post("/start", "Begins a task's sessions again, at once").scope("connectors.write")
            .query("name", "the task's name").handle(call -> {
              resume(name(call.query("name").orElse(null)));
              call.empty(204);
            }),
        Route.get("/collections", "Lists collections and their lengths").scope("connectors.read")
            .handle(call -> call.json(200, Map.of("collections", collections.list())))));
  }

  private static String name(@Nullable String name) {
    if (name == null) {
      throw new FairwayException(ErrorCode.INVALID, "name is required: ?name=TASK");
    }
    return name;
  }

  @Override
  public void close() {
    Map<String, TaskLoop> running = new LinkedHashMap<>(loops);
    running.values().forEach(TaskLoop::close);
    loops.clear();
    collections.close();
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.STORE_DOWN, "cannot give " + dir + " free", e);
    }
  }

  /**
   * How a task is.
   *
   * @param phase RUNNING, WAITING, FAILED, PAUSED, or ABSENT when no file names it
   * @param reason why it failed, in the connector's own words
   */
  public record TaskStatus(String name, String kind, String phase, String reason, long transactions, long documents,
      long bytes, String updatedAt) {}
}
