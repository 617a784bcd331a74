package dev.fairway.node.bench;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.capture.JavaCapture;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows into PostgreSQL and out of it, against COPY of the same rows by psql; in a database of its own, which is gone when
 * this is closed.
 */
final class PostgresBench implements AutoCloseable {
  private static final int ROUNDS = 3;
  private static final String DATABASE = "fairway_bench_" + ProcessHandle.current().pid();

  private final Path home;
  private final BenchRows rows;
  private final PostgresUrl server;
  private final PostgresUrl ours;
  private int folders;

  /** @param url of a database whose user may create others: {@code jdbc:postgresql://host:port/database?user=…} */
  PostgresBench(Path home, BenchRows rows, String url) throws SQLException {
    this.home = home;
    this.rows = rows;
    this.server = PostgresUrl.parse(url);
    this.ours = server.of(DATABASE);
    sql(server, "CREATE DATABASE " + DATABASE);
  }

  List<Figure> run(boolean bound) throws Exception {
    Path copied = home.resolve("copied.tsv");
    List<Measured> stored = new ArrayList<>();
    List<Measured> copiedIn = new ArrayList<>();
    store();
    psql("\\copy bench_rows TO '" + copied + "'");
    for (int i = 0; i < ROUNDS; i++) {
      sql(ours, "DROP TABLE IF EXISTS copied", "CREATE TABLE copied (LIKE bench_rows INCLUDING ALL)", "CHECKPOINT");
      copiedIn.add(Measured.once(rows, () -> psql("\\copy copied FROM '" + copied + "'")));
      stored.add(store());
    }
    Files.delete(copied);
    sql(ours, "CREATE TABLE source AS SELECT id, amount, at, text FROM copied",
        "ALTER TABLE source ADD PRIMARY KEY (id)", "DROP TABLE copied", "VACUUM ANALYZE source");
    List<Measured> captured = new ArrayList<>();
    List<Measured> copiedOut = new ArrayList<>();
    capture();
    for (int i = 0; i < ROUNDS; i++) {
      copiedOut.add(Measured.once(rows, () -> psql("\\copy source TO '/dev/null'")));
      captured.add(capture());
    }
    return List.of(
        figure("a collection into PostgreSQL, exactly once, against COPY FROM by psql", stored, copiedIn, bound),
        figure("a table of PostgreSQL into a collection, against COPY TO by psql", captured, copiedOut, bound));
  }

  private Figure figure(String name, List<Measured> measured, List<Measured> baseline, boolean bound) {
    return Measured.median(measured).against("%,d B rows: %s".formatted(rows.bytes(), name), Measured.median(baseline),
        bound ? 0.4 : 0);
  }

  /** What a collection has, into a table that is new. */
  private Measured store() throws Exception {
    sql(ours, "DROP TABLE IF EXISTS bench_rows, flow_checkpoints_v1", "CHECKPOINT");
    try (BenchTasks tasks = tasks()) {
      FlowFile file = tasks.file(BenchTasks.none(), Json.object().put("stream", "rows"),
          connector("materialize-postgres", config()));
      tasks.capture(file, new JavaCapture<>(new RowsCapture(rows)));
      return Measured.once(rows, () -> tasks.materialize(file));
    }
  }

  /** The table, into a collection that is new. */
  private Measured capture() throws Exception {
    try (BenchTasks tasks = tasks()) {
      FlowFile file = tasks.file(
          connector("source-postgres", config().put("slot", DATABASE).put("follow", false)),
          Json.object().put("schema", "public").put("table", "source"), Json.object());
      Measured measured = Measured.once(rows, () -> tasks.capture(file));
      tasks.expect(rows);
      return measured;
    } finally {
      sql(ours, "SELECT pg_drop_replication_slot('" + DATABASE + "')");
    }
  }

  private BenchTasks tasks() throws IOException {
    return new BenchTasks(Files.createDirectories(home.resolve("postgres-" + folders++)));
  }

  private static ObjectNode connector(String name, ObjectNode config) {
    ObjectNode endpoint = Json.object();
    endpoint.putObject("connector").put("image", "fairway/" + name).set("config", config);
    return endpoint;
  }

  private ObjectNode config() {
    ObjectNode config = Json.object().put("address", ours.address()).put("database", DATABASE);
    ours.parameter("user").ifPresent(user -> config.put("user", user));
    ours.parameter("password").ifPresent(password -> config.put("password", password));
    return config;
  }

  private void psql(String command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", command,
        ours.withoutPassword()).inheritIO().redirectOutput(ProcessBuilder.Redirect.DISCARD);
    ours.parameter("password").ifPresent(password -> builder.environment().put("PGPASSWORD", password));
    Process psql = builder.start();
    if (!psql.waitFor(10, TimeUnit.MINUTES) || psql.exitValue() != 0) {
      psql.destroyForcibly();
      throw new FairwayException(ErrorCode.PEER_FAILED, "psql failed at " + command);
    }
  }

  private static void sql(PostgresUrl database, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(database.jdbc());
        Statement statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    sql(server, "DROP DATABASE " + DATABASE + " WITH (FORCE)");
  }
}
