package dev.fairway.exchange.message;

import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.exchange.sql.Sql;
import dev.fairway.web.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The rows of messages, and of what happened to each. */
public final class MessageTable {
  private static final String INSERT = """
      INSERT INTO exchange_message (sender, sender_ref, receiver, subject, obj, predicate, state, channel, \
      channel_message, channel_status, documents, priority, ordered, sendings, version, submitter, created_at, updated_at) \
      VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,1,1,?,?,?) ON CONFLICT DO NOTHING""";
  private static final String SELECT = """
      SELECT id, sender, sender_ref, receiver, subject, obj, predicate, state, channel, channel_message, \
      channel_status, documents, priority, ordered, sendings, version, created_at, updated_at FROM exchange_message\s""";

  /** What happened to a message. */
  public record Step(Instant at, MessageState state, String actor, String detail) {}

  /** What a list of messages shall show. */
  public record Filter(Optional<String> sender, Optional<String> receiver, Optional<String> subject,
      Optional<String> predicate, Optional<MessageStatus> status, Optional<MessageState> state,
      Optional<Instant> since) {
    public static final Filter ALL = new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** False when the reference, or the channel's name for it, is taken. */
  boolean insert(Transaction tx, Message message, String senderRef, MessageState state,
      Optional<StoredMessage.Carriage> carriage, StoredMessage.Documents documents, int priority, boolean ordered,
      String submitter) throws SQLException {
    return Sql.update(tx, INSERT, message.sender().code(), senderRef, message.receiver().code(), message.subject(),
        message.obj(), message.predicate(), state, carriage.map(StoredMessage.Carriage::channel),
        carriage.map(StoredMessage.Carriage::id), carriage.map(StoredMessage.Carriage::status), documents, priority,
        ordered, submitter, tx.now(), tx.now()) == 1;
  }

  /** Stores a message that arrived; false when its reference, or the channel's name for it, is taken. */
  public boolean receive(Transaction tx, Message message, String senderRef, StoredMessage.Carriage carriage,
      StoredMessage.Documents documents) throws SQLException {
    return insert(tx, message, senderRef, MessageState.RECEIVED, Optional.of(carriage), documents, 5, false, "");
  }

  /** Stores a message that an older node kept, from the time it did. Neither its reference nor its carriage is here. */
  public StoredMessage takeOver(Transaction tx, Message message, MessageRef ref, MessageState state,
      Optional<StoredMessage.Carriage> carriage, StoredMessage.Documents documents, Instant at) throws SQLException {
    Sql.update(tx, INSERT, message.sender().code(), ref.senderRef(), message.receiver().code(), message.subject(),
        message.obj(), message.predicate(), state, carriage.map(StoredMessage.Carriage::channel),
        carriage.map(StoredMessage.Carriage::id), carriage.map(StoredMessage.Carriage::status), documents, 5, false, "",
        at, at);
    return find(tx, ref).orElseThrow();
  }

  public Optional<StoredMessage> find(View view, MessageRef ref) throws SQLException {
    return Sql.first(view, SELECT + "WHERE sender = ? AND sender_ref = ?", MessageTable::read, ref.sender().code(),
        ref.senderRef());
  }

  /** Like {@link #find}, and nobody else changes it until the transaction ends. */
  public Optional<StoredMessage> lock(Transaction tx, MessageRef ref) throws SQLException {
    return Sql.first(tx, SELECT + "WHERE sender = ? AND sender_ref = ?" + Sql.forUpdate(tx), MessageTable::read,
        ref.sender().code(), ref.senderRef());
  }

  /** By the channel's name for it; nobody else changes it until the transaction ends. */
  public Optional<StoredMessage> lockByCarriage(Transaction tx, String channel, String id) throws SQLException {
    return Sql.first(tx, SELECT + "WHERE channel = ? AND channel_message = ?" + Sql.forUpdate(tx), MessageTable::read,
        channel, id);
  }

  /** By the channel's name for a {@linkplain CopyTable copy}; nobody else changes it until the transaction ends. */
  public Optional<StoredMessage> lockByCopy(Transaction tx, String channel, String id) throws SQLException {
    return Sql.first(tx, SELECT + "WHERE id = (SELECT message FROM exchange_copy WHERE channel = ?"
        + " AND channel_message = ?)" + Sql.forUpdate(tx), MessageTable::read, channel, id);
  }

  public Optional<StoredMessage> findByCarriage(View view, String channel, String id) throws SQLException {
    return Sql.first(view, SELECT + "WHERE channel = ? AND channel_message = ?", MessageTable::read, channel, id);
  }

  /** Messages newest first, below an id. */
  List<StoredMessage> list(View view, Filter filter, long below, int limit) throws SQLException {
    List<String> conditions = new ArrayList<>(List.of("id < ?"));
    List<Object> values = new ArrayList<>(List.of(below));
    filter.sender().ifPresent(value -> add(conditions, values, "sender = ?", value));
    filter.receiver().ifPresent(value -> add(conditions, values, "receiver = ?", value));
    filter.subject().ifPresent(value -> add(conditions, values, "subject = ?", value));
    filter.state().ifPresent(value -> add(conditions, values, "state = ?", value));
    filter.since().ifPresent(value -> add(conditions, values, "updated_at > ?", value));
    filter.status().ifPresent(status -> conditions.add(java.util.Arrays.stream(MessageState.values())
        .filter(state -> state.status() == status).map(state -> "'" + state.name() + "'")
        .collect(Collectors.joining(",", "state IN (", ")"))));
    filter.predicate().ifPresent(value -> {
      if (value.endsWith("*")) {
        String start = value.substring(0, value.length() - 1);
        add(conditions, values, "substr(predicate, 1, " + start.length() + ") = ?", start);
      } else {
        add(conditions, values, "predicate = ?", value);
      }
    });
    values.add(limit);
    return Sql.list(view, SELECT + "WHERE " + String.join(" AND ", conditions) + " ORDER BY id DESC LIMIT ?",
        MessageTable::read, values.toArray());
  }

  private static void add(List<String> conditions, List<Object> values, String condition, Object value) {
    conditions.add(condition);
    values.add(value);
  }

  /** Writes a message's new state and carriage, and a step that says so. */
  public StoredMessage move(Transaction tx, StoredMessage message, MessageState state,
      Optional<StoredMessage.Carriage> carriage, String actor, String detail) throws SQLException {
    Sql.update(tx, """
        UPDATE exchange_message SET state = ?, channel = ?, channel_message = ?, channel_status = ?, \
        version = version + 1, updated_at = ? WHERE id = ?""", state, carriage.map(StoredMessage.Carriage::channel),
        carriage.map(StoredMessage.Carriage::id), carriage.map(StoredMessage.Carriage::status), tx.now(), message.id());
    step(tx, message.id(), state, actor, detail);
    return new StoredMessage(message.id(), message.ref(), message.message(), state, carriage, message.documents(),
        message.priority(), message.ordered(), message.sendings(), message.version() + 1, message.createdAt(),
        tx.now());
  }

  /** Puts a message on its way once more. */
  public StoredMessage sendAgain(Transaction tx, StoredMessage message, String actor, String detail)
      throws SQLException {
    Sql.update(tx, "UPDATE exchange_message SET sendings = sendings + 1 WHERE id = ?", message.id());
    StoredMessage moved = move(tx, message, MessageState.QUEUED, Optional.empty(), actor, detail);
    return new StoredMessage(moved.id(), moved.ref(), moved.message(), moved.state(), moved.carriage(),
        moved.documents(), moved.priority(), moved.ordered(), message.sendings() + 1, moved.version(),
        moved.createdAt(), moved.updatedAt());
  }

  public void documents(Transaction tx, long message, StoredMessage.Documents documents) throws SQLException {
    Sql.update(tx, "UPDATE exchange_message SET documents = ?, version = version + 1, updated_at = ? WHERE id = ?",
        documents, tx.now(), message);
  }

  /** Notes that something happened, without a change of state. */
  public void step(Transaction tx, long message, MessageState state, String actor, String detail) throws SQLException {
    Sql.update(tx, "INSERT INTO exchange_step (message, at, state, actor, detail) VALUES (?,?,?,?,?)", message,
        tx.now(), state, actor, detail);
  }

  List<Step> steps(View view, long message) throws SQLException {
    return Sql.list(view, "SELECT at, state, actor, detail FROM exchange_step WHERE message = ? ORDER BY id LIMIT 1000",
        row -> new Step(Sql.instant(row, "at"), MessageState.valueOf(row.getString("state")), row.getString("actor"),
            row.getString("detail")),
        message);
  }

  /** Keeps why a message went where it went. */
  public void decided(Transaction tx, StoredMessage message, String decision) throws SQLException {
    Sql.update(tx, """
        INSERT INTO exchange_decision (message, sending, decision) VALUES (?,?,?)
        ON CONFLICT (message, sending) DO UPDATE SET decision = excluded.decision""", message.id(), message.sendings(),
        decision);
  }

  /** Whether the rule that took the message sends it again when its channel takes it back. */
  public boolean resends(View view, StoredMessage message) throws SQLException {
    List<String> decisions = decisions(view, message.id());
    return !decisions.isEmpty() && Json.parse(decisions.getLast()).path("resend").asBoolean(false);
  }

  List<String> decisions(View view, long message) throws SQLException {
    return Sql.list(view, "SELECT decision FROM exchange_decision WHERE message = ? ORDER BY sending LIMIT 100",
        row -> row.getString("decision"), message);
  }

  /** What is neither certain nor given up, by state and channel; read from an index of these alone. */
  List<Messages.UnderWay> underWay(View view) throws SQLException {
    return Sql.list(view, """
        SELECT state, coalesce(channel, '') AS channel, count(*) AS n, min(created_at) AS oldest FROM exchange_message
        WHERE state IN ('QUEUED', 'SENDING', 'UNCERTAIN', 'SENT') GROUP BY state, channel""",
        row -> new Messages.UnderWay(MessageState.valueOf(row.getString("state")), row.getString("channel"),
            row.getLong("n"), Optional.of(Sql.instant(row, "oldest"))));
  }

  /** What each channel carried of the newest messages; a few rows whatever the size of the table. */
  List<Messages.Traffic> traffic(View view, Jurisdiction own, int newest) throws SQLException {
    return Sql.list(view,
        """
            SELECT carried.channel, carried.sent, carried.arrived, message.sender, message.sender_ref, message.created_at
            FROM (SELECT channel, count(*) FILTER (WHERE sender = ?) AS sent, count(*) FILTER (WHERE sender <> ?) AS arrived,
                max(id) AS last_id
              FROM (SELECT id, channel, sender FROM exchange_message ORDER BY id DESC LIMIT ?) AS newest
              WHERE channel IS NOT NULL GROUP BY channel) AS carried
            JOIN exchange_message AS message ON message.id = carried.last_id ORDER BY carried.channel""",
        row -> new Messages.Traffic(row.getString("channel"), row.getLong("sent"), row.getLong("arrived"),
            new MessageRef(new Jurisdiction(row.getString("sender")), row.getString("sender_ref")),
            Sql.instant(row, "created_at")),
        own.code(), own.code(), newest);
  }

  private static StoredMessage read(ResultSet row) throws SQLException {
    Jurisdiction sender = new Jurisdiction(row.getString("sender"));
    String channel = row.getString("channel");
    Optional<StoredMessage.Carriage> carriage = channel == null
        ? Optional.empty()
        : Optional.of(new StoredMessage.Carriage(channel, row.getString("channel_message"),
            ChannelStatus.valueOf(row.getString("channel_status"))));
    return new StoredMessage(row.getLong("id"), new MessageRef(sender, row.getString("sender_ref")),
        new Message(sender, new Jurisdiction(row.getString("receiver")), row.getString("subject"), row.getString("obj"),
            row.getString("predicate")),
        MessageState.valueOf(row.getString("state")), carriage,
        StoredMessage.Documents.valueOf(row.getString("documents")), row.getInt("priority"), row.getInt("ordered") == 1,
        row.getInt("sendings"), row.getInt("version"), Sql.instant(row, "created_at"), Sql.instant(row, "updated_at"));
  }
}
