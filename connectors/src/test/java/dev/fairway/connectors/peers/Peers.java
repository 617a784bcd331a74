package dev.fairway.connectors.peers;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.ConnectorCommands;
import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.NodeProcess;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.Derivation;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
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
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import tools.jackson.databind.JsonNode;

/** A folder in which programs of others run under our runner, in a process that is killed again and again. */
final class Peers {
  private static final Path PROGRAMS = Path.of(System.getProperty("fairway.peers", "target/peers")).toAbsolutePath();

  private final Path dir;
  private final Clock clock = Clock.systemUTC();
  private final Sealed sealed = new Sealed(List.of(), clock);

  Peers(Path dir) {
    this.dir = dir;
  }

  /** A program of an environment that {@code install.sh} made. */
  static Path program(String environment, String name) {
    return PROGRAMS.resolve(environment).resolve("bin").resolve(name);
  }

  /** A capture as its author begins it: an endpoint, and everything else discovered. Answers its collections. */
  List<String> discovered(String name, String endpoint) throws Exception {
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
    return List.copyOf(flow(file).collections().keySet());
  }

  FlowFile flow(Path file) {
    return FlowFile.read(file, sealed);
  }

  /** Runs the tasks of a file in one process after another: each is killed but the last, which runs until what is expected. */
  void runKilled(Path file, int kills, Duration shortest, Duration longest, ThrowingRunnable expected)
      throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < kills; i++) {
      Process node = NodeProcess.start(dir, file);
      node.waitFor(random.nextLong(shortest.toMillis(), longest.toMillis()), TimeUnit.MILLISECONDS);
      node.destroyForcibly().waitFor();
    }
    Process node = NodeProcess.start(dir, file);
    try {
      Awaitility.await().atMost(Duration.ofMinutes(10)).pollInterval(Duration.ofSeconds(2)).untilAsserted(expected);
    } finally {
      node.destroyForcibly().waitFor();
    }
  }

  /** Lets derivations and destinations take what is left, and answers what the collections hold. */
  Map<String, List<JsonNode>> finish(Path path) throws Exception {
    Map<String, List<JsonNode>> all = new LinkedHashMap<>();
    try (
        SqlStore store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("data/store")), clock,
            List.of("connectors"));
        Connectors connectors = new Connectors(store, dir.resolve("data/collections"), ConnectorsConfig.of(List.of()),
            sealed, clock)) {
      FlowFile file = flow(path);
      for (Derivation task : file.derivations().values()) {
        connectors.derivation(file, task).runToEnd();
      }
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

  static String table(String collection) {
    return collection.replace('/', '_');
  }

  /** The documents of a collection's table in {@code out.db}; none when it is not there yet. */
  List<JsonNode> rows(String collection) {
    List<JsonNode> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("out.db"));
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("SELECT flow_document FROM " + table(collection))) {
      while (found.next()) {
        rows.add(Json.parse(found.getString(1)));
      }
    } catch (SQLException e) {
      return List.of();
    }
    return rows;
  }

  static List<JsonNode> key(FlowFile.Collection collection, JsonNode document) {
    return collection.spec().key().stream().map(document::at).toList();
  }
}
