package dev.fairway.connectors.transcripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.json.Json;
import dev.fairway.connector.proto.Wire;
import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.collection.Spool;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.TaskTable;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Connectors of others, which are scripts, under our runtime: they say their lines, and we compare what they were told. */
class TheirConnectorsTest {
  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();
  private final Sealed sealed = new Sealed(List.of(), clock);
  private SqlStore store;
  private Connectors connectors;

  @BeforeEach
  void open() {
    store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock, List.of("connectors"));
    connectors = new Connectors(store, dir.resolve("data"), ConnectorsConfig.of(List.of()), sealed, clock);
  }

  @AfterEach
  void close() {
    connectors.close();
    store.close();
  }

  private FlowFile file(String yaml) throws IOException {
    return FlowFile.read(Files.writeString(dir.resolve("flow.yaml"), yaml), sealed);
  }

  private String command(String kind, String transcript) {
    return "command: [sh, " + Transcript.file("play.sh") + ", " + kind + ", " + Transcript.file(transcript) + ", " + dir
        + "/heard]";
  }

  private String flow(Wire wire, String protocol) {
    String program = "sh, " + Transcript.file("play.sh") + ", flow, " + Transcript.file("their-" + protocol + ".txt")
        + ", "
        + dir + "/heard]";
    return switch (wire) {
      case JSON -> "command: [" + program;
      case PROTO -> "protobuf: true, command: [" + Path.of(System.getProperty("java.home"), "bin/java")
          + ", -XX:TieredStopAtLevel=1, '-XX:+UseSerialGC', -cp, \"" + System.getProperty("java.class.path") + "\", "
          + Framed.class.getName() + ", " + protocol + ", " + program;
    };
  }

  private List<String> heard() throws IOException {
    return Files.readAllLines(dir.resolve("heard"));
  }

  private List<JsonNode> documents(String collection) throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    try (CollectionReader reader = connectors.collections().get(collection).read(0)) {
      while (reader.next()) {
        documents.add(Json.parse(reader.buffer(), reader.from(), reader.to()));
      }
    }
    return documents;
  }

  private void fill(String collection, String... documents) {
    try (Spool spool = new Spool(dir, 1 << 16)) {
      for (String document : documents) {
        spool.write(Json.bytes(Json.parse(document)));
        spool.endDocument();
      }
      connectors.collections().commit(Map.of(connectors.collections().get(collection), List.of(spool)), tx -> {});
    }
  }

  private JsonNode state(String task) {
    return store.read(view -> TaskTable.state(view, task));
  }

  private void capture(FlowFile file) throws Exception {
    connectors.step(file, Objects.requireNonNull(file.captures().get("acme/src"))).run();
  }

  @ParameterizedTest
  @EnumSource
  void aFlowCapture(Wire wire) throws Exception {
    capture(file("""
        captures:
          acme/src:
            endpoint: { local: { %s, config: { n: 2 } } }
            bindings: [{ resource: { name: a }, target: acme/a }, { resource: { name: b }, target: acme/b }]
        collections:
          acme/a: { schema: { type: object }, key: [/id] }
          acme/b: { schema: { type: object }, key: [/id] }
        """.formatted(flow(wire, "capture"))));
    Transcript.read("their-capture.txt", dir).assertTold(heard(), "spec", "validate", "spec", "apply", "spec", "open");
    assertThat(documents("acme/a")).extracting(document -> document.path("id").asInt(0)).containsExactly(1, 3);
    assertThat(Json.text(documents("acme/a").getFirst())).contains("\"wide\":9007199254740993,\"exact\":1.10");
    assertThat(documents("acme/b")).hasSize(1);
    assertThat(state("acme/src")).isEqualTo(Json.parse("{\"bindingStateV1\":{\"a\":{\"next\":2},\"b\":{\"next\":3}}}"));
  }

  @ParameterizedTest
  @EnumSource
  void aFlowDerivation(Wire wire) throws Exception {
    FlowFile file = file("""
        collections:
          acme/rows: { schema: { type: object }, key: [/id] }
          acme/seen:
            schema: { type: object }
            key: [/id]
            derive:
              using: { local: { %s, config: {} } }
              shuffleKeyTypes: [string]
              transforms: [{ name: rows, source: acme/rows, shuffle: { key: [/id] }, lambda: { by: id } }]
        """.formatted(flow(wire, "derive")));
    fill("acme/rows", "{\"id\":\"a\"}", "{\"id\":\"b\"}");
    connectors.derivation(file, Objects.requireNonNull(file.derivations().get("acme/seen"))).runToEnd();
    Transcript.read("their-derive.txt", dir).assertTold(heard(), "spec", "validate", "spec", "open");
    assertThat(documents("acme/seen")).extracting(document -> document.path("id").asString("")).containsExactly("a",
        "b");
    assertThat(state("acme/seen")).isEqualTo(Json.parse("{\"a\":1,\"b\":1}"));
  }

  @ParameterizedTest
  @EnumSource
  void aFlowMaterialization(Wire wire) throws Exception {
    FlowFile file = file("""
        materializations:
          acme/out:
            endpoint: { local: { %s, config: {} } }
            bindings: [{ source: acme/rows, resource: { table: rows } }]
        collections:
          acme/rows:
            schema: { type: object, properties: { id: { type: string }, n: { type: integer } }, required: [id] }
            key: [/id]
        """.formatted(flow(wire, "materialize")));
    fill("acme/rows", "{\"id\":\"a\",\"n\":1}", "{\"id\":\"b\",\"n\":2}");
    connectors.materialization(file, Objects.requireNonNull(file.materializations().get("acme/out"))).runToEnd();
    Transcript.read("their-materialize.txt", dir).assertTold(heard(), "spec", "validate", "spec", "apply", "spec",
        "open");
  }

  @Test
  void aSingerTarget() throws Exception {
    FlowFile file = file("""
        materializations:
          acme/out:
            endpoint: { singer: { %s, config: { path: out } } }
            bindings: [{ source: acme/rows, resource: { stream: rows }, fields: { exclude: [flow_published_at] } }]
        collections:
          acme/rows:
            schema: { type: object, properties: { id: { type: string }, n: { type: integer } }, required: [id] }
            key: [/id]
        """.formatted(command("target", "their-singer-target.txt")));
    fill("acme/rows", "{\"id\":\"a\",\"n\":1}", "{\"id\":\"b\",\"n\":2}");
    connectors.materialization(file, Objects.requireNonNull(file.materializations().get("acme/out"))).runToEnd();
    Transcript.read("their-singer-target.txt", dir).assertTold(heard(), "stdin");
    assertThat(state("acme/out")).isEqualTo(Json.parse("{\"flow_txn\":1}"));
  }

  @Test
  void anAirbyteSource() throws Exception {
    capture(file("""
        captures:
          acme/src:
            endpoint: { airbyte: { %s, config: { token: t } } }
            bindings:
              - resource: { stream: users, namespace: public, syncMode: incremental, cursorField: [at] }
                target: acme/users
        collections:
          acme/users: { schema: { type: object }, key: [/id] }
        """.formatted(command("airbyte", "their-airbyte-source.txt"))));
    Transcript.read("their-airbyte-source.txt", dir).assertTold(heard(), "check", "read");
    assertThat(documents("acme/users")).extracting(document -> document.path("id").asInt(0)).containsExactly(1, 2);
    assertThat(state("acme/src").path("bindingStateV1").path("public/users").path("state").path("stream")
        .path("stream_state")).isEqualTo(Json.parse("{\"at\":\"2024-01-02\"}"));
  }

  @Test
  void aSingerTap() throws Exception {
    capture(file("""
        captures:
          acme/src:
            endpoint: { singer: { %s, config: { start_date: "2024-01-01" } } }
            bindings:
              - resource:
                  { tap_stream_id: shop-users, stream: users, replication_method: INCREMENTAL, replication_key: at }
                target: acme/users
        collections:
          acme/users: { schema: { type: object }, key: [/id] }
        """.formatted(command("tap", "their-singer-tap.txt"))));
    Transcript.read("their-singer-tap.txt", dir).assertTold(heard(), "sync");
    assertThat(documents("acme/users")).extracting(document -> document.path("id").asInt(0)).containsExactly(1, 2);
    assertThat(state("acme/src").path("bindingStateV1").path("shop-users").path("replication_key_value").asString(""))
        .isEqualTo("2024-01-02T00:00:00Z");
  }
}
