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
import java.util.List;
import java.util.Map;
import java.util.Properties;
import tools.jackson.databind.JsonNode;

/** Tables of a PostgreSQL database, exactly once. */
public final class PostgresMaterialize implements Materialize<PostgresMaterialize.Config, TableResource> {
  /** Where the database is. */
  public record Config(@Setting(description = "host:port of the server") String address,
      @Setting(defaultValue = "\"postgres\"") String database, String user,
      @Setting(secret = true, defaultValue = "\"\"") String password) {
    @Override
    public String toString() {
      return user + "@" + address + "/" + database;
    }
  }

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
      return SqlTables.apply(connection, bindings, Words.POSTGRES);
    }
  }

  @Override
  public Transactor open(Config config, String task, RangeSpec range, List<Bound<TableResource>> bindings,
      JsonNode state) throws SQLException {
    return new SqlTables.Session(connect(config), task, range, bindings, Words.POSTGRES);
  }

  private static Connection connect(Config config) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password());
    properties.setProperty("reWriteBatchedInserts", "true");
    properties.setProperty("ApplicationName", "fairway");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", "10");
    Connection connection = DriverManager.getConnection(
        "jdbc:postgresql://" + config.address() + "/" + config.database(),
        properties);
    connection.setAutoCommit(false);
    return connection;
  }

  private enum Words implements SqlTables.Speech {
    POSTGRES;

    @Override
    public String type(Projection field) {
      var string = field.inference().string();
      return switch (String.valueOf(field.inference().single())) {
        case "integer" -> "BIGINT";
        case "number" -> "NUMERIC";
        case "boolean" -> "BOOLEAN";
        case "string" -> string != null && string.format().equals("date-time") && string.contentEncoding().isEmpty()
            ? "TIMESTAMPTZ"
            : "TEXT";
        default -> "JSON";
      };
    }

    @Override
    public String placeholder(Projection field) {
      return "CAST(? AS " + type(field) + ")";
    }

    @Override
    public void set(PreparedStatement statement, int index, JsonNode value) throws SQLException {
      statement.setString(index, value.isString() || value.isNumber() || value.isBoolean()
          ? value.asString()
          : Json.text(value));
    }
  }
}
