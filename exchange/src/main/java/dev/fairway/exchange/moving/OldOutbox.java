package dev.fairway.exchange.moving;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.channel.MessageRef;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of messages on their way that an older node kept in PostgreSQL. Read only. To be used by one thread. */
public final class OldOutbox implements AutoCloseable {
  private final @Nullable Connection connection;

  private OldOutbox(@Nullable Connection connection) {
    this.connection = connection;
  }

  /** For when there is none any more: nothing is known of what was on its way. */
  public static OldOutbox none() {
    return new OldOutbox(null);
  }

  /**
   * Opens it.
   *
   * @param url {@code jdbc:postgresql://host:port/database}
   * @throws FairwayException with {@code PEER_FAILED} when it cannot be reached, or has no table of messages
   */
  public static OldOutbox open(String url, String user, Secret password) {
    Connection opened = null;
    try {
      opened = DriverManager.getConnection(url, user, password.reveal());
      opened.setReadOnly(true);
      OldOutbox outbox = new OldOutbox(opened);
      outbox.latest("", "");
      return outbox;
    } catch (SQLException e) {
      close(opened);
      throw unreadable(e);
    }
  }

  boolean known() {
    return connection != null;
  }

  /** Where a message was last, in the older node's words: pending, sending, accepted or rejected. */
  Optional<String> status(MessageRef ref) {
    try {
      return known() ? latest(ref.sender().code(), ref.senderRef()) : Optional.empty();
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  private Optional<String> latest(String sender, String ref) throws SQLException {
    try (PreparedStatement statement = java.util.Objects.requireNonNull(connection)
        .prepareStatement("SELECT status FROM message WHERE sender = ? AND sender_ref = ? ORDER BY id DESC LIMIT 1")) {
      statement.setString(1, sender);
      statement.setString(2, ref);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }

  private static FairwayException unreadable(SQLException e) {
    return new FairwayException(ErrorCode.PEER_FAILED, "the older node's outbox cannot be read: " + e.getMessage(), e);
  }

  private static void close(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        throw unreadable(e);
      }
    }
  }

  @Override
  public void close() {
    close(connection);
  }
}
