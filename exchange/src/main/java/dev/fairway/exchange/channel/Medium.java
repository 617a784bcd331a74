package dev.fairway.exchange.channel;

import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one table of a shared database medium, and its rules.
 *
 * <p>Each row is an event: {@code new} holds a message, whose id is the row's number; {@code status} changes one. Rows are
 * numbered in commit order without gaps, because a writer holds the single row of {@code channel_head} until it commits;
 * so a reader that remembers the last number it saw misses nothing. Each row's hash covers its content and the hash before
 * it, and the database refuses changes to rows, so a change behind its back can be shown.
 */
final class Medium {
  private static final String COLUMNS = """
      seq, kind, message, sender, receiver, subject, obj, predicate, sender_ref, post_key, status, at""";
  private static final String ROW = "SELECT n.message, n.sender, n.receiver, n.subject, n.obj, n.predicate, n.sender_ref, ";

  private Medium() {}

  /** A message about to be appended. */
  record NewRow(Message message, Optional<String> senderRef, String key) {}

  /** What became of it. */
  sealed interface Appended {
    /** @param fresh false when the key was there before */
    record Row(long id, ChannelStatus status, boolean fresh) implements Appended {}

    /** The key stands for another message. */
    record KeyTaken(long id) implements Appended {}
  }

  /** The last row's number and hash. */
  private record Head(long seq, String hash) {}

  /** Appends messages in one transaction, which the caller commits. A resend is told the status of today. */
  static List<Appended> append(Connection database, List<NewRow> rows, Instant now) throws SQLException {
    Head head = lockHead(database);
    List<Appended> results = new ArrayList<>(rows.size());
    try (PreparedStatement find = database
        .prepareStatement("SELECT message, receiver, subject, obj, predicate FROM channel_row"
            + " WHERE sender = ? AND post_key = ?");
        PreparedStatement insert = insertion(database)) {
      for (NewRow row : rows) {
        Appended known = known(find, row);
        if (known != null) {
          results.add(known);
          continue;
        }
        long seq = head.seq + 1;
        head = insert(insert, head, "new", seq, row.message, row.senderRef.orElse(null), row.key,
            ChannelStatus.CONFIRMED, now);
        results.add(new Appended.Row(seq, ChannelStatus.CONFIRMED, true));
      }
    }
    moveHead(database, head);
    List<Appended> settled = new ArrayList<>(results.size());
    for (Appended result : results) {
      settled.add(result instanceof Appended.Row row && !row.fresh
          ? new Appended.Row(row.id, status(database, row.id), false)
          : result);
    }
    return settled;
  }

  private static @Nullable Appended known(PreparedStatement find, NewRow row) throws SQLException {
    find.setString(1, row.message.sender().code());
    find.setString(2, row.key);
    try (ResultSet found = find.executeQuery()) {
      if (!found.next()) {
        return null;
      }
      Message stored = new Message(row.message.sender(), new Jurisdiction(found.getString("receiver")),
          found.getString("subject"), found.getString("obj"), found.getString("predicate"));
      long id = found.getLong("message");
      return stored.equals(row.message)
          ? new Appended.Row(id, ChannelStatus.CONFIRMED, false)
          : new Appended.KeyTaken(id);
    }
  }

  /** Appends a change of status; false when there is no such message, or it has that status. */
  static boolean change(Connection database, long id, ChannelStatus status, Instant now) throws SQLException {
    Head head = lockHead(database);
    Optional<ChannelMessage> found = find(database, id);
    if (found.isEmpty() || found.get().status() == status) {
      return false;
    }
    try (PreparedStatement insert = insertion(database)) {
      moveHead(database, insert(insert, head, "status", id, found.get().message(), null, null, status, now));
    }
    return true;
  }

  private static PreparedStatement insertion(Connection database) throws SQLException {
    return database.prepareStatement("INSERT INTO channel_row (" + COLUMNS + ", prev_hash, row_hash)"
        + " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  }

  private static Head insert(PreparedStatement insert, Head head, String kind, long id, Message message,
      @Nullable String senderRef, @Nullable String key, ChannelStatus status, Instant now) throws SQLException {
    long seq = head.seq + 1;
    long at = ChronoUnit.MICROS.between(Instant.EPOCH, now);
    String hash = hash(head.hash, seq, kind, id, message, senderRef, key, status, at);
    insert.setLong(1, seq);
    insert.setString(2, kind);
    insert.setLong(3, id);
    insert.setString(4, message.sender().code());
    insert.setString(5, message.receiver().code());
    insert.setString(6, message.subject());
    insert.setString(7, message.obj());
    insert.setString(8, message.predicate());
    insert.setString(9, senderRef);
    insert.setString(10, key);
    insert.setString(11, status.wire());
    insert.setLong(12, at);
    insert.setString(13, head.hash);
    insert.setString(14, hash);
    insert.executeUpdate();
    return new Head(seq, hash);
  }

  private static Head lockHead(Connection database) throws SQLException {
    try (PreparedStatement lock = database.prepareStatement("UPDATE channel_head SET seq = seq WHERE id = 1");
        PreparedStatement read = database.prepareStatement("SELECT seq, hash FROM channel_head WHERE id = 1")) {
      lock.executeUpdate();
      try (ResultSet row = read.executeQuery()) {
        row.next();
        return new Head(row.getLong("seq"), row.getString("hash"));
      }
    }
  }

  private static void moveHead(Connection database, Head head) throws SQLException {
    try (PreparedStatement update = database
        .prepareStatement("UPDATE channel_head SET seq = ?, hash = ? WHERE id = 1")) {
      update.setLong(1, head.seq);
      update.setString(2, head.hash);
      update.executeUpdate();
    }
  }

  static Optional<ChannelMessage> find(Connection database, long id) throws SQLException {
    return first(database, ROW + newest("n.message") + " WHERE n.seq = ? AND n.kind = 'new'",
        statement -> statement.setLong(1, id));
  }

  static Optional<ChannelMessage> findByKey(Connection database, Jurisdiction sender, String key) throws SQLException {
    return first(database, ROW + newest("n.message") + " WHERE n.sender = ? AND n.post_key = ?", statement -> {
      statement.setString(1, sender.code());
      statement.setString(2, key);
    });
  }

  private static ChannelStatus status(Connection database, long id) throws SQLException {
    return find(database, id).map(ChannelMessage::status).orElse(ChannelStatus.CONFIRMED);
  }

  /** The message's latest status and when it was set. */
  private static String newest(String id) {
    return "s.status, s.at FROM channel_row n JOIN channel_row s ON s.seq ="
        + " (SELECT max(seq) FROM channel_row WHERE message = " + id + ")";
  }

  /** One row of the log, as an observer reads it. */
  record Seen(long seq, ChannelMessage message) {}

  /** What a receiver has not seen: new messages and changes of status, each with the status of its row. */
  static List<Seen> forReceiver(Connection database, Jurisdiction receiver, long after, int limit)
      throws SQLException {
    return rows(database, "receiver = ? AND seq > ?", receiver, after, limit);
  }

  /** Changes of status of what a sender sent. */
  static List<Seen> changesForSender(Connection database, Jurisdiction sender, long after, int limit)
      throws SQLException {
    return rows(database, "sender = ? AND kind = 'status' AND seq > ?", sender, after, limit);
  }

  private static List<Seen> rows(Connection database, String condition, Jurisdiction party, long after, int limit)
      throws SQLException {
    try (PreparedStatement statement = database.prepareStatement("SELECT seq, message, sender, receiver, subject, obj,"
        + " predicate, sender_ref, status, at FROM channel_row WHERE " + condition + " ORDER BY seq LIMIT ?")) {
      statement.setString(1, party.code());
      statement.setLong(2, after);
      statement.setInt(3, limit);
      try (ResultSet rows = statement.executeQuery()) {
        List<Seen> seen = new ArrayList<>();
        while (rows.next()) {
          seen.add(new Seen(rows.getLong("seq"), message(rows)));
        }
        return seen;
      }
    }
  }

  private interface Binding {
    void to(PreparedStatement statement) throws SQLException;
  }

  private static Optional<ChannelMessage> first(Connection database, String sql, Binding binding) throws SQLException {
    try (PreparedStatement statement = database.prepareStatement(sql)) {
      binding.to(statement);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(message(row)) : Optional.empty();
      }
    }
  }

  private static ChannelMessage message(ResultSet row) throws SQLException {
    return new ChannelMessage(String.valueOf(row.getLong("message")),
        new Message(new Jurisdiction(row.getString("sender")), new Jurisdiction(row.getString("receiver")),
            row.getString("subject"), row.getString("obj"), row.getString("predicate")),
        ChannelStatus.ofWire(row.getString("status")), Optional.ofNullable(row.getString("sender_ref")),
        Instant.EPOCH.plus(row.getLong("at"), ChronoUnit.MICROS));
  }

  /** The number of the first row whose hash does not follow from its content and the row before; empty when all do. */
  static Optional<Long> firstBrokenRow(Connection database) throws SQLException {
    try (PreparedStatement statement = database
        .prepareStatement("SELECT " + COLUMNS + ", prev_hash, row_hash FROM channel_row ORDER BY seq")) {
      statement.setFetchSize(1_000);
      try (ResultSet row = statement.executeQuery()) {
        Head head = new Head(0, "");
        while (row.next()) {
          ChannelMessage message = message(row);
          String hash = hash(head.hash, head.seq + 1, row.getString("kind"), row.getLong("message"), message.message(),
              row.getString("sender_ref"), row.getString("post_key"), message.status(), row.getLong("at"));
          if (row.getLong("seq") != head.seq + 1 || !row.getString("prev_hash").equals(head.hash)
              || !row.getString("row_hash").equals(hash)) {
            return Optional.of(row.getLong("seq"));
          }
          head = new Head(head.seq + 1, hash);
        }
        return Optional.empty();
      }
    }
  }

  /** SHA-256 over the hash before and each column, every part preceded by its length, so that no two rows run together. */
  private static String hash(String previous, long seq, String kind, long id, Message message,
      @Nullable String senderRef, @Nullable String key, ChannelStatus status, long at) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (String part : new String[]{previous, String.valueOf(seq), kind, String.valueOf(id), message.sender().code(),
          message.receiver().code(), message.subject(), message.obj(), message.predicate(),
          senderRef == null ? "" : senderRef, key == null ? "" : key, status.wire(), String.valueOf(at)}) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        sha256.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        sha256.update(bytes);
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
