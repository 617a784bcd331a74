package dev.fairway.connectors.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.NodeProcess;
import dev.fairway.connectors.capture.BreakingCapture;
import dev.fairway.connectors.capture.CaptureProgram;
import dev.fairway.connectors.capture.CaptureTask;
import dev.fairway.connectors.capture.JavaCapture;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.Tasks;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Against a server of its own, whose log is decoded logically. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresCaptureTest {
  /* Each step needs a database of its own; -Dfairway.postgres.stride=1 breaks off at every one. */
  private static final int STRIDE = Integer.getInteger("fairway.postgres.stride", 3);

  private final Clock clock = Clock.systemUTC();
  private EmbeddedPostgres server;
  private int databases;

  @BeforeAll
  void start() throws IOException {
    server = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical")
        .setServerConfig("max_replication_slots", "64").setServerConfig("max_wal_senders", "64").start();
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
  }

  private String database() throws SQLException {
    String name = "d" + databases++;
    execute("postgres", "CREATE DATABASE " + name);
    return name;
  }

  private int execute(String database, String sql) throws SQLException {
    try (Connection connection = connection(database); Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return Math.max(0, statement.getUpdateCount());
    }
  }

  private Connection connection(String database) throws SQLException {
    return DriverManager.getConnection(server.getJdbcUrl("postgres", database));
  }

  private FlowFile file(Path dir, String database, String slot, boolean follow) throws IOException {
    return FlowFile.read(
        Files.writeString(dir.resolve("flow.yaml"),
            """
                captures:
                  acme/source:
                    interval: 1s
                    endpoint:
                      connector:
                        image: fairway/source-postgres
                        config: { address: "localhost:%d", database: %s, user: postgres, slot: %s, follow: %s }
                    bindings: [{ resource: { table: rows }, target: acme/rows }]
                collections:
                  acme/rows:
                    schema: { type: object, properties: { id: { type: integer }, text: { type: [string, "null"] } }, required: [id] }
                    key: [/id]
                materializations:
                  acme/out:
                    endpoint: { connector: { image: fairway/materialize-sqlite, config: { path: %s } } }
                    bindings: [{ source: acme/rows, resource: { table: rows } }]
                """
                .formatted(server.getPort(), database, slot, follow, dir.resolve("out.db"))),
        new Sealed(List.of(), clock));
  }

  private void session(FlowFile file, CaptureProgram program, Data data) throws Exception {
    var spec = Tasks.validated(file, Objects.requireNonNull(file.captures().get("acme/source")), program);
    program.apply(spec);
    new CaptureTask(program, spec, false, data.store(), data.collections(), 32 << 20, clock).run();
  }

  private static CaptureProgram whole() {
    return new JavaCapture<>(new PostgresCapture());
  }

  @Test
  void aSessionThatBreaksOffAtAnyStepLosesAndDoublesNothing(@TempDir Path dir) throws Exception {
    boolean broken = true;
    for (int step = 0; broken; step += STRIDE) {
      String database = database();
      execute(database, "CREATE TABLE rows (id bigint PRIMARY KEY, text text)");
      execute(database, "INSERT INTO rows VALUES (1, 'one')");
      FlowFile file = file(dir, database, database, false);
      try (Data data = data(dir.resolve("data" + step))) {
        BreakingCapture breaking = new BreakingCapture(whole(), step);
        sessionThatMayBreak(file, breaking, data);
        boolean inSnapshot = breaking.broken();
        execute(database, "BEGIN; INSERT INTO rows VALUES (2, 'two'), (3, 'three'); DELETE FROM rows WHERE id = 2;"
            + " COMMIT");
        sessionThatMayBreak(file, breaking, data);
        broken = breaking.broken();
        session(file, whole(), data);
        assertThat(data.rows()).as("broken off at step " + step).isEqualTo(Map.of(1L, "one", 3L, "three"));
        assertThat(data.places()).as("broken off at step " + step).doesNotHaveDuplicates();
        if (!inSnapshot) {
          assertThat(data.documents()).as("broken off at step " + step).hasSize(4);
        }
      }
      execute("postgres", "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
    }
  }

  private void sessionThatMayBreak(FlowFile file, BreakingCapture breaking, Data data) throws Exception {
    try {
      session(file, breaking, data);
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("broken off");
    }
  }

  @Test
  void everyChangeIsADocument(@TempDir Path dir) throws Exception {
    String database = database();
    execute(database, "CREATE TABLE rows (id bigint PRIMARY KEY, text text, much text, at timestamptz, j jsonb)");
    execute(database, "ALTER TABLE rows ALTER COLUMN much SET STORAGE EXTERNAL");
    execute(database, "INSERT INTO rows VALUES (1, 'one', repeat('x', 9000), '2024-01-02 03:04:05+01', '{\"a\":1}')");
    FlowFile file = file(dir, database, "changes", false);
    try (Data data = data(dir.resolve("data"))) {
      session(file, whole(), data);
      JsonNode first = data.documents().getFirst();
      assertThat(first.path("at").asString("")).isEqualTo("2024-01-02T02:04:05Z");
      assertThat(first.path("j")).isEqualTo(Json.parse("{\"a\":1}"));
      execute(database, "UPDATE rows SET text = 'uno' WHERE id = 1");
      execute(database, "UPDATE rows SET id = 7 WHERE id = 1");
      execute(database, "DELETE FROM rows WHERE id = 7");
      session(file, whole(), data);
      List<JsonNode> changes = data.documents().subList(1, 5);
      assertThat(changes).extracting(document -> document.path("_meta").path("op").asString("") + document.path("id"))
          .containsExactly("u1", "d1", "u7", "d7");
      // The row was gone when its large value was looked up; nobody was told a value that never was.
      assertThat(changes.getFirst().path("text").asString("")).isEqualTo("uno");
    }
  }

  @Test
  void aLargeTransactionIsCapturedInPartsAndEachPartOnce(@TempDir Path dir) throws Exception {
    String database = database();
    execute(database, "CREATE TABLE rows (id bigint PRIMARY KEY, text text)");
    FlowFile file = file(dir, database, "large", false);
    try (Data data = data(dir.resolve("data"))) {
      session(file, whole(), data);
      execute(database, "INSERT INTO rows SELECT n, repeat('x', 1000000) FROM generate_series(1, 12) n");
      // The session's own step, five rows, the first part's checkpoint, and some rows of the second.
      BreakingCapture breaking = new BreakingCapture(whole(), 9);
      assertThatThrownBy(() -> session(file, breaking, data)).hasMessage("broken off");
      assertThat(data.documents()).hasSize(5);
      session(file, whole(), data);
      assertThat(data.documents()).extracting(document -> document.path("id").asInt(0)).containsExactly(1, 2, 3, 4, 5,
          6, 7, 8, 9, 10, 11, 12);
    }
  }

  @Test
  void aSlotThatIsGoneIsToldAndNotMadeAgain(@TempDir Path dir) throws Exception {
    String database = database();
    execute(database, "CREATE TABLE rows (id bigint PRIMARY KEY, text text)");
    execute(database, "INSERT INTO rows VALUES (1, 'one')");
    try (Data data = data(dir.resolve("data"))) {
      session(file(dir, database, "gone", false), whole(), data);
      execute(database, "SELECT pg_drop_replication_slot('gone')");
      execute(database, "DELETE FROM rows");
      execute(database, "INSERT INTO rows VALUES (1, 'uno')");
      assertThatThrownBy(() -> session(file(dir, database, "gone", false), whole(), data))
          .hasMessageContaining("replication slot gone is gone").hasMessageContaining("Choose another slot");
      session(file(dir, database, "another", false), whole(), data);
      assertThat(data.rows()).isEqualTo(Map.of(1L, "uno"));
    }
  }

  @Test
  void aSlotThatKeepsTooMuchIsStoppedOrDropped(@TempDir Path dir) throws Exception {
    String database = database();
    execute(database, "CREATE TABLE rows (id bigint PRIMARY KEY, text text)");
    execute(database, "INSERT INTO rows VALUES (1, 'one')");
    try (Data data = data(dir.resolve("data"))) {
      session(file(dir, database, "much", false), whole(), data);
      execute(database, "SELECT pg_logical_emit_message(false, 'test', repeat('x', 3000000))");
      assertThatThrownBy(() -> session(file(dir, database, "much, slotMegabytes: 2, overSlotMegabytes: stop", false),
          whole(), data)).hasMessageContaining("replication slot much makes the server keep")
          .hasMessageContaining("slotMegabytes is 2").hasMessageContaining("still there");
      execute(database, "INSERT INTO rows VALUES (2, 'two')");
      session(file(dir, database, "much, slotMegabytes: 2, overSlotMegabytes: warn", false), whole(), data);
      assertThat(data.rows()).isEqualTo(Map.of(1L, "one", 2L, "two"));
      execute(database, "SELECT pg_logical_emit_message(false, 'test', repeat('x', 3000000))");
      assertThatThrownBy(() -> session(file(dir, database, "much, slotMegabytes: 2, overSlotMegabytes: drop", false),
          whole(), data)).hasMessageContaining("The slot was dropped");
      assertThatThrownBy(() -> session(file(dir, database, "much", false), whole(), data))
          .hasMessageContaining("replication slot much is gone");
    }
  }

  @Test
  void aTableWithoutAKeyIsRefused(@TempDir Path dir) throws Exception {
    String database = database();
    execute(database, "CREATE TABLE rows (id bigint)");
    try (Data data = data(dir.resolve("data"))) {
      assertThatThrownBy(() -> session(file(dir, database, "nokey", false), whole(), data))
          .hasMessageContaining("table public.rows has no primary key");
    }
  }

  @Test
  void theDestinationEqualsTheTableThoughTheNodeIsKilled(@TempDir Path dir) throws Exception {
    String database = database();
    execute(database, "CREATE TABLE rows (id bigint PRIMARY KEY, text text)");
    execute(database, "INSERT INTO rows SELECT n, 'row ' || n FROM generate_series(1, 6000) n");
    var _ = file(dir, database, "killed", true);
    Random random = new Random(7);
    int changes = 0;
    for (int kill = 0; kill < 3; kill++) {
      Process node = NodeProcess.start(dir, dir.resolve("flow.yaml"));
      if (kill == 0) {
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> slots("killed") == 1);
      }
      for (int i = 0; i < 100; i++) {
        changes += execute(database, switch (random.nextInt(3)) {
          case 0 -> "INSERT INTO rows VALUES (" + random.nextInt(9000) + ", 'new') ON CONFLICT DO NOTHING";
          case 1 -> "DELETE FROM rows WHERE id = " + random.nextInt(6000);
          default -> "UPDATE rows SET text = 'now " + i + "' WHERE id % 997 = " + random.nextInt(997);
        });
      }
      node.waitFor(random.nextInt(1000), TimeUnit.MILLISECONDS);
      node.destroyForcibly().waitFor();
    }
    Map<Long, String> expected = table(connection(database));
    Process node = NodeProcess.start(dir, dir.resolve("flow.yaml"));
    try {
      Awaitility.await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(300)).ignoreExceptions()
          .untilAsserted(() -> assertThat(differences(expected,
              table(DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("out.db"))))).isEmpty());
    } finally {
      node.destroyForcibly().waitFor();
    }
    try (Data data = data(dir.resolve("data"))) {
      assertThat(differences(expected, data.rows())).isEmpty();
      assertThat(data.places()).doesNotHaveDuplicates().hasSize(changes);
      assertThat(data.documents().stream().filter(document -> !document.path("_meta").has("lsn"))
          .map(document -> document.path("id").asLong(0))).as("rows that were copied").doesNotHaveDuplicates();
    }
  }

  private int slots(String name) throws SQLException {
    try (Connection connection = connection("postgres");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(
            "SELECT count(*) FROM pg_replication_slots WHERE confirmed_flush_lsn IS NOT NULL AND slot_name = '" + name
                + "'")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static Map<Long, String> table(Connection database) throws SQLException {
    try (database;
        Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id, text FROM rows")) {
      Map<Long, String> table = new TreeMap<>();
      while (rows.next()) {
        table.put(rows.getLong(1), rows.getString(2));
      }
      return table;
    }
  }

  private static List<String> differences(Map<Long, String> expected, Map<Long, String> actual) {
    Set<Long> ids = new TreeSet<>(expected.keySet());
    ids.addAll(actual.keySet());
    return ids.stream().filter(id -> !Objects.equals(expected.get(id), actual.get(id)))
        .map(id -> id + ": " + actual.get(id) + ", not " + expected.get(id)).toList();
  }

  private Data data(Path folder) {
    SqlStore store = SqlStore.open(new StorageConfig.Embedded(folder.resolve("store")), clock, List.of("connectors"));
    return new Data(store, new Collections(store, folder.resolve("collections"), 20_000));
  }

  /** What was captured. */
  private record Data(SqlStore store, Collections collections) implements AutoCloseable {
    List<JsonNode> documents() throws IOException {
      List<JsonNode> documents = new ArrayList<>();
      try (CollectionReader reader = collections.get("acme/rows").read(0)) {
        while (reader.next()) {
          documents.add(Json.parse(reader.buffer(), reader.from(), reader.to()));
        }
      }
      return documents;
    }

    /** Where in the log each change came from. */
    List<String> places() throws IOException {
      return documents().stream().map(document -> document.path("_meta")).filter(meta -> meta.has("lsn"))
          .map(meta -> meta.path("lsn").asString("") + "/" + meta.path("change")).toList();
    }

    /** The last document of each key that was not deleted. */
    Map<Long, String> rows() throws IOException {
      Map<Long, String> rows = new TreeMap<>();
      for (JsonNode document : documents()) {
        long id = document.path("id").asLong(0);
        if (document.path("_meta").path("op").asString("").equals("d")) {
          rows.remove(id);
        } else {
          rows.put(id, document.path("text").asString(""));
        }
      }
      return rows;
    }

    @Override
    public void close() {
      collections.close();
      store.close();
    }
  }
}
