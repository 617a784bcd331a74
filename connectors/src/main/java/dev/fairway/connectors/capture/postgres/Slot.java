package dev.fairway.connectors.capture.postgres;

import dev.fairway.connector.json.Json;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;
import tools.jackson.databind.JsonNode;

/**
 * A replication slot: the place up to which the database keeps its log for us. A slot that is gone took changes with it, so
 * that nothing but capturing the tables anew helps; it is never made again silently.
 *
 * @param state of the sessions before, or of a slot that was made just now
 * @param fresh whether there is no state of it yet
 */
record Slot(String name, JsonNode state, boolean fresh) {
  /** Finds the slot, or makes it where there is no state that would miss it. */
  static Slot open(Connection sql, String name, Optional<JsonNode> state) throws SQLException {
    Optional<JsonNode> ours = state.filter(kept -> kept.path("slot").asString("").equals(name));
    try (PreparedStatement query = sql.prepareStatement("""
        SELECT plugin, database = current_database(), wal_status, confirmed_flush_lsn::text
        FROM pg_replication_slots WHERE slot_name = ?""")) {
      query.setString(1, name);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          if (ours.isPresent()) {
            throw gone(name, "is gone");
          }
          return new Slot(name, begin(name, make(sql, name)), true);
        }
        if (!"pgoutput".equals(row.getString(1)) || !row.getBoolean(2)) {
          throw new FairwayException(ErrorCode.CONFIGURATION,
              "replication slot " + name + " is for another plugin or database; choose another name for ours");
        }
        if ("lost".equals(row.getString(3))) {
          throw gone(name, "was lost: the server took the log away that it needed (max_slot_wal_keep_size)");
        }
        String confirmed = row.getString(4);
        return new Slot(name, ours.orElseGet(() -> begin(name, confirmed)), ours.isEmpty());
      }
    }
  }

  private static String make(Connection sql, String name) throws SQLException {
    try (PreparedStatement create = sql.prepareStatement(
        "SELECT lsn::text FROM pg_create_logical_replication_slot(?, 'pgoutput')")) {
      create.setString(1, name);
      try (ResultSet row = create.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private static JsonNode begin(String name, String lsn) {
    return Json.object().put("slot", name).put("lsn", lsn);
  }

  private static FairwayException gone(String name, String how) {
    return new FairwayException(ErrorCode.CONFIGURATION, "replication slot " + name + " " + how
        + ", and with it the changes since the last session. Choose another slot in the configuration: the tables are then"
        + " captured anew");
  }

  /** Follows the log from where it was captured to. */
  PGReplicationStream follow(Connection replication, String publication) throws SQLException {
    return replication.unwrap(PGConnection.class).getReplicationAPI().replicationStream().logical().withSlotName(name)
        .withStartPosition(LogSequenceNumber.valueOf(state.path("lsn").asString()))
        .withSlotOption("proto_version", 1).withSlotOption("publication_names", PgTable.quoted(publication)).start();
  }
}
