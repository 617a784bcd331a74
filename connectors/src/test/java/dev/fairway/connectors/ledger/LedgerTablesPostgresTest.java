package dev.fairway.connectors.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.materialize.MaterializeProgram;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.Tasks;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Against a server of its own. */
class LedgerTablesPostgresTest extends LedgerTablesContract {
  private static EmbeddedPostgres server;
  private String database = "";

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @BeforeEach
  void makeDatabase() throws SQLException {
    database = "ledger_" + UUID.randomUUID().toString().replace("-", "");
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + database);
    }
  }

  @Test
  void aSessionThatWaitsHoldsNoTransaction() throws Exception {
    FlowFile file = file(0);
    FlowFile.Materialization task = Objects.requireNonNull(file.materializations().get("acme/tables"));
    MaterializeProgram program = Tasks.program(task, dir.resolve("scratch"), line -> {});
    MaterializationSpec spec = Tasks.validated(file, task, program);
    program.apply(spec, Json.object());
    try (Transactor session = program.open(spec, Json.object())) {
      assertThat(session.checkpoint()).isEmpty();
      assertThat(inTables("SELECT state FROM pg_stat_activity WHERE datname = current_database()"
          + " AND pid <> pg_backend_pid()")).containsExactly("idle");
    }
  }

  @Override
  String image() {
    return "materialize-ledger-postgres";
  }

  @Override
  ObjectNode config() {
    return Json.object().put("address", "localhost:" + server.getPort()).put("database", database).put("user",
        "postgres");
  }

  @Override
  Connection connect() throws SQLException {
    return server.getDatabase("postgres", database).getConnection();
  }
}
