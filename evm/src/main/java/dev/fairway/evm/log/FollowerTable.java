package dev.fairway.evm.log;

import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.LogEntry;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** The statements of one follower. */
final class FollowerTable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String follower;

  FollowerTable(String follower) {
    this.follower = follower;
  }

  /**
   * How far the follower is.
   *
   * @param number the last block it is done with
   * @param hash of that block; empty when it has read none
   * @param partialBlock with {@code partialIndex}: the last log it is done with in the blocks after; below zero for none
   * @param pruned whether blocks it has read were forgotten
   */
  record Place(long chain, String query, long start, long number, Optional<Hash> hash, long partialBlock,
      long partialIndex,
      boolean pruned) {
    boolean beyond(LogEntry log) {
      return log.blockNumber() > partialBlock || (log.blockNumber() == partialBlock && log.index() > partialIndex);
    }
  }

  /** A log that could still be taken back. */
  record Kept(LogEntry log, boolean confirmed) {}

  Optional<Place> place(View view) throws SQLException {
    try (PreparedStatement query = view.connection().prepareStatement("SELECT chain, query, start_block, block_number,"
        + " block_hash, partial_block, partial_index, pruned FROM evm_follower WHERE name = ?")) {
      query.setString(1, follower);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? Optional.of(new Place(row.getLong(1), row.getString(2), row.getLong(3), row.getLong(4),
                Optional.ofNullable(row.getString(5)).map(Hash::new), row.getLong(6), row.getLong(7),
                row.getLong(8) == 1))
            : Optional.empty();
      }
    }
  }

  void create(Transaction tx, Place place) throws SQLException {
    try (PreparedStatement insert = tx.connection().prepareStatement("INSERT INTO evm_follower (name, chain, query,"
        + " start_block, block_number, block_hash) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
      insert.setString(1, follower);
      insert.setLong(2, place.chain());
      insert.setString(3, place.query());
      insert.setLong(4, place.start());
      insert.setLong(5, place.number());
      insert.setString(6, place.hash().map(Hash::hex).orElse(null));
      insert.executeUpdate();
    }
  }

  void move(Transaction tx, long number, Optional<Hash> hash) throws SQLException {
    try (PreparedStatement update = tx.connection().prepareStatement("UPDATE evm_follower SET block_number = ?,"
        + " block_hash = ?, partial_block = -1, partial_index = -1 WHERE name = ?")) {
      update.setLong(1, number);
      update.setString(2, hash.map(Hash::hex).orElse(null));
      update.setString(3, follower);
      update.executeUpdate();
    }
  }

  void partial(Transaction tx, LogEntry last) throws SQLException {
    try (PreparedStatement update = tx.connection().prepareStatement(
        "UPDATE evm_follower SET partial_block = ?, partial_index = ? WHERE name = ?")) {
      update.setLong(1, last.blockNumber());
      update.setLong(2, last.index());
      update.setString(3, follower);
      update.executeUpdate();
    }
  }

  void addBlocks(Transaction tx, Map<Long, Hash> blocks) throws SQLException {
    try (PreparedStatement insert = tx.connection().prepareStatement("INSERT INTO evm_block (follower, number, hash)"
        + " VALUES (?, ?, ?) ON CONFLICT (follower, number) DO UPDATE SET hash = excluded.hash")) {
      for (Map.Entry<Long, Hash> block : blocks.entrySet()) {
        insert.setString(1, follower);
        insert.setLong(2, block.getKey());
        insert.setString(3, block.getValue().hex());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** Known blocks at or below a height, highest first. */
  Map<Long, Hash> blocks(View view, long atMost, int limit) throws SQLException {
    Map<Long, Hash> blocks = new LinkedHashMap<>();
    try (PreparedStatement query = view.connection().prepareStatement(
        "SELECT number, hash FROM evm_block WHERE follower = ? AND number <= ? ORDER BY number DESC LIMIT " + limit)) {
      query.setString(1, follower);
      query.setLong(2, atMost);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          blocks.put(row.getLong(1), new Hash(row.getString(2)));
        }
      }
    }
    return blocks;
  }

  void forgetBlocksAbove(Transaction tx, long number) throws SQLException {
    delete(tx, "DELETE FROM evm_block WHERE follower = ? AND number > ?", number);
  }

  /** Forgets what no fork is looked for in any more. */
  void prune(Transaction tx, long below) throws SQLException {
    int gone = delete(tx, "DELETE FROM evm_block WHERE follower = ? AND number < ?", below);
    delete(tx, "DELETE FROM evm_log WHERE follower = ? AND confirmed = 1 AND block_number < ?", below);
    if (gone > 0) {
      try (PreparedStatement update = tx.connection()
          .prepareStatement("UPDATE evm_follower SET pruned = 1 WHERE name = ?")) {
        update.setString(1, follower);
        update.executeUpdate();
      }
    }
  }

  private int delete(Transaction tx, String sql, long number) throws SQLException {
    try (PreparedStatement delete = tx.connection().prepareStatement(sql)) {
      delete.setString(1, follower);
      delete.setLong(2, number);
      return delete.executeUpdate();
    }
  }

  void keep(Transaction tx, Collection<Kept> logs) throws SQLException {
    try (PreparedStatement insert = tx.connection().prepareStatement("INSERT INTO evm_log (follower, block_number,"
        + " log_index, block_hash, confirmed, entry) VALUES (?, ?, ?, ?, ?, ?)")) {
      for (Kept kept : logs) {
        insert.setString(1, follower);
        insert.setLong(2, kept.log().blockNumber());
        insert.setLong(3, kept.log().index());
        insert.setString(4, kept.log().blockHash().hex());
        insert.setLong(5, kept.confirmed() ? 1 : 0);
        insert.setString(6, JSON.writeValueAsString(kept.log().json()));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  List<Kept> kept(View view, String more, int limit, long... arguments) throws SQLException {
    List<Kept> logs = new ArrayList<>();
    try (PreparedStatement query = view.connection()
        .prepareStatement("SELECT entry, confirmed FROM evm_log WHERE follower = ?"
            + more + " ORDER BY block_number, log_index LIMIT " + limit)) {
      query.setString(1, follower);
      for (int i = 0; i < arguments.length; i++) {
        query.setLong(i + 2, arguments[i]);
      }
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          logs.add(new Kept(LogEntry.of(JSON.readTree(row.getString(1))), row.getLong(2) == 1));
        }
      }
    }
    return logs;
  }

  void confirm(Transaction tx, Collection<LogEntry> logs) throws SQLException {
    each(tx,
        "UPDATE evm_log SET confirmed = 1 WHERE follower = ? AND block_number = ? AND log_index = ? AND block_hash = ?",
        logs);
  }

  void forget(Transaction tx, Collection<LogEntry> logs) throws SQLException {
    each(tx, "DELETE FROM evm_log WHERE follower = ? AND block_number = ? AND log_index = ? AND block_hash = ?", logs);
  }

  private void each(Transaction tx, String sql, Collection<LogEntry> logs) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      for (LogEntry log : logs) {
        statement.setString(1, follower);
        statement.setLong(2, log.blockNumber());
        statement.setLong(3, log.index());
        statement.setString(4, log.blockHash().hex());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}
