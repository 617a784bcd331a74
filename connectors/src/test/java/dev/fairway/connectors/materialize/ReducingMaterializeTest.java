package dev.fairway.connectors.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.collection.Spool;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.Tasks;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Collections of changes, whose schema says how changes of the same key become one. */
class ReducingMaterializeTest {
  private static final List<String> CHANGES = List.of("{'k':'a','n':1}", "{'k':'b','n':10}", "{'k':'a','n':2}",
      "{'k':'a','n':4}", "{'k':'c','n':7}", "{'k':'c','_meta':{'op':'d'}}", "{'k':'b','n':20}",
      "{'k':'b','_meta':{'op':'d'}}", "{'k':'b','n':3}", "{'k':'a','n':8}");

  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();
  private final Sealed sealed = new Sealed(List.of(), clock);

  private FlowFile file(String endpoint, String binding) throws Exception {
    return FlowFile.read(Files.writeString(dir.resolve("flow.yaml"), """
        materializations:
          acme/out:
            endpoint: %s
            bindings: [{ source: acme/sums, %s }]
        collections:
          acme/sums:
            key: [/k]
            schema:
              type: object
              reduce: { strategy: merge }
              required: [k]
              properties: { k: { type: string }, n: { type: integer, reduce: { strategy: sum } } }
        """.formatted(endpoint, binding)), sealed);
  }

  /** Runs until it breaks off at a step, if it does, then to the end; answers whether it broke off. */
  private boolean materialize(FlowFile file, Path data, int step, long transactionBytes) throws Exception {
    FlowFile.Materialization task = Objects.requireNonNull(file.materializations().get("acme/out"));
    MaterializeProgram program = Tasks.program(task, dir.resolve("scratch"), line -> {});
    var spec = Tasks.validated(file, task, program);
    Steps steps = new Steps(program, step);
    try (
        SqlStore store = SqlStore.open(new StorageConfig.Embedded(data.resolve("store")), clock, List.of("connectors"));
        Connectors connectors = new Connectors(store, data, ConnectorsConfig.of(List.of()), sealed, clock);
        Spool spool = new Spool(data, 1 << 16)) {
      for (String change : CHANGES) {
        ObjectNode document = (ObjectNode) Json.parse(change.replace('\'', '"'));
        document.withObject("/_meta").put("uuid", Protocol.UUID_PLACEHOLDER);
        spool.write(Json.bytes(document));
        spool.endDocument();
      }
      connectors.collections().commit(Map.of(connectors.collections().get("acme/sums"), List.of(spool)), tx -> {});
      try {
        new MaterializeTask(steps, spec, store, connectors.collections(), transactionBytes, clock).runToEnd();
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("broken off");
      }
      new MaterializeTask(program, spec, store, connectors.collections(), transactionBytes, clock).runToEnd();
    }
    return steps.broken();
  }

  private Map<String, Long> sums(Path database) throws Exception {
    Map<String, Long> sums = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT k, n, flow_document FROM sums")) {
      while (rows.next()) {
        sums.put(rows.getString(1), rows.getLong(2));
        assertThat(Json.parse(rows.getString(3)).path("n").asLong(0)).isEqualTo(rows.getLong(2));
      }
    }
    return sums;
  }

  @Test
  void eachChangeCountsOnceWhereverASessionBreaksOff() throws Exception {
    for (long transactionBytes : List.of(1L, 1L << 20)) {
      boolean broken = true;
      for (int step = 0; broken; step += transactionBytes == 1 ? 5 : 1) {
        Path data = dir.resolve(transactionBytes + "-" + step);
        FlowFile file = file("{ connector: { image: fairway/materialize-sqlite, config: { path: " + data + ".db } } }",
            "resource: { table: sums }");
        broken = materialize(file, data, step, transactionBytes);
        assertThat(sums(dir.resolve(data + ".db"))).as("broken off at step %s of %s", step, transactionBytes)
            .isEqualTo(Map.of("a", 15L, "b", 3L));
      }
    }
  }

  @Test
  void aDestinationThatTakesChangesTakesThoseOfATransactionAsOne() throws Exception {
    FlowFile file = file("{ connector: { image: fairway/materialize-files, config: { directory: " + dir + "/out } } }",
        "resource: { file: sums.jsonl }");
    materialize(file, dir.resolve("files"), Integer.MAX_VALUE, 1 << 20);
    assertThat(Files.readAllLines(dir.resolve("out/sums.jsonl")))
        .anySatisfy(line -> assertThat(line).contains("\"k\":\"a\",\"n\":15"));
    assertThat(Files.readAllLines(dir.resolve("out/sums.jsonl"))).filteredOn(line -> line.contains("\"k\":\"b\""))
        .satisfiesExactly(deletion -> assertThat(deletion).contains("\"op\":\"d\""),
            after -> assertThat(after).contains("\"n\":3").doesNotContain("\"op\""));
  }

  @Test
  void nothingIsCountedTwiceWhenATableIsFilledAnew() throws Exception {
    Path data = dir.resolve("anew");
    String endpoint = "{ connector: { image: fairway/materialize-sqlite, config: { path: " + data + ".db } } }";
    materialize(file(endpoint, "resource: { table: sums }"), data, Integer.MAX_VALUE, 1 << 20);
    FlowFile again = file(endpoint, "resource: { table: sums }, backfill: 1");
    assertThatThrownBy(() -> materialize(again, data, Integer.MAX_VALUE, 1 << 20))
        .hasMessageContaining("acme/sums would be read from its beginning into sums, which has rows already")
        .hasMessageContaining("empty or drop the table");
    assertThat(sums(dir.resolve(data + ".db"))).isEqualTo(Map.of("a", 15L, "b", 3L));

    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data + ".db");
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM sums");
    }
    // Each attempt has brought the same changes once more.
    materialize(again, data, Integer.MAX_VALUE, 1 << 20);
    assertThat(sums(dir.resolve(data + ".db"))).isEqualTo(Map.of("a", 45L, "b", 3L));
  }

  @Test
  void aDestinationThatDoesNotKeepDocumentsIsRefused() throws Exception {
    FlowFile file = file("{ connector: { image: fairway/materialize-sqlite, config: { path: " + dir + "/out.db } } }",
        "resource: { table: sums }, fields: { exclude: [flow_document], recommended: true }");
    assertThatThrownBy(() -> materialize(file, dir.resolve("refused"), Integer.MAX_VALUE, 1 << 20))
        .hasMessageContaining("the schema of collection acme/sums reduces documents")
        .hasMessageContaining("flow_document");
  }
}
