package dev.fairway.connectors.materialize;

import dev.fairway.connector.Setting;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.json.Json;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import tools.jackson.databind.JsonNode;

/** Tables of a PostgreSQL database, exactly once. */
public final class PostgresMaterialize extends SqlMaterialize<PostgresMaterialize.Config> {
  /** Where the database is. */
  public record Config(@Setting(description = "host:port of the server") String address,
      @Setting(defaultValue = "\"postgres\"") String database, String user,
      @Setting(secret = true, defaultValue = "\"\"") String password) {
    @Override
    public String toString() {
      return user + "@" + address + "/" + database;
    }
  }

  public PostgresMaterialize() {
    super(Config.class, Words.POSTGRES);
  }

  @Override
  Connection connect(Config config) throws SQLException {
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

    /* Who may not make temporary tables, as everybody may by default, still may write rows. */
    @Override
    public Upserts upserts(Connection connection, SqlTable table, int number) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet may = statement.executeQuery("SELECT has_database_privilege(current_database(), 'TEMPORARY')")) {
        may.next();
        return may.getBoolean(1)
            ? new CopiedUpserts(connection, table, this, number)
            : new BatchedUpserts(connection, table, this);
      }
    }

    /* The driver makes one statement of many VALUES, and one statement cannot replace its own row (a key written twice). */
    @Override
    public String row(SqlTable table) {
      return "SELECT " + table.list(this::placeholder);
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
