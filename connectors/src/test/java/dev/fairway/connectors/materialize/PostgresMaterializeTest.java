package dev.fairway.connectors.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.spec.FlowFile;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.node.ObjectNode;

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

  private void statement(int number, String... statements) throws SQLException {
    try (Connection connection = connect(number); Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
