package dev.fairway.connectors.materialize;

import dev.fairway.connector.Materialize;
import dev.fairway.connector.Setting;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import dev.fairway.connector.flow.RangeSpec;
import dev.fairway.connector.json.Json;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Tables of an SQLite file, exactly once. */
public final class SqliteMaterialize implements Materialize<SqliteMaterialize.Config, TableResource> {
  /** Where the database is. */
  public record Config(@Setting(description = "Path of the database file; made when it is missing") String path) {}

  @Override
  public Class<Config> configType() {
    return Config.class;
  }

  @Override
  public Class<TableResource> resourceType() {
    return TableResource.class;
  }

  @Override
  public List<String> resourcePath(Config config, TableResource resource) {
    return List.of(resource.table());
  }

  @Override
  public Map<String, Constraint> constraints(Config config, TableResource resource, CollectionSpec collection)
      throws SQLException {
    connect(config).close();
    return SqlTables.constraints(collection);
  }

  @Override
  public String apply(Config config, List<Bound<TableResource>> bindings) throws SQLException {
    try (Connection connection = connect(config)) {
      return SqlTables.apply(connection, bindings, Words.SQLITE);
    }
  }

  @Override
  public Transactor open(Config config, String task, RangeSpec range, List<Bound<TableResource>> bindings,
      JsonNode state) throws SQLException {
    return new SqlTables.Session(connect(config), task, range, bindings, Words.SQLITE);
  }

  private static Connection connect(Config config) throws SQLException {
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
