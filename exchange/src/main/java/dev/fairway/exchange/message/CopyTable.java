package dev.fairway.exchange.message;

import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.store.Transaction;
import dev.fairway.exchange.message.StoredMessage.Carriage;
import dev.fairway.exchange.sql.Sql;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Where else a message arrived, besides the carriage that counts. Channels are read each for itself, so what was sent again
 * over a second one may be here before the first one tells that it lost the message.
 *
 * <p>The caller holds the lock on the message.
 */
public final class CopyTable {
  /** Notes a copy as its channel now shows it; true when it was not known. */
  public boolean put(Transaction tx, long message, Carriage copy) throws SQLException {
    boolean known = changed(tx, copy);
    if (!known) {
      Sql.update(tx,
          "INSERT INTO exchange_copy (channel, channel_message, channel_status, message) VALUES (?,?,?,?)",
          copy.channel(), copy.id(), copy.status(), message);
    }
    return !known;
  }

  private static boolean changed(Transaction tx, Carriage copy) throws SQLException {
    return Sql.update(tx, "UPDATE exchange_copy SET channel_status = ? WHERE channel = ? AND channel_message = ?",
        copy.status(), copy.channel(), copy.id()) == 1;
  }

  /** A copy that is certain. */
  public Optional<Carriage> certain(Transaction tx, long message) throws SQLException {
    return Sql.list(tx, """
        SELECT channel, channel_message, channel_status FROM exchange_copy WHERE message = ?
        ORDER BY channel, channel_message LIMIT 100""",
        row -> new Carriage(row.getString("channel"), row.getString("channel_message"),
            ChannelStatus.valueOf(row.getString("channel_status"))),
        message).stream().filter(copy -> copy.status().certain()).findFirst();
  }

  /** From now on it is the carriage that counts. */
  public void promoted(Transaction tx, Carriage copy) throws SQLException {
    Sql.update(tx, "DELETE FROM exchange_copy WHERE channel = ? AND channel_message = ?", copy.channel(), copy.id());
  }
}
