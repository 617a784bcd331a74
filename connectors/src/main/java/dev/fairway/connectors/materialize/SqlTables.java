package dev.fairway.connectors.materialize;

import dev.fairway.connector.Materialize;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.MaterializationSpec.FieldSelection;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.flow.RangeSpec;
import dev.fairway.connector.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tables of a database that speaks SQL, one row per key; a {@link Fence} makes rows and the runtime's checkpoint one.
 */
final class SqlTables {
  private static final int BATCH = 1000;

  private SqlTables() {}

  /** The few words in which the databases differ. */
  interface Speech {
    /** The column type for what a field can hold. */
    String type(Projection field);

    /** Puts rows into a table; {@code number} tells it from the other tables of the session. */
    default Upserts upserts(Connection connection, SqlTable table, int number) throws SQLException {
      return new BatchedUpserts(connection, table, this);
    }

    /** A row of values to insert, each from text. */
    default String row(SqlTable table) {
      return "VALUES (" + table.list(this::placeholder) + ")";
    }

    /** How a value of that type is written from text; {@code ?} stands for the text. */
    String placeholder(Projection field);

    /** Sets a value that is neither absent nor null. */
    void set(PreparedStatement statement, int index, JsonNode value) throws SQLException;
  }

  /** Every scalar may be a column; the key and the whole document must be. */
  static Map<String, Constraint> constraints(CollectionSpec collection) {
    Map<String, Constraint> constraints = new LinkedHashMap<>();
    for (Projection projection : collection.projections()) {
      String single = projection.inference().single();
      Constraint constraint;
      if (projection.isPrimaryKey()) {
        constraint = new Constraint("LOCATION_REQUIRED", "the key identifies the row", "");
      } else if (projection.ptr().isEmpty()) {
        constraint = new Constraint("LOCATION_REQUIRED", "the document is kept with its row", "");
      } else if (projection.inference().types().equals(List.of("null"))) {
        constraint = new Constraint("FIELD_FORBIDDEN", "it is always null", "");
      } else if (single != null && !single.equals("object") && !single.equals("array")) {
        constraint = new Constraint("LOCATION_RECOMMENDED", "it has one scalar type", "");
      } else {
        constraint = new Constraint("FIELD_OPTIONAL", "it can be kept as JSON", "");
      }
      constraints.put(projection.field(), constraint);
    }
    return constraints;
  }

  /** Creates tables, and adds columns that are new. */
  static String apply(Connection connection, List<Materialize.Bound<TableResource>> bindings, Speech speech)
      throws SQLException {
    List<String> done = new ArrayList<>();
    for (Materialize.Bound<TableResource> binding : bindings) {
      List<Projection> columns = columns(binding);
      String table = SqlTable.quoted(binding.resource().table());
      List<String> existing = existing(connection, table);
      if (existing.isEmpty()) {
        int keys = binding.spec().fieldSelection().keys().size();
        List<String> lines = new ArrayList<>();
        columns.forEach(column -> lines.add(SqlTable.quoted(column.field()) + " " + speech.type(column)
            + (column.inference().always() ? " NOT NULL" : "")));
        lines.add("PRIMARY KEY (" + columns.stream().limit(keys).map(column -> SqlTable.quoted(column.field()))
            .collect(Collectors.joining(", ")) + ")");
        done.add("CREATE TABLE IF NOT EXISTS " + table + " (" + String.join(", ", lines) + ")");
      } else {
        columns.stream().filter(column -> !existing.contains(column.field()))
            .forEach(column -> done.add("ALTER TABLE " + table + " ADD COLUMN " + SqlTable.quoted(column.field()) + " "
                + speech.type(column)));
      }
    }
    try (Statement statement = connection.createStatement()) {
      Fence.apply(statement);
      for (String sql : done) {
        statement.execute(sql);
      }
    }
    connection.commit();
    return String.join("; ", done);
  }

  private static List<String> existing(Connection connection, String table) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM " + table + " WHERE 1 = 0")) {
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        names.add(rows.getMetaData().getColumnName(i));
      }
    } catch (SQLException e) {
      // There is no such table yet; whatever else it was is met again when it is made.
      connection.rollback();
    }
    return names;
  }

  private static List<Projection> columns(Materialize.Bound<TableResource> binding) {
    FieldSelection fields = binding.spec().fieldSelection();
    Map<String, Projection> known = binding.collection().fields();
    return Stream.concat(Stream.concat(fields.keys().stream(), fields.values().stream()),
        fields.document().isEmpty() ? Stream.empty() : Stream.of(fields.document()))
        .map(field -> Objects.requireNonNull(known.get(field), field)).toList();
  }

  /** A session of one connection. */
  static final class Session implements Transactor {
    private final Connection connection;
    private final Speech speech;
    private final List<Table> tables = new ArrayList<>();
    private final Fence fence;
    private @Nullable Table writing;

    Session(Connection connection, String task, RangeSpec range, List<Materialize.Bound<TableResource>> bindings,
        Speech speech) throws SQLException {
      this.connection = connection;
      this.speech = speech;
      this.fence = Fence.raise(connection, task, range);
      for (Materialize.Bound<TableResource> binding : bindings) {
        tables.add(new Table(binding, tables.size()));
      }
      connection.commit();
    }

    @Override
    public Optional<JsonNode> checkpoint() {
      return fence.checkpoint();
    }

    /** Rows are replaced whole, so nothing needs to be read first. */
    @Override
    public boolean loads() {
      return false;
    }

    @Override
    public boolean holds(int binding) throws SQLException {
      String table = SqlTable.quoted(tables.get(binding).binding.resource().table());
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT 1 FROM " + table + " LIMIT 1")) {
        return rows.next();
      } finally {
        connection.rollback();
      }
    }

    @Override
    public void load(int binding, List<Packed> keys, Found found) throws SQLException {
      Table table = tables.get(binding);
      if (table.load == null) {
        return;
      }
      for (Packed key : keys) {
        List<JsonNode> values = key.values();
        for (int i = 0; i < values.size(); i++) {
          speech.set(table.load, i + 1, values.get(i));
        }
        try (ResultSet rows = table.load.executeQuery()) {
          if (rows.next()) {
            found.row(Json.parse(rows.getString(1)));
          }
        }
      }
    }

    @Override
    public void store(Row row) throws SQLException {
      Table table = tables.get(row.binding());
      if (row.delete()) {
        table.delete(row.keys());
        return;
      }
      if (writing != table) {
        pause();
        writing = table;
      }
      table.add(row);
    }

    /** Gives the connection free for other statements. */
    private void pause() throws SQLException {
      Table open = writing;
      writing = null;
      if (open != null) {
        open.upserts.pause();
      }
    }

    @Override
    public ConnectorState commit(JsonNode next) throws SQLException, FencedException {
      pause();
      for (Table table : tables) {
        table.flush();
      }
      fence.commit(next);
      return ConnectorState.unchanged();
    }

    @Override
    public void close() {
      try (connection) {
        for (Table table : tables) {
          table.upserts.close();
        }
      } catch (SQLException e) {
        throw new IllegalStateException("cannot close the destination's connection", e);
      }
    }

    /** The statements of one table. */
    private final class Table {
      private final Materialize.Bound<TableResource> binding;
      private final Upserts upserts;
      private final PreparedStatement delete;
      private final @Nullable PreparedStatement load;
      private int deletions;

      Table(Materialize.Bound<TableResource> binding, int number) throws SQLException {
        this.binding = binding;
        SqlTable table = new SqlTable(binding.resource().table(), columns(binding),
            binding.spec().fieldSelection().keys().size());
        String where = " FROM " + table.quotedName() + " WHERE " + table.where(speech::placeholder);
        upserts = speech.upserts(connection, table, number);
        delete = connection.prepareStatement("DELETE" + where);
        String document = binding.spec().fieldSelection().document();
        load = document.isEmpty()
            ? null
            : connection.prepareStatement("SELECT " + SqlTable.quoted(document) + where);
      }

      void add(Row row) throws SQLException {
        List<JsonNode> values = new ArrayList<>(row.keys());
        values.addAll(row.values());
        if (!binding.spec().fieldSelection().document().isEmpty()) {
          values.add(row.document() == null ? Json.object() : row.document());
        }
        upserts.add(values);
      }

      /*
       * A key comes once in a transaction, so it does not matter whether rows go before others come. Only of keys that
       * differ as JSON and are one to the database (a time that was written in two ways) a row may stay that a later
       * deletion meant.
       */
      void delete(List<JsonNode> keys) throws SQLException {
        for (int i = 0; i < keys.size(); i++) {
          speech.set(delete, i + 1, keys.get(i));
        }
        delete.addBatch();
        if (++deletions >= BATCH) {
          pause();
          flushDeletions();
        }
      }

      void flush() throws SQLException {
        flushDeletions();
        upserts.flush();
      }

      private void flushDeletions() throws SQLException {
        if (deletions > 0) {
          delete.executeBatch();
          deletions = 0;
        }
      }
    }
  }
}
