package dev.fairway.connectors.materialize;

import dev.fairway.connector.json.Json;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.node.ObjectNode;

/** Against a server of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresMaterializeTest extends ExactlyOnceContract {
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
  ObjectNode resource() {
    return Json.object().put("table", "rows");
  }

  @Override
  List<Integer> stored(int number) throws SQLException {
    try (Connection connection = server.getDatabase("postgres", prefix + number).getConnection()) {
      return SqliteMaterializeTest.numbers(connection);
    }
  }
}
