package dev.fairway.connectors.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.spec.FlowFile;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Against a server of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresMaterializeTest extends SqlTablesContract {
  private EmbeddedPostgres server;
  private String prefix = "";

  @BeforeAll
  void start() throws IOException {
    server = EmbeddedPostgres.start();
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
  }

  @Override
  ObjectNode config(int number) throws SQLException {
    if (number == 0) {
      prefix = "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 12) + "_";
    }
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + prefix + number);
    }
    return Json.object().put("address", "localhost:" + server.getPort()).put("database", prefix + number)
        .put("user", "postgres");
  }

  @Override
  String image() {
    return "materialize-postgres";
  }

  @Override
  Connection connect(int number) throws SQLException {
    return server.getDatabase("postgres", prefix + number).getConnection();
  }

  @Test
  void aDatabaseLostInMidTransactionHasNothingOfIt() throws Exception {
    FlowFile file = file(0);
    MaterializeProgram program = program(file);
    MaterializationSpec spec = spec(file, program);
    program.apply(spec, Json.object());
    assertThatThrownBy(() -> {
      try (Transactor session = program.open(spec, Json.object())) {
        for (int n = 1; n <= 1_000; n++) {
          session.store(row(spec, n));
        }
        statement(0, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE application_name = 'fairway' AND datname = current_database()");
        for (int n = 1_001; n <= 2_000; n++) {
          session.store(row(spec, n));
        }
        session.commit(Json.object().put("at", "lost"));
      }
    }).isInstanceOf(SQLException.class);
    assertThat(stored(0)).isEmpty();
    try (Transactor next = program.open(spec, Json.object())) {
      assertThat(next.checkpoint()).isEmpty();
      next.store(row(spec, 1));
      next.commit(Json.object());
    }
    assertThat(stored(0)).containsExactly(1);
  }

  @Test
  void whoMayNotMakeTemporaryTablesIsServedToo() throws Exception {
    FlowFile file = file(0);
    statement(0, "CREATE ROLE writer LOGIN", "GRANT ALL ON SCHEMA public TO writer",
        "REVOKE TEMPORARY ON DATABASE " + prefix + "0 FROM PUBLIC");
    MaterializeProgram program = program(file);
    MaterializationSpec spec = spec(file, program);
    MaterializationSpec asWriter = new MaterializationSpec(spec.name(), spec.connectorType(),
        spec.config().deepCopy().asObject().put("user", "writer"), spec.bindings(), spec.shardTemplate(),
        spec.recoveryLogTemplate(), spec.networkPorts());
    program.apply(asWriter, Json.object());
    try (Transactor session = program.open(asWriter, Json.object())) {
      session.store(row(spec, 7));
      session.commit(Json.object());
    }
    assertThat(stored(0)).containsExactly(7);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ofKeysThatAreOneToTheDatabaseTheLastRowCounts(boolean temporaryTables) throws Exception {
    ObjectNode config = config(0);
    statement(0, "CREATE ROLE " + prefix + "timer LOGIN", "GRANT ALL ON SCHEMA public TO " + prefix + "timer");
    if (!temporaryTables) {
      statement(0, "REVOKE TEMPORARY ON DATABASE " + prefix + "0 FROM PUBLIC");
    }
    FlowFile file = FlowFile.read(Files.writeString(dir.resolve("times.yaml"),
        """
            materializations:
              acme/out:
                endpoint: { connector: { image: fairway/materialize-postgres, config: %s } }
                bindings: [{ source: acme/times, resource: { table: times } }]
            collections:
              acme/times:
                schema: { type: object, properties: { at: { type: string, format: date-time }, fairway_row: { type: string } }, required: [at] }
                key: [/at]
            """
            .formatted(config.put("user", prefix + "timer"))),
        sealed);
    MaterializeProgram program = program(file);
    MaterializationSpec spec = spec(file, program);
    program.apply(spec, Json.object());
    try (Transactor session = program.open(spec, Json.object())) {
      for (int transaction = 1; transaction <= 2; transaction++) {
        session.store(timed(spec, "2026-01-01T00:00:00Z", "first of " + transaction));
        session.store(timed(spec, "2026-01-01T00:00:00.000Z", "last of " + transaction));
        session.store(timed(spec, "2025-12-31T00:00:00Z", "another of " + transaction));
        session.commit(Json.object());
        assertThat(texts("SELECT fairway_row FROM times ORDER BY at")).containsExactly("another of " + transaction,
            "last of " + transaction);
        assertThat(texts("SELECT relname FROM pg_class WHERE relname LIKE 'fairway_stage%'"))
            .as("left for another transaction, which may have another connection of a pooler").isEmpty();
      }
    }
  }

  private static Transactor.Row timed(MaterializationSpec spec, String at, String text) {
    ObjectNode document = Json.object().put("at", at).put("fairway_row", text);
    List<JsonNode> key = List.of(document.path("at"));
    List<JsonNode> values = spec.bindings().getFirst().fieldSelection().values().stream()
        .<JsonNode>map(field -> document.has(field) ? document.path(field) : StringNode.valueOf(field)).toList();
    return new Transactor.Row(0, Packed.of(key), key, values, document, false, false);
  }

  private List<String> texts(String query) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Connection connection = connect(0);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  private void statement(int number, String... statements) throws SQLException {
    try (Connection connection = connect(number); Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
