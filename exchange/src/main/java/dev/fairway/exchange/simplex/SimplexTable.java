package dev.fairway.exchange.simplex;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.Observation;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.exchange.sql.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The statements of one channel. Each change takes the next number of the channel's row, which is held until the commit:
 * whatever commits later has a higher number, so a reader's cursor passes nothing by.
 */
final class SimplexTable {
  private static final String COLUMNS = "id, sender, receiver, subject, obj, predicate, sender_ref, status, change,"
      + " updated_at";

  private final String channel;

  SimplexTable(String channel) {
    this.channel = channel;
  }

  private record Numbered(long change, ChannelMessage message) {}

  void open(Transaction tx) throws SQLException {
    Sql.update(tx, "INSERT INTO exchange_simplex (channel, changes) VALUES (?, 0) ON CONFLICT DO NOTHING", channel);
  }

  private long change(Transaction tx) throws SQLException {
    return Sql.first(tx, "UPDATE exchange_simplex SET changes = changes + 1 WHERE channel = ? RETURNING changes",
        row -> row.getLong(1), channel).orElseThrow();
  }

  /** False when there is one of that id. */
  boolean insert(Transaction tx, boolean sent, String key, String id, Message message, Optional<String> senderRef,
      ChannelStatus status, Optional<RequestSignature.Verdict.Good> evidence) throws SQLException {
    return Sql.update(tx, """
        INSERT INTO exchange_simplex_message (channel, id, sent, message_key, sender, receiver, subject, obj, predicate,
          sender_ref, status, signature_input, signature, change, updated_at)
        VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING""", channel, id, sent, key,
        message.sender().code(), message.receiver().code(), message.subject(), message.obj(), message.predicate(),
        senderRef, status, evidence.map(RequestSignature.Verdict.Good::input),
        evidence.map(RequestSignature.Verdict.Good::signature), change(tx), tx.now()) == 1;
  }

  /** Never takes back that a message was delivered. */
  void status(Transaction tx, String id, ChannelStatus status) throws SQLException {
    Sql.update(tx, """
        UPDATE exchange_simplex_message SET status = ?, change = ?, updated_at = ?
        WHERE channel = ? AND id = ? AND status <> ? AND status <> ?""", status, change(tx), tx.now(), channel, id,
        status, ChannelStatus.DELIVERED);
  }

  Optional<ChannelMessage> find(View view, String id) throws SQLException {
    return Sql.first(view, "SELECT " + COLUMNS + " FROM exchange_simplex_message WHERE channel = ? AND id = ?",
        SimplexTable::read, channel, id).map(Numbered::message);
  }

  Observation observe(View view, boolean sent, Jurisdiction party, String cursor, int limit) throws SQLException {
    List<Numbered> found = Sql.list(view, "SELECT " + COLUMNS + " FROM exchange_simplex_message WHERE channel = ?"
        + " AND sent = ? AND " + (sent ? "sender" : "receiver") + " = ? AND change > ? ORDER BY change LIMIT ?",
        SimplexTable::read, channel, sent, party.code(), place(cursor), limit + 1);
    List<Numbered> page = found.subList(0, Math.min(limit, found.size()));
    return new Observation(page.stream().map(Numbered::message).toList(),
        page.isEmpty() ? cursor : String.valueOf(page.getLast().change), found.size() > limit);
  }

  private static long place(String cursor) {
    try {
      return cursor.isEmpty() ? 0 : Long.parseLong(cursor);
    } catch (NumberFormatException e) {
      throw new FairwayException(ErrorCode.INVALID, "cursor must be one that this channel gave", e);
    }
  }

  private static Numbered read(ResultSet row) throws SQLException {
    Message message = new Message(new Jurisdiction(row.getString("sender")),
        new Jurisdiction(row.getString("receiver")), row.getString("subject"), row.getString("obj"),
        row.getString("predicate"));
    return new Numbered(row.getLong("change"),
        new ChannelMessage(row.getString("id"), message, ChannelStatus.valueOf(row.getString("status")),
            Sql.text(row, "sender_ref"), Sql.instant(row, "updated_at")));
  }
}
