package dev.fairway.connectors.ledger;

import dev.fairway.connector.json.Json;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
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
