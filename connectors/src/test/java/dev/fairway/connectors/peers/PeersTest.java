package dev.fairway.connectors.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.spec.FlowFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
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
  private static final int USERS = 2000;
  private static final int PRODUCTS = 300;
  private static final int LINES = 2000;
  private static final int KILLS = 5;

  @TempDir
  Path dir;
  private Peers peers;

  @BeforeEach
  void peers() {
    peers = new Peers(dir);
  }

  @Test
  void everyRowOfForeignSourcesReachesAForeignTargetOnce() throws Exception {
    List<String> lines = IntStream.rangeClosed(1, LINES)
        .mapToObj(n -> "{\"id\": " + n + ", \"text\": \"line " + n + "\", \"ratio\": " + n + ".5}").toList();
    Files.write(dir.resolve("lines.jsonl"), lines);
    // The faker answers nothing more once a state of its says "updated_at", even one from the midst of a stream.
    // With all users in one slice it says so at the end only.
    peers.discovered("faker",
        "airbyte: { command: [" + Peers.program("airbyte", "source-faker") + "], config: { count: " + USERS
            + ", seed: 1, records_per_slice: " + USERS + ", always_updated: false, parallelism: 2 } }");
    peers.discovered("hardcoded",
        "airbyte: { command: [" + Peers.program("airbyte", "source-hardcoded-records") + "], config: { count: "
            + PRODUCTS + " } }");
    peers.discovered("tap",
        "singer: { command: [" + Peers.program("tap-jsonl", "tap-jsonl") + "], config: { path: " + dir
            + "/lines.jsonl, stream_name: lines, primary_keys: [id] } }");
    Path file = destinations();
    FlowFile flow = peers.flow(file);
    assertThat(flow.collections()).containsKeys("faker/users", "faker/purchases", "faker/products",
        "hardcoded/products", "hardcoded/customers", "tap/lines");

    peers.runKilled(file, KILLS, Duration.ofSeconds(4), Duration.ofSeconds(12), () -> {
      assertThat(peers.rows("faker/users").size()).as("users").isGreaterThanOrEqualTo(USERS);
      assertThat(peers.rows("faker/purchases").size()).as("purchases").isGreaterThanOrEqualTo(USERS / 2);
      assertThat(peers.rows("hardcoded/products").size()).as("products").isGreaterThanOrEqualTo(PRODUCTS);
      assertThat(peers.rows("tap/lines").size()).as("lines").isGreaterThanOrEqualTo(LINES);
    });
    Map<String, List<JsonNode>> collected = peers.finish(file);

    for (FlowFile.Collection collection : flow.collections().values()) {
      List<JsonNode> documents = collected.get(collection.name());
      Map<List<JsonNode>, JsonNode> last = new LinkedHashMap<>();
      documents.forEach(document -> last.put(Peers.key(collection, document), document));
      List<JsonNode> rows = peers.rows(collection.name());
      assertThat(rows).as(collection.name() + " in SQLite").containsExactlyInAnyOrderElementsOf(last.values());
      List<JsonNode> published = published(collection.name());
      assertThat(published).as(collection.name() + " in the target's files").hasSameSizeAs(documents);
      for (int i = 0; i < documents.size(); i++) {
        assertThat(published.get(i)).as(collection.name() + " in the target's files")
            .isEqualTo(plain(documents.get(i)));
      }
    }
    assertThat(peers.rows("faker/users").stream().map(row -> row.path("id").asInt(0)))
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, USERS).boxed().toList());
    // Without a key of its own a row is named by its number, and every run of a full refresh adds its rows.
    List<JsonNode> direct = direct();
    List<JsonNode> products = collected.get("hardcoded/products").stream().map(PeersTest::plain).toList();
    assertThat(products.size() % PRODUCTS).isZero();
    for (int i = 0; i < products.size(); i += PRODUCTS) {
      assertThat(products.subList(i, i + PRODUCTS)).isEqualTo(direct);
    }
    assertThat(peers.rows("tap/lines").stream().map(PeersTest::plain))
        .containsExactlyInAnyOrderElementsOf(lines.stream().map(Json::parse).toList());
  }

  private Path destinations() throws IOException {
    List<String> sources = new ArrayList<>();
    for (String name : List.of("faker", "hardcoded", "tap")) {
      sources.addAll(peers.flow(dir.resolve(name + ".flow.yaml")).collections().keySet());
    }
    StringBuilder tables = new StringBuilder();
    StringBuilder streams = new StringBuilder();
    for (String source : sources) {
      tables.append("      - { source: ").append(source).append(", resource: { table: ").append(Peers.table(source))
          .append(" } }\n");
      streams.append("      - { source: ").append(source).append(", resource: { stream: ").append(Peers.table(source))
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
                command: [%s]
                config: { destination_path: "{{stage}}", do_timestamp_file: false }
                stage: out
            bindings:
        %s""".formatted(dir, tables, Peers.program("target-jsonl", "target-jsonl"), streams));
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
    Process source = new ProcessBuilder(Peers.program("airbyte", "source-hardcoded-records").toString(), "read",
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
        Path file = transaction.resolve(Peers.table(collection) + ".jsonl");
        if (Files.exists(file)) {
          Files.readAllLines(file).forEach(line -> records.add(plain(Json.parse(line))));
        }
      }
    }
    return records;
  }
}
