package dev.fairway.connectors.capture.postgres;

import dev.fairway.connector.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A table as the catalogue describes it. Generated columns are left out: they are in no log.
 *
 * @param key the columns of its primary key in their order; empty when it has none
 */
record PgTable(String schema, String name, List<Column> columns, List<Column> key) {
  private static final String CATALOGUE = """
      SELECT n.nspname, c.relname, a.attname, a.atttypid::int8, format_type(a.atttypid, a.atttypmod), a.attnotnull,
             array_position(i.indkey::int2[], a.attnum)
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      ORDER BY n.nspname, c.relname, a.attnum""";

  PgTable {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
  }

  /** @param sqlType as SQL says it */
  record Column(String name, int type, String sqlType, boolean notNull) {}

  /** All tables the user can see, by schema and name. */
  static List<PgTable> all(Connection sql) throws SQLException {
    Map<String, PgTable> tables = new LinkedHashMap<>();
    Map<String, List<Column>> columns = new LinkedHashMap<>();
    Map<String, Map<Integer, Column>> keys = new LinkedHashMap<>();
    try (PreparedStatement query = sql.prepareStatement(CATALOGUE); ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        String id = quoted(rows.getString(1)) + "." + quoted(rows.getString(2));
        Column column = new Column(rows.getString(3), (int) rows.getLong(4), rows.getString(5), rows.getBoolean(6));
        tables.putIfAbsent(id, new PgTable(rows.getString(1), rows.getString(2), List.of(), List.of()));
        columns.computeIfAbsent(id, _ -> new ArrayList<>()).add(column);
        int part = rows.getInt(7);
        if (!rows.wasNull()) {
          keys.computeIfAbsent(id, _ -> new TreeMap<>()).put(part, column);
        }
      }
    }
    return tables.entrySet().stream().map(entry -> new PgTable(entry.getValue().schema(), entry.getValue().name(),
        columns.getOrDefault(entry.getKey(), List.of()),
        List.copyOf(keys.getOrDefault(entry.getKey(), Map.of()).values()))).toList();
  }

  static Optional<PgTable> find(List<PgTable> tables, String schema, String name) {
    return tables.stream().filter(table -> table.schema().equals(schema) && table.name().equals(name)).findFirst();
  }

  /** The schema of its documents; only the key is required, because a deleted row has nothing else. */
  JsonNode documentSchema() {
    ObjectNode schema = Json.object().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ObjectNode meta = properties.putObject("_meta").put("type", "object").putObject("properties");
    meta.putObject("op").put("type", "string").putArray("enum").add("c").add("u").add("d");
    meta.putObject("lsn").put("type", "string");
    meta.putObject("change").put("type", "integer");
    for (Column column : columns) {
      boolean nullable = !column.notNull() && !key.contains(column);
      properties.set(column.name(), PgTypes.schema(column.type(), nullable));
    }
    var required = schema.putArray("required");
    key.forEach(column -> required.add(column.name()));
    return schema;
  }

  List<String> pointers() {
    return key.stream().map(column -> "/" + column.name().replace("~", "~0").replace("/", "~1")).toList();
  }

  /**
   * Copies rows out in the order of the key: those behind a key, or from the beginning.
   *
   * @param after the texts of the key; empty for the beginning
   */
  String page(List<String> after, int rows) {
    String order = key.stream().map(column -> "t." + quoted(column.name())).collect(Collectors.joining(", "));
    String names = columns.stream().map(column -> "t." + quoted(column.name())).collect(Collectors.joining(", "));
    List<String> values = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      // COPY takes no parameters. Backslashes are plain: the session has standard_conforming_strings.
      values.add("CAST('" + after.get(i).replace("'", "''") + "' AS " + key.get(i).sqlType() + ")");
    }
    return "COPY (SELECT " + names + " FROM " + sqlName() + " t"
        + (after.isEmpty() ? "" : " WHERE (" + order + ") > (" + String.join(", ", values) + ")")
        + " ORDER BY " + order + " LIMIT " + rows + ") TO STDOUT";
  }

  /** Selects some columns of the row with a key. */
  String row(List<Column> wanted) {
    return "SELECT " + texts(wanted) + " FROM " + sqlName() + " WHERE " + key.stream()
        .map(column -> quoted(column.name()) + " = CAST(? AS " + column.sqlType() + ")")
        .collect(Collectors.joining(" AND "));
  }

  private static String texts(List<Column> columns) {
    return columns.stream().map(column -> quoted(column.name()) + "::text").collect(Collectors.joining(", "));
  }

  String sqlName() {
    return quoted(schema) + "." + quoted(name);
  }

  static String quoted(String identifier) {
    return "\"" + identifier.replace("\"", "\"\"") + "\"";
  }

  @Override
  public String toString() {
    return schema + "." + name;
  }
}
