package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.ledger.LedgerDocuments;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The tables of a ledger, per prefix:
 * <ul>
 * <li>{@code _contracts}: a row for each contract there ever was, and between which places it was active
 * <li>{@code _offsets}: the places, numbered in the ledger's order, which its offsets do not tell by themselves
 * <li>{@code _active} and {@code _active_at}: views of what is active now, and of what was at each {@code at_offset}
 * </ul>
 * A place is told once all events of its transaction are here, so no query sees half of one. A later snapshot ends what it no longer
 * shows, because what happened before it may never be known; a contract that a still later one shows was active all along.
 */
final class LedgerTables implements Transactor {
  private static final int BATCH = 1000;

  private final Connection connection;
  private final Fence fence;
  private final List<Tables> tables = new ArrayList<>();

  LedgerTables(Connection connection, Fence fence, List<String> prefixes, String jsonType) throws SQLException {
    this.connection = connection;
    this.fence = fence;
    for (String prefix : prefixes) {
      tables.add(new Tables(prefix, jsonType));
    }
    // A session may wait long for its first event, and a server cannot clean up behind an open transaction.
    connection.commit();
  }

  /** Creates tables and views that are missing. */
  static String apply(Connection connection, List<String> prefixes, String jsonType) throws SQLException {
    List<String> made = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      Fence.apply(statement);
      for (String prefix : prefixes) {
        if (!there(connection, prefix + "_active_at")) {
          for (String sql : definition(prefix, jsonType)) {
            statement.execute(sql);
          }
          made.add("made the tables " + prefix + "_contracts and " + prefix + "_offsets and their views");
        }
      }
    }
    connection.commit();
    return String.join("; ", made);
  }

  private static boolean there(Connection connection, String view) throws SQLException {
    String schema = connection.getSchema();
    try (ResultSet found = connection.getMetaData().getTables(null, schema, view, null)) {
      return found.next();
    }
  }

  private static List<String> definition(String prefix, String jsonType) {
    return List
        .of("""
            CREATE TABLE "%1$s_offsets" (place BIGINT PRIMARY KEY, ledger_offset TEXT NOT NULL UNIQUE, transaction_id TEXT,
              effective_at TEXT, command_id TEXT, workflow_id TEXT);
            CREATE TABLE "%1$s_contracts" (contract_id TEXT PRIMARY KEY, template TEXT NOT NULL, package_id TEXT, package_name TEXT,
              payload %2$s NOT NULL, contract_key %2$s, signatories %2$s NOT NULL, observers %2$s NOT NULL, created_at TEXT,
              created_place BIGINT NOT NULL, archived_place BIGINT, seen_place BIGINT NOT NULL);
            CREATE INDEX "%1$s_by_template" ON "%1$s_contracts" (template, created_place);
            CREATE INDEX "%1$s_by_end" ON "%1$s_contracts" (archived_place);
            CREATE VIEW "%1$s_active" AS SELECT c.* FROM "%1$s_contracts" c, (SELECT max(place) AS place FROM "%1$s_offsets") o
              WHERE c.created_place <= o.place AND (c.archived_place IS NULL OR c.archived_place > o.place);
            CREATE VIEW "%1$s_active_at" AS SELECT o.ledger_offset AS at_offset, c.* FROM "%1$s_offsets" o
              JOIN "%1$s_contracts" c
                ON c.created_place <= o.place AND (c.archived_place IS NULL OR c.archived_place > o.place)"""
            .formatted(prefix, jsonType).split(";\n"));
  }

  @Override
  public Optional<JsonNode> checkpoint() {
    return fence.checkpoint();
  }

  @Override
  public boolean loads() {
    return false;
  }

  @Override
  public void load(int binding, List<Packed> keys, Found found) {
    // Events are only ever added.
  }

  @Override
  public void store(Row row) throws SQLException {
    if (row.document() != null) {
      tables.get(row.binding()).take(row.document());
    }
  }

  @Override
  public ConnectorState commit(JsonNode checkpoint) throws SQLException, FencedException {
    for (Tables each : tables) {
      each.flush();
    }
    fence.commit(checkpoint);
    return ConnectorState.unchanged();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("cannot close the destination's connection", e);
    }
  }

  /** The statements of one prefix. */
  private final class Tables {
    private final PreparedStatement create;
    private final PreparedStatement archive;
    private final PreparedStatement forget;
    private final PreparedStatement tell;
    /* Statements are batched as long as they are the same one, which keeps the events in order. */
    private @Nullable PreparedStatement batched;
    private int waiting;
    /* The place of the transaction whose events are coming. */
    private long place;

    Tables(String prefix, String jsonType) throws SQLException {
      String contracts = "\"" + prefix + "_contracts\"";
      String offsets = "\"" + prefix + "_offsets\"";
      String json = "CAST(? AS " + jsonType + ")";
      create = connection.prepareStatement("INSERT INTO " + contracts
          + " (contract_id, template, package_id, package_name,"
          + " payload, contract_key, signatories, observers, created_at, created_place, seen_place) VALUES (?, ?, ?, ?, "
          + String.join(", ", json, json, json, json) + ", ?, ?, ?)"
          + " ON CONFLICT (contract_id) DO UPDATE SET seen_place = excluded.seen_place, archived_place = NULL");
      archive = connection.prepareStatement("UPDATE " + contracts
          + " SET archived_place = ? WHERE contract_id = ? AND archived_place IS NULL");
      forget = connection.prepareStatement("UPDATE " + contracts
          + " SET archived_place = ? WHERE archived_place IS NULL AND seen_place < ?");
      tell = connection.prepareStatement("INSERT INTO " + offsets
          + " (place, ledger_offset, transaction_id, effective_at, command_id, workflow_id) VALUES (?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (ledger_offset) DO UPDATE SET place = excluded.place");
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT coalesce(max(place), 0) + 1 FROM " + offsets)) {
        row.next();
        place = row.getLong(1);
      }
    }

    void take(JsonNode event) throws SQLException {
      String contract = event.path("contract").asString("");
      switch (event.path("event").asString("")) {
        case LedgerDocuments.CREATED -> created(contract, event);
        case LedgerDocuments.ARCHIVED -> {
          archive.setLong(1, place);
          archive.setString(2, contract);
          add(archive);
        }
        case LedgerDocuments.SNAPSHOT -> {
          forget.setLong(1, place);
          forget.setLong(2, place);
          add(forget);
        }
        default -> throw new IllegalArgumentException("no event of a ledger: " + Json.text(event));
      }
      if (event.path(LedgerDocuments.LAST).asBoolean(false)) {
        told(event);
      }
    }

    private void created(String contract, JsonNode event) throws SQLException {
      create.setString(1, contract);
      create.setString(2, event.path("template").asString(""));
      create.setString(3, text(event.path("package")));
      create.setString(4, text(event.path("packageName")));
      create.setString(5, Json.text(event.path("payload")));
      create.setString(6, event.has("key") ? Json.text(event.path("key")) : null);
      create.setString(7, Json.text(list(event.path("signatories"))));
      create.setString(8, Json.text(list(event.path("observers"))));
      create.setString(9, text(event.path("createdAt")));
      create.setLong(10, place);
      create.setLong(11, place);
      add(create);
    }

    private void told(JsonNode event) throws SQLException {
      tell.setLong(1, place);
      tell.setString(2, event.path("offset").asString(""));
      tell.setString(3, text(event.path("transaction")));
      tell.setString(4, text(event.path("effectiveAt")));
      tell.setString(5, text(event.path("command")));
      tell.setString(6, text(event.path("workflow")));
      add(tell);
      place++;
    }

    private void add(PreparedStatement statement) throws SQLException {
      if (!statement.equals(batched)) {
        flush();
        batched = statement;
      }
      statement.addBatch();
      if (++waiting >= BATCH) {
        flush();
      }
    }

    void flush() throws SQLException {
      if (batched != null && waiting > 0) {
        batched.executeBatch();
        waiting = 0;
      }
    }
  }

  private static @Nullable String text(JsonNode value) {
    return value.isMissingNode() ? null : value.asString("");
  }

  private static JsonNode list(JsonNode value) {
    return value.isMissingNode() ? Json.array() : value;
  }
}
