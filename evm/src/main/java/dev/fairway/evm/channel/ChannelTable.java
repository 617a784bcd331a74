package dev.fairway.evm.channel;

import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.Observation;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.LogEntry;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The statements of one channel. Each change of status takes the next number of the channel's row, which is held until the
 * commit: whatever commits later has a higher number, so a reader's cursor passes nothing by.
 */
final class ChannelTable {
  private static final String MESSAGE = "sender, receiver, subject, obj, predicate, sender_ref, id, status, updated_at";
  /** Where a log's message may be: under its transaction's hash, or with its place added. */
  private static final String OF_LOG = " WHERE channel = ? AND id IN (?, ?) AND block_hash = ? AND log_index = ?";

  private static final int IDS_AT_ONCE = 500;

  private final String channel;

  ChannelTable(String channel) {
    this.channel = channel;
  }

  /** A message this end posted. */
  record Posted(String key, long transaction, Message message, Optional<String> senderRef, Optional<String> id,
      ChannelStatus status, Instant updatedAt) {
    ChannelMessage toMessage() {
      return new ChannelMessage(id.orElse("transaction-" + transaction), message, status, senderRef, updatedAt);
    }
  }

  /** A message this end received, and the log that told of it. */
  record Received(ChannelMessage message, String blockHash, long index, boolean retracted) {}

  void open(Transaction tx) throws SQLException {
    update(tx, "INSERT INTO evm_channel (name, changes) VALUES (?, 0) ON CONFLICT DO NOTHING", channel);
  }

  private long change(Transaction tx) throws SQLException {
    return changes(tx, 1);
  }

  /** Takes so many numbers; the last of them. */
  private long changes(Transaction tx, int count) throws SQLException {
    try (PreparedStatement next = tx.connection().prepareStatement(
        "UPDATE evm_channel SET changes = changes + ? WHERE name = ? RETURNING changes")) {
      next.setInt(1, count);
      next.setString(2, channel);
      try (ResultSet row = next.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  void post(Transaction tx, Envelope envelope, long transaction) throws SQLException {
    Message message = envelope.message();
    update(tx,
        "INSERT INTO evm_channel_sent (channel, message_key, transaction_id, sender, receiver, subject, obj, predicate,"
            + " sender_ref, status, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        channel, envelope.idempotencyKey(), transaction, message.sender().code(), message.receiver().code(),
        message.subject(), message.obj(), message.predicate(), envelope.senderRef().orElse(""),
        ChannelStatus.RECEIVED.name(), micros(tx.now()));
  }

  Optional<Posted> byKey(View view, String key) throws SQLException {
    return posted(view, "message_key = ?", key);
  }

  Optional<Posted> byTransaction(View view, long transaction) throws SQLException {
    return posted(view, "transaction_id = ?", transaction);
  }

  private Optional<Posted> posted(View view, String where, Object argument) throws SQLException {
    try (PreparedStatement query = view.connection().prepareStatement(
        "SELECT message_key, transaction_id, " + MESSAGE + " FROM evm_channel_sent WHERE channel = ? AND " + where)) {
      query.setString(1, channel);
      query.setObject(2, argument);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? Optional
                .of(new Posted(row.getString("message_key"), row.getLong("transaction_id"), message(row), ref(row),
                    Optional.ofNullable(row.getString("id")), ChannelStatus.valueOf(row.getString("status")),
                    instant(row.getLong("updated_at"))))
            : Optional.empty();
      }
    }
  }

  void named(Transaction tx, long transaction, Hash hash) throws SQLException {
    update(tx, "UPDATE evm_channel_sent SET id = ? WHERE transaction_id = ? AND id IS NULL", hash.hex(), transaction);
  }

  void settled(Transaction tx, long transaction, ChannelStatus status) throws SQLException {
    update(tx, "UPDATE evm_channel_sent SET status = ?, change = ?, updated_at = ? WHERE transaction_id = ?",
        status.name(),
        change(tx), micros(tx.now()), transaction);
  }

  Optional<Received> received(View view, String id) throws SQLException {
    try (PreparedStatement query = view.connection().prepareStatement("SELECT " + MESSAGE
        + ", block_hash, log_index, retracted FROM evm_channel_received WHERE channel = ? AND id = ?")) {
      query.setString(1, channel);
      query.setString(2, id);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? Optional.of(new Received(channelMessage(row), row.getString("block_hash"), row.getLong("log_index"),
                row.getLong("retracted") == 1))
            : Optional.empty();
      }
    }
  }

  /** Which of these ids stand for a message already. */
  Set<String> known(View view, List<String> ids) throws SQLException {
    Set<String> known = new HashSet<>();
    for (int from = 0; from < ids.size(); from += IDS_AT_ONCE) {
      List<String> some = ids.subList(from, Math.min(ids.size(), from + IDS_AT_ONCE));
      try (PreparedStatement query = view.connection().prepareStatement(
          "SELECT id FROM evm_channel_received WHERE channel = ? AND id IN (?" + ", ?".repeat(some.size() - 1) + ")")) {
        query.setString(1, channel);
        for (int i = 0; i < some.size(); i++) {
          query.setString(i + 2, some.get(i));
        }
        try (ResultSet row = query.executeQuery()) {
          while (row.next()) {
            known.add(row.getString(1));
          }
        }
      }
    }
    return known;
  }

  /** A message to be written for the first time. */
  record Arrival(String id, Message message, String senderRef, LogEntry log, ChannelStatus status) {
    Arrival withSenderRef(String ref) {
      return new Arrival(id, message, ref, log, status);
    }
  }

  /** Writes messages that are new, in this order. */
  void receive(Transaction tx, Collection<Arrival> arrivals) throws SQLException {
    long change = changes(tx, arrivals.size()) - arrivals.size();
    try (PreparedStatement insert = tx.connection().prepareStatement(
        "INSERT INTO evm_channel_received (channel, id, sender, receiver, subject, obj, predicate, sender_ref,"
            + " block_number, block_hash, log_index, status, change, updated_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (Arrival arrival : arrivals) {
        Message message = arrival.message();
        insert.setString(1, channel);
        insert.setString(2, arrival.id());
        insert.setString(3, message.sender().code());
        insert.setString(4, message.receiver().code());
        insert.setString(5, message.subject());
        insert.setString(6, message.obj());
        insert.setString(7, message.predicate());
        insert.setString(8, arrival.senderRef());
        insert.setLong(9, arrival.log().blockNumber());
        insert.setString(10, arrival.log().blockHash().hex());
        insert.setLong(11, arrival.log().index());
        insert.setString(12, arrival.status().name());
        insert.setLong(13, ++change);
        insert.setLong(14, micros(tx.now()));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  void place(Transaction tx, String id, LogEntry log) throws SQLException {
    update(tx, "UPDATE evm_channel_received SET block_number = ?, block_hash = ?, log_index = ?, retracted = 0"
        + " WHERE channel = ? AND id = ?", log.blockNumber(), log.blockHash().hex(), log.index(), channel, id);
  }

  void status(Transaction tx, String id, ChannelStatus status) throws SQLException {
    update(tx, "UPDATE evm_channel_received SET status = ?, change = ?, updated_at = ?, retracted = 0"
        + " WHERE channel = ? AND id = ?", status.name(), change(tx), micros(tx.now()), channel, id);
  }

  /** The name of a message that is not the first of its transaction. */
  static String further(LogEntry log, long index) {
    return log.transaction().hex() + "-" + index;
  }

  void reference(Transaction tx, LogEntry log, String senderRef) throws SQLException {
    long index = log.index() - 1;
    update(tx, "UPDATE evm_channel_received SET sender_ref = ?" + OF_LOG, senderRef, channel, log.transaction().hex(),
        further(log, index), log.blockHash().hex(), index);
  }

  void retract(Transaction tx, LogEntry log) throws SQLException {
    update(tx, "UPDATE evm_channel_received SET retracted = 1" + OF_LOG, channel, log.transaction().hex(),
        further(log, log.index()), log.blockHash().hex(), log.index());
  }

  List<String> retracted(View view) throws SQLException {
    List<String> ids = new ArrayList<>();
    try (PreparedStatement query = view.connection().prepareStatement(
        "SELECT id FROM evm_channel_received WHERE channel = ? AND retracted = 1")) {
      query.setString(1, channel);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          ids.add(row.getString(1));
        }
      }
    }
    return ids;
  }

  Observation observe(View view, boolean sent, Jurisdiction party, String cursor, int limit) throws SQLException {
    long after = cursor(cursor);
    List<ChannelMessage> messages = new ArrayList<>();
    long last = after;
    boolean more = false;
    String table = sent
        ? "evm_channel_sent WHERE channel = ? AND sender = ?"
        : "evm_channel_received WHERE channel = ? AND receiver = ?";
    try (PreparedStatement query = view.connection().prepareStatement("SELECT change, " + MESSAGE + " FROM " + table
        + " AND change > ? ORDER BY change LIMIT ?")) {
      query.setString(1, channel);
      query.setString(2, party.code());
      query.setLong(3, after);
      query.setInt(4, limit + 1);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          if (messages.size() == limit) {
            more = true;
            break;
          }
          last = row.getLong("change");
          messages.add(channelMessage(row));
        }
      }
    }
    return new Observation(messages, messages.isEmpty() ? cursor : String.valueOf(last), more);
  }

  private static long cursor(String cursor) {
    try {
      return cursor.isEmpty() ? 0 : Long.parseLong(cursor);
    } catch (NumberFormatException e) {
      throw new dev.fairway.core.FairwayException(dev.fairway.core.ErrorCode.INVALID,
          "cursor must be one that this channel gave, is \"" + cursor + "\"", e);
    }
  }

  private static ChannelMessage channelMessage(ResultSet row) throws SQLException {
    return new ChannelMessage(row.getString("id"), message(row), ChannelStatus.valueOf(row.getString("status")),
        ref(row),
        instant(row.getLong("updated_at")));
  }

  private static Message message(ResultSet row) throws SQLException {
    return new Message(new Jurisdiction(row.getString("sender")), new Jurisdiction(row.getString("receiver")),
        row.getString("subject"), row.getString("obj"), row.getString("predicate"));
  }

  private static Optional<String> ref(ResultSet row) throws SQLException {
    return Optional.ofNullable(row.getString("sender_ref")).filter(text -> !text.isEmpty());
  }

  private static void update(Transaction tx, String sql, Object... arguments) throws SQLException {
    try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      statement.executeUpdate();
    }
  }

  private static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }

  private static Instant instant(long micros) {
    return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
  }
}
