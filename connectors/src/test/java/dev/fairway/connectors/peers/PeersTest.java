package dev.fairway.connectors.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.ConnectorCommands;
import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.NodeProcess;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Connectors of others, as their authors published them: Airbyte sources and a Singer tap into collections, and on to SQLite
 * and to a Singer target, in a process that is killed again and again.
 */
@Tag("peers")
class PeersTest {
  private static final Path PEERS = Path.of(System.getProperty("fairway.peers", "target/peers")).toAbsolutePath();
  private static final int USERS = 2000;
  private static final int PRODUCTS = 300;
  private static final int LINES = 2000;
  private static final int KILLS = 5;

  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();
  private final Sealed sealed = new Sealed(List.of(), clock);

  @Test
  void everyRowOfForeignSourcesReachesAForeignTargetOnce() throws Exception {
    List<String> lines = IntStream.rangeClosed(1, LINES)
        .mapToObj(n -> "{\"id\": " + n + ", \"text\": \"line " + n + "\", \"ratio\": " + n + ".5}").toList();
    Files.write(dir.resolve("lines.jsonl"), lines);
    // The faker answers nothing more once a state of its says "updated_at", even one from the midst of a stream.
    // With all users in one slice it says so at the end only.
    discovered("faker", "airbyte: { command: [" + PEERS + "/airbyte/bin/source-faker], config: { count: " + USERS
        + ", seed: 1, records_per_slice: " + USERS + ", always_updated: false, parallelism: 2 } }");
    discovered("hardcoded",
        "airbyte: { command: [" + PEERS + "/airbyte/bin/source-hardcoded-records], config: { count: "
            + PRODUCTS + " } }");
    discovered("tap", "singer: { command: [" + PEERS + "/tap-jsonl/bin/tap-jsonl], config: { path: " + dir
        + "/lines.jsonl, stream_name: lines, primary_keys: [id] } }");
    Path file = destinations();
    FlowFile flow = FlowFile.read(file, sealed);
    assertThat(flow.collections()).containsKeys("faker/users", "faker/purchases", "faker/products",
        "hardcoded/products", "hardcoded/customers", "tap/lines");

    Random random = new Random(7);
    for (int i = 0; i < KILLS; i++) {
      Process node = NodeProcess.start(dir, file);
      node.waitFor(4_000 + random.nextInt(8_000), TimeUnit.MILLISECONDS);
      node.destroyForcibly().waitFor();
    }
    Process node = NodeProcess.start(dir, file);
    try {
      Awaitility.await().atMost(Duration.ofMinutes(10)).pollInterval(Duration.ofSeconds(2))
          .untilAsserted(() -> {
            assertThat(rows("faker/users").size()).as("users").isGreaterThanOrEqualTo(USERS);
            assertThat(rows("faker/purchases").size()).as("purchases").isGreaterThanOrEqualTo(USERS / 2);
            assertThat(rows("hardcoded/products").size()).as("products").isGreaterThanOrEqualTo(PRODUCTS);
            assertThat(rows("tap/lines").size()).as("lines").isGreaterThanOrEqualTo(LINES);
          });
    } finally {
      node.destroyForcibly().waitFor();
    }
    Map<String, List<JsonNode>> collected = finish(file);

    for (FlowFile.Collection collection : flow.collections().values()) {
      List<JsonNode> documents = collected.get(collection.name());
      Map<List<JsonNode>, JsonNode> last = new LinkedHashMap<>();
      documents.forEach(document -> last.put(key(collection, document), document));
      List<JsonNode> rows = rows(collection.name());
      assertThat(rows).as(collection.name() + " in SQLite").containsExactlyInAnyOrderElementsOf(last.values());
      List<JsonNode> published = published(collection.name());
      assertThat(published).as(collection.name() + " in the target's files").hasSameSizeAs(documents);
      for (int i = 0; i < documents.size(); i++) {
        assertThat(published.get(i)).as(collection.name() + " in the target's files")
            .isEqualTo(plain(documents.get(i)));
      }
    }
    assertThat(rows("faker/users").stream().map(row -> row.path("id").asInt(0)))
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, USERS).boxed().toList());
    // Without a key of its own a row is named by its number, and every run of a full refresh adds its rows.
    List<JsonNode> direct = direct();
    List<JsonNode> products = collected.get("hardcoded/products").stream().map(PeersTest::plain).toList();
    assertThat(products.size() % PRODUCTS).isZero();
    for (int i = 0; i < products.size(); i += PRODUCTS) {
      assertThat(products.subList(i, i + PRODUCTS)).isEqualTo(direct);
    }
    assertThat(rows("tap/lines").stream().map(PeersTest::plain))
        .containsExactlyInAnyOrderElementsOf(lines.stream().map(Json::parse).toList());
  }

  /** A capture as its author begins it: an endpoint, and everything else discovered. */
  private void discovered(String name, String endpoint) throws Exception {
    Path file = Files.writeString(dir.resolve(name + ".flow.yaml"), """
        captures:
          %s/source:
            interval: 1h
            endpoint: { %s }
            bindings: []
        """.formatted(name, endpoint));
    StringWriter log = new StringWriter();
    new ConnectorCommands(new PrintWriter(log), new PrintWriter(log), sealed, dir.resolve("scratch")).discover(file,
        Optional.empty(), false);
  }

  private Path destinations() throws IOException {
    List<String> sources = new ArrayList<>();
    for (String name : List.of("faker", "hardcoded", "tap")) {
      sources.addAll(FlowFile.read(dir.resolve(name + ".flow.yaml"), sealed).collections().keySet());
    }
    StringBuilder tables = new StringBuilder();
    StringBuilder streams = new StringBuilder();
    for (String source : sources) {
      tables.append("      - { source: ").append(source).append(", resource: { table: ").append(table(source))
          .append(" } }\n");
      streams.append("      - { source: ").append(source).append(", resource: { stream: ").append(table(source))
          .append(" } }\n");
    }
    return Files.writeString(dir.resolve("flow.yaml"), """
        import: [faker.flow.yaml, hardcoded.flow.yaml, tap.flow.yaml]
        materializations:
          peers/sqlite:
            endpoint: { connector: { image: fairway/materialize-sqlite, config: { path: %s/out.db } } }
            bindings:
        %s  peers/target:
            endpoint:
              singer:
                command: [%s/target-jsonl/bin/target-jsonl]
                config: { destination_path: "{{stage}}", do_timestamp_file: false }
                stage: out
            bindings:
        %s""".formatted(dir, tables, PEERS, streams));
  }

  private static String table(String collection) {
    return collection.replace('/', '_');
  }

  /** Lets both destinations take what is left, and answers what the collections hold. */
  private Map<String, List<JsonNode>> finish(Path path) throws Exception {
    Map<String, List<JsonNode>> all = new LinkedHashMap<>();
    try (
        SqlStore store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("data/store")), clock,
            List.of("connectors"));
        Connectors connectors = new Connectors(store, dir.resolve("data/collections"), ConnectorsConfig.of(List.of()),
            sealed, clock)) {
      FlowFile file = FlowFile.read(path, sealed);
      for (FlowFile.Materialization task : file.materializations().values()) {
        connectors.materialization(file, task).runToEnd();
      }
      for (String name : file.collections().keySet()) {
        List<JsonNode> documents = new ArrayList<>();
        try (CollectionReader reader = connectors.collections().get(name).read(0)) {
          while (reader.next()) {
            documents.add(Json.parse(reader.buffer(), reader.from(), reader.to()));
          }
        }
        all.put(name, documents);
      }
    }
    return all;
  }

  private static List<JsonNode> key(FlowFile.Collection collection, JsonNode document) {
    return collection.spec().key().stream().map(document::at).toList();
  }

  /* Without what is said about a row; and what is null and what is not there is the same to a table. */
  private static JsonNode plain(JsonNode document) {
    ObjectNode copy = Json.object();
    document.properties().stream()
        .filter(member -> !member.getKey().startsWith("_") && !member.getValue().isNull())
        .forEach(member -> copy.set(member.getKey(), member.getValue()));
    return copy;
  }

  /** What the source says when nobody stands between. */
  private List<JsonNode> direct() throws IOException {
    Path config = Files.writeString(dir.resolve("direct.json"), "{\"count\":" + PRODUCTS + "}");
    Path catalog = Files.writeString(dir.resolve("direct-catalog.json"),
        "{\"streams\":[{\"stream\":{\"name\":\"products\",\"json_schema\":{},\"supported_sync_modes\":[\"full_refresh\"]},"
            + "\"sync_mode\":\"full_refresh\",\"destination_sync_mode\":\"append\"}]}");
    Process source = new ProcessBuilder(PEERS.resolve("airbyte/bin/source-hardcoded-records").toString(), "read",
        "--config", config.toString(), "--catalog", catalog.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (Stream<String> lines = source.inputReader().lines()) {
      return lines.map(Json::parse).filter(message -> message.path("type").asString("").equals("RECORD"))
          .map(message -> plain(message.path("record").path("data"))).toList();
    }
  }

  private List<JsonNode> published(String collection) throws IOException {
    List<JsonNode> records = new ArrayList<>();
    try (Stream<Path> transactions = Files.list(dir.resolve("out"))) {
      for (Path transaction : transactions.filter(folder -> !folder.getFileName().toString().startsWith("."))
          .sorted().toList()) {
        Path file = transaction.resolve(table(collection) + ".jsonl");
        if (Files.exists(file)) {
          Files.readAllLines(file).forEach(line -> records.add(plain(Json.parse(line))));
        }
      }
    }
    return records;
  }

  private List<JsonNode> rows(String collection) {
    List<JsonNode> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("out.db"));
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("SELECT flow_document FROM " + table(collection))) {
      while (found.next()) {
        rows.add(Json.parse(found.getString(1)));
      }
    } catch (SQLException e) {
      // The table is not there yet.
      return List.of();
    }
    return rows;
  }
}
