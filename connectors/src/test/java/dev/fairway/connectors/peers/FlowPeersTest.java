package dev.fairway.connectors.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.spec.FlowFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Connectors on the two libraries that Estuary publishes for Python, as a registry hands them out: a capture on
 * {@code estuary-cdk}, a capture and a derivation on {@code flow-sdk}. What they say and what they expect is the libraries'
 * doing; the programs beside {@code install.sh} only say what there is to capture.
 */
@Tag("peers")
class FlowPeersTest {
  private static final int ROWS = 2000;
  private static final int SETTINGS = 7;
  private static final int KILLS = 5;

  @TempDir
  Path dir;

  @Test
  void whatTheLibrariesCaptureAndDeriveArrivesOnce() throws Exception {
    Peers peers = new Peers(dir);
    assertThat(peers.discovered("cdk", local("estuary-cdk", "cdk_source.py", "rows: " + ROWS
        + ", page: 25, pause: 0.4"))).containsExactly("cdk/orders", "cdk/settings");
    assertThat(peers.discovered("legacy", local("flow-sdk", "legacy_source.py", "rows: " + ROWS + ", pause: 0.2")))
        .containsExactly("legacy/readings");
    Path file = Files.writeString(dir.resolve("flow.yaml"), """
        import: [cdk.flow.yaml, legacy.flow.yaml]
        collections:
          legacy/digits:
            schema: { type: object, properties: { digit: { type: string } }, required: [digit] }
            key: [/digit]
            derive:
              using: { %s }
              shuffleKeyTypes: [integer]
              transforms: [{ name: orders, source: cdk/orders, shuffle: { key: [/id] }, lambda: {} }]
        materializations:
          peers/sqlite:
            endpoint: { connector: { image: fairway/materialize-sqlite, config: { path: %s/out.db } } }
            bindings:
              - { source: cdk/orders, resource: { table: cdk_orders } }
              - { source: cdk/settings, resource: { table: cdk_settings } }
              - { source: legacy/readings, resource: { table: legacy_readings } }
              - { source: legacy/digits, resource: { table: legacy_digits } }
        """.formatted(local("flow-sdk", "legacy_derivation.py", ""), dir));

    peers.runKilled(file, KILLS, Duration.ofSeconds(3), Duration.ofSeconds(7), () -> {
      assertThat(peers.rows("cdk/orders").size()).as("orders").isGreaterThanOrEqualTo(ROWS);
      assertThat(peers.rows("cdk/settings").size()).as("settings").isGreaterThanOrEqualTo(SETTINGS);
      assertThat(peers.rows("legacy/readings").size()).as("readings").isGreaterThanOrEqualTo(ROWS);
      assertThat(peers.rows("legacy/digits").size()).as("digits").isGreaterThanOrEqualTo(10);
    });
    Map<String, List<JsonNode>> collected = peers.finish(file);

    List<JsonNode> orders = IntStream.rangeClosed(1, ROWS)
        .mapToObj(n -> Json.parse("{\"id\":" + n + ",\"text\":\"order " + n + "\",\"ratio\":" + n + ".5}")).toList();
    assertThat(plain(collected, "cdk/orders")).containsExactlyInAnyOrderElementsOf(orders);
    assertThat(plain(collected, "cdk/settings")).containsExactlyElementsOf(IntStream.range(0, SETTINGS)
        .mapToObj(n -> Json.parse("{\"name\":\"setting " + n + "\",\"value\":" + n * n + "}")).toList());
    assertThat(plain(collected, "legacy/readings")).containsExactlyElementsOf(IntStream.rangeClosed(1, ROWS)
        .mapToObj(n -> Json.parse("{\"id\":" + n + ",\"text\":\"reading " + n + "\"}")).toList());
    // Each order counted once, whatever was under way when the process was killed.
    for (int digit = 0; digit < 10; digit++) {
      String name = "" + digit;
      assertThat(plain(collected, "legacy/digits").stream().filter(row -> row.path("digit").asString("").equals(name))
          .map(row -> row.path("count").asInt(0)))
          .containsExactlyElementsOf(IntStream.rangeClosed(1, ROWS / 10).boxed().toList());
    }
    for (FlowFile.Collection collection : peers.flow(file).collections().values()) {
      Map<List<JsonNode>, JsonNode> last = new LinkedHashMap<>();
      collected.getOrDefault(collection.name(), List.of())
          .forEach(document -> last.put(Peers.key(collection, document), document));
      assertThat(peers.rows(collection.name())).as(collection.name() + " in SQLite")
          .containsExactlyInAnyOrderElementsOf(last.values());
    }
  }

  private static String local(String environment, String script, String config) {
    return "local: { command: [" + Peers.program(environment, "python") + ", "
        + Path.of("src/test/peers", script).toAbsolutePath() + "], config: { " + config + " } }";
  }

  /* Without what is said about a row. */
  private static List<JsonNode> plain(Map<String, List<JsonNode>> collected, String collection) {
    return collected.getOrDefault(collection, List.of()).stream().map(document -> {
      ObjectNode copy = (ObjectNode) document.deepCopy();
      copy.remove("_meta");
      return (JsonNode) copy;
    }).toList();
  }
}
