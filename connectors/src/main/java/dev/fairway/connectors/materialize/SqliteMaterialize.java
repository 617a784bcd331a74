package dev.fairway.connectors.materialize;

import dev.fairway.connector.Setting;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.json.Json;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import tools.jackson.databind.JsonNode;

/** Tables of an SQLite file, exactly once. */
public final class SqliteMaterialize extends SqlMaterialize<SqliteMaterialize.Config> {
  /** Where the database is. */
  public record Config(@Setting(description = "Path of the database file; made when it is missing") String path) {}

  public SqliteMaterialize() {
    super(Config.class, Words.SQLITE);
  }

  @Override
  Connection connect(Config config) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + config.path());
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute("PRAGMA busy_timeout = 10000");
    }
    connection.setAutoCommit(false);
    return connection;
  }

  private enum Words implements SqlTables.Speech {
    SQLITE;

    @Override
    public String type(Projection field) {
      return switch (String.valueOf(field.inference().single())) {
        case "integer" -> "INTEGER";
        case "number" -> "REAL";
        case "boolean" -> "BOOLEAN";
        default -> "TEXT";
      };
    }

    @Override
    public String placeholder(Projection field) {
      return "?";
    }

    @Override
    public void set(PreparedStatement statement, int index, JsonNode value) throws SQLException {
      switch (value.getNodeType()) {
        case STRING -> statement.setString(index, value.stringValue());
        case BOOLEAN -> statement.setBoolean(index, value.booleanValue());
        case NUMBER -> {
          if (value.isIntegralNumber() && value.bigIntegerValue().bitLength() < 64) {
            statement.setLong(index, value.bigIntegerValue().longValue());
          } else if (value.isIntegralNumber()) {
            statement.setString(index, value.asString());
          } else {
            statement.setDouble(index, value.asDouble());
          }
        }
        default -> statement.setString(index, Json.text(value));
      }
    }
  }
}
