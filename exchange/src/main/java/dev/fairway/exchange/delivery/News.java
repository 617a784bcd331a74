package dev.fairway.exchange.delivery;

import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.NewWork;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.MessageTable;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.message.StoredMessage;
import java.sql.SQLException;
import java.util.Optional;

/** What a channel says of messages we sent: each change once, whoever brings it. */
final class News {
  private final MessageTable messages = new MessageTable();

  /** A channel has taken a message that was being posted. False when the message has moved on meanwhile. */
  boolean taken(Transaction tx, Works.Posting posting, String id, ChannelStatus status) throws SQLException {
    Optional<StoredMessage> found = messages.lock(tx, posting.message()).filter(message -> underWay(message, posting));
    if (found.isEmpty()) {
      return false;
    }
    var carriage = Optional.of(new StoredMessage.Carriage(posting.channel(), id, status));
    boolean certain = status.certain();
    StoredMessage moved = messages.move(tx, found.get(), certain ? MessageState.CONFIRMED : MessageState.SENT, carriage,
        "", "channel " + posting.channel() + " has it as " + id + ", " + status.wire());
    Messages.told(tx, moved, "exchange.message.sent");
    if (certain) {
      Messages.told(tx, moved, "exchange.message.confirmed");
    } else {
      tx.enqueue(NewWork.of(Works.TRACK, moved.ref()).after(Track.FIRST));
      if (status.lost()) {
        tell(tx, moved, status);
      }
    }
    return true;
  }

  /** Whether this very sending of the message is still to be brought onto a channel. */
  static boolean underWay(StoredMessage message, Works.Posting posting) {
    return message.sendings() == posting.sending()
        && (message.state() == MessageState.SENDING || message.state() == MessageState.UNCERTAIN);
  }

  /** A channel tells the status of a message we sent; nothing happens when that is no news. */
  void tell(Transaction tx, StoredMessage message, ChannelStatus status) throws SQLException {
    Optional<MessageState> next = message.state().told(status);
    StoredMessage.Carriage carriage = message.carriage().orElseThrow();
    if (next.isEmpty()) {
      return;
    }
    var now = Optional.of(new StoredMessage.Carriage(carriage.channel(), carriage.id(), status));
    StoredMessage moved = messages.move(tx, message, next.get(), now, "",
        "channel " + carriage.channel() + " says " + status.wire());
    Messages.told(tx, moved, switch (next.get()) {
      case CONFIRMED -> "exchange.message.confirmed";
      case UNDELIVERABLE -> "exchange.message.undeliverable";
      default -> "exchange.message.revoked";
    });
    boolean lost = next.get() == MessageState.REVOKED || next.get() == MessageState.UNDELIVERABLE;
    if (lost && message.sendings() == 1 && messages.resends(tx, message)) {
      StoredMessage again = messages.sendAgain(tx, moved, "", "the rule sends it again, once");
      tx.enqueue(NewWork.of(Works.ROUTE, again.ref()).priority(again.priority()));
    }
  }
}
