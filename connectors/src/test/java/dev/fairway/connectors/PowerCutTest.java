package dev.fairway.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.capture.CaptureTask;
import dev.fairway.connectors.capture.JavaCapture;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.collection.Spool;
import dev.fairway.connectors.derive.DeriveTask;
import dev.fairway.connectors.materialize.MaterializeTask;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.Derivations;
import dev.fairway.connectors.task.Tasks;
import dev.fairway.core.store.Store;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The power goes at each place around each of our own commits, and half of what was not committed stays in the files. */
class PowerCutTest {
  private static final int ROWS = 2;
  private static final List<Integer> ALL = IntStream.rangeClosed(1, ROWS).boxed().toList();

  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();

  /** Runs what it is given until it ends or the power goes. */
  private interface Task {
    void run(Store store, Collections collections) throws Exception;
  }

  /** What there is when a task has ended. */
  private interface Outcome {
    List<Integer> numbers(Collections collections, Path data) throws Exception;
  }

  /** Runs a task to its end for each place at which it can break off; a fresh folder each time. */
  private void assertNothingIsLostOrDoubled(String name, Task prepare, TaskIn task, Outcome outcome) throws Exception {
    boolean broken = true;
    int place = 0;
    for (; broken; place++) {
      Path data = Files.createDirectories(dir.resolve(name + place));
      try (SqlStore store = SqlStore.open(new StorageConfig.Embedded(data.resolve("store")), clock,
          List.of("connectors"))) {
        with(store, data, prepare);
        BreakingStore breaking = new BreakingStore(store, place);
        try {
          with(breaking, data, (all, collections) -> task.run(all, collections, data));
        } catch (BreakingStore.PowerCut | CompletionException e) {
          assertThat(e).hasStackTraceContaining("the power is gone");
          tear(data);
        }
        broken = breaking.broken();
        with(store, data, (all, collections) -> task.run(all, collections, data));
        try (Collections collections = new Collections(store, data.resolve("collections"), 150)) {
          assertThat(outcome.numbers(collections, data)).as("%s, the power gone at place %s", name, place)
              .isEqualTo(ALL);
        }
      }
    }
    assertThat(place).as("three places of each transaction, and none").isEqualTo(3 * ROWS + 1);
  }

  private interface TaskIn {
    void run(Store store, Collections collections, Path data) throws Exception;
  }

  private static void with(Store store, Path data, Task task) throws Exception {
    // Small files, so that there are several.
    try (Collections collections = new Collections(store, data.resolve("collections"), 150)) {
      task.run(store, collections);
    }
  }

  /** Half a document behind the end of each collection, where the disk was when the power went. */
  private static void tear(Path data) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(data.resolve("collections"))) {
      files = all.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    }
    if (!files.isEmpty()) {
      Files.writeString(files.getLast(), "{\"n\":9", StandardOpenOption.APPEND);
    }
  }

  private FlowFile file(Path data) throws IOException {
    Files.writeString(data.resolve("derive.sh"), """
        while IFS= read -r line; do case "$line" in
        '{"spec"'*) echo '{"spec":{"protocol":3032023}}';;
        '{"validate"'*) echo '{"validated":{"transforms":[{}]}}';;
        '{"open"'*) echo '{"opened":{}}';;
        '{"read"'*) n=${line##*'"n":'}; echo '{"published":{"doc":{"n":'${n%%[!0-9]*}'}}}';;
        '{"flush"'*) echo '{"flushed":{}}';;
        '{"startCommit"'*) echo '{"startedCommit":{}}';;
        esac; done
        """);
    return FlowFile.read(Files.writeString(data.resolve("flow.yaml"), """
        captures:
          acme/source:
            endpoint: { connector: { image: fairway/source-files, config: { location: . } } }
            bindings: [{ resource: { file: rows.csv }, target: acme/rows }]
        collections:
          acme/rows: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
          acme/copy:
            schema: { type: object, properties: { n: { type: integer } }, required: [n] }
            key: [/n]
            derive:
              using: { local: { command: [sh, derive.sh], config: {} } }
              transforms: [{ name: rows, source: acme/rows, shuffle: any }]
        materializations:
          acme/sqlite:
            endpoint: { connector: { image: fairway/materialize-sqlite, config: { path: %1$s/out.db } } }
            bindings: [{ source: acme/rows, resource: { table: rows } }]
          acme/files:
            endpoint: { connector: { image: fairway/materialize-files, config: { directory: %1$s } } }
            bindings: [{ source: acme/rows, resource: { file: out } }]
        """.formatted(data)), new Sealed(List.of(), clock));
  }

  @Test
  void ofACapture() throws Exception {
    assertNothingIsLostOrDoubled("capture", (store, collections) -> {}, (store, collections, data) -> {
      FlowFile file = file(data);
      JavaCapture<Counter.Config, Counter.Resource> program = new JavaCapture<>(new Counter());
      var spec = Tasks.validated(file, Objects.requireNonNull(file.captures().get("acme/source")), program);
      new CaptureTask(program, spec, false, store, collections, 1, clock).run();
    }, (collections, data) -> numbers(collections, "acme/rows"));
  }

  @Test
  void ofADerivation() throws Exception {
    assertNothingIsLostOrDoubled("derive", PowerCutTest::fill, (store, collections, data) -> {
      FlowFile file = file(data);
      var derivation = Objects.requireNonNull(file.derivations().get("acme/copy"));
      var program = Derivations.program(derivation, data, line -> {});
      new DeriveTask(program, Derivations.validated(file, derivation, program), derivation, store, collections,
          new DeriveTask.Bounds(1, 64), clock).runToEnd();
    }, (collections, data) -> numbers(collections, "acme/copy"));
  }

  @Test
  void ofADatabase() throws Exception {
    assertNothingIsLostOrDoubled("sqlite", PowerCutTest::fill, materialization("acme/sqlite"), (collections, data) -> {
      List<Integer> numbers = new ArrayList<>();
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("out.db"));
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT n FROM rows ORDER BY n")) {
        while (rows.next()) {
          numbers.add(rows.getInt(1));
        }
      }
      return numbers;
    });
  }

  @Test
  void ofFiles() throws Exception {
    assertNothingIsLostOrDoubled("files", PowerCutTest::fill, materialization("acme/files"),
        (collections, data) -> Files.readAllLines(data.resolve("out")).stream()
            .map(line -> Json.parse(line).path("n").asInt(0)).toList());
  }

  private TaskIn materialization(String name) {
    return (store, collections, data) -> {
      FlowFile file = file(data);
      var task = Objects.requireNonNull(file.materializations().get(name));
      var program = Tasks.program(task, data, line -> {});
      new MaterializeTask(program, Tasks.validated(file, task, program), store, collections, 1, clock).runToEnd();
    };
  }

  private static void fill(Store store, Collections collections) {
    for (int n : ALL) {
      try (Spool spool = new Spool(collections.scratch(), 1 << 16)) {
        spool.write(Json.bytes(Json.parse("{\"_meta\":{\"uuid\":\"x\"},\"n\":" + n + "}")));
        spool.endDocument();
        collections.commit(Map.of(collections.get("acme/rows"), List.of(spool)), tx -> {});
      }
    }
  }

  private static List<Integer> numbers(Collections collections, String name) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (CollectionReader reader = collections.get(name).read(0)) {
      while (reader.next()) {
        numbers.add(Json.parse(reader.buffer(), reader.from(), reader.to()).path("n").asInt(0));
      }
    }
    return numbers;
  }

  /** Counts, one number a transaction. */
  private static final class Counter implements Capture<Counter.Config, Counter.Resource> {
    record Config(String location) {}

    record Resource(String file) {}

    @Override
    public Class<Config> configType() {
      return Config.class;
    }

    @Override
    public Class<Resource> resourceType() {
      return Resource.class;
    }

    @Override
    public List<Discovery<Resource>> discover(Config config) {
      return List.of();
    }

    @Override
    public List<String> resourcePath(Resource resource) {
      return List.of(resource.file());
    }

    @Override
    public List<String> resourcePathPointers() {
      return List.of("/file");
    }

    @Override
    public void run(Config config, CaptureSession<Resource> session) {
      Bound<Resource> binding = session.bindings().getFirst();
      JsonNode state = session.state(binding).orElse(Json.object());
      for (int n = state.path("n").asInt(0) + 1; n <= ROWS; n++) {
        session.batch().document(binding, Json.object().put("n", n)).state(binding, Json.object().put("n", n)).commit()
            .toCompletableFuture().join();
      }
    }
  }
}
