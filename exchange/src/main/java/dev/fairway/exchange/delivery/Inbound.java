package dev.fairway.exchange.delivery;

import dev.fairway.core.blob.BlobId;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.NewWork;
import dev.fairway.exchange.document.DocumentTable;
import dev.fairway.exchange.document.Multihash;
import dev.fairway.exchange.message.CopyTable;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.MessageTable;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.message.References;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.web.Json;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what a channel shows, once: a message is known by the channel's id for it, and by its sender's reference where
 * the channel carries that. Showing it again changes nothing, and a change of status changes the message that is here.
 *
 * <p>A message that arrived twice, because its sender sent it again, is here as long as one of its copies is: when the one
 * that counts is lost, another that is certain takes its place, in whatever order the channels tell.
 */
public final class Inbound {
  private static final Logger LOG = LoggerFactory.getLogger(Inbound.class);

  private final Jurisdiction own;
  private final News news = new News();
  private final MessageTable messages = new MessageTable();
  private final CopyTable copies = new CopyTable();
  private final DocumentTable documents = new DocumentTable();

  public Inbound(Jurisdiction own) {
    this.own = own;
  }

  /** Takes one message in, in a transaction that also remembers how far the channel was read. */
  void take(Transaction tx, ChannelPort port, ChannelMessage shown) throws SQLException {
    if (shown.message().sender().equals(own)) {
      Optional<StoredMessage> sent = messages.lockByCarriage(tx, port.id(), shown.id());
      if (sent.isPresent()) {
        news.tell(tx, sent.get(), shown.status());
      }
      showSubscribers(tx, port, shown, shown.id());
      return;
    }
    Optional<String> fault = fault(port, shown);
    if (fault.isPresent()) {
      refuse(tx, port, shown, fault.get());
      return;
    }
    Optional<StoredMessage> here = messages.lockByCarriage(tx, port.id(), shown.id());
    if (here.isPresent()) {
      changed(tx, port, here.get(), shown);
    } else if (shown.status().certain()) {
      create(tx, port, shown);
      showSubscribers(tx, port, shown, "jurisdiction." + own);
    } else if (shown.status().lost()) {
      copyLost(tx, port, shown);
    }
  }

  /** What an endpoint we serve tells its subscribers: that there is something about a message, and no more. */
  private static void showSubscribers(Transaction tx, ChannelPort port, ChannelMessage shown, String topic) {
    if (port.served()) {
      tx.append(new NewEvent(ChannelPort.SHOWN, port.id() + "/" + shown.id(),
          Json.object().put("channel", port.id()).put("id", shown.id()).put("topic", topic).toString()));
    }
  }

  private Optional<String> fault(ChannelPort port, ChannelMessage shown) {
    if (!shown.message().receiver().equals(own)) {
      return Optional.of("it is for " + shown.message().receiver());
    }
    if (!port.participants().contains(shown.message().sender())) {
      return Optional.of(shown.message().sender() + " takes no part in channel " + port.id());
    }
    return Optional.empty();
  }

  private void changed(Transaction tx, ChannelPort port, StoredMessage here, ChannelMessage shown) throws SQLException {
    StoredMessage.Carriage carriage = here.carriage().orElseThrow();
    boolean news = carriage.status() != shown.status()
        && (shown.status().lost() || (shown.status().certain() && carriage.status().lost()));
    if (!news) {
      return;
    }
    StoredMessage moved = messages.move(tx, here, here.state(), Optional.of(carriage(port, shown)), "",
        "channel " + carriage.channel() + " says " + shown.status().wire());
    Messages.told(tx, moved, shown.status().lost() ? "exchange.message.revoked" : "exchange.message.confirmed");
    showSubscribers(tx, port, shown, shown.id());
    Optional<StoredMessage.Carriage> other = shown.status().lost() ? copies.certain(tx, here.id()) : Optional.empty();
    if (other.isPresent()) {
      replace(tx, moved, other.get());
    }
  }

  /** It is not the copy that counts, unless another process has just made it that. */
  private void copyLost(Transaction tx, ChannelPort port, ChannelMessage shown) throws SQLException {
    Optional<StoredMessage> here = messages.lockByCopy(tx, port.id(), shown.id());
    if (here.isEmpty()) {
      // It may have begun to count after the first look by carriage; then it is no copy any more.
      here = messages.lockByCarriage(tx, port.id(), shown.id());
    }
    if (here.isEmpty()) {
      return;
    }
    StoredMessage.Carriage copy = carriage(port, shown);
    if (counts(here.get(), copy)) {
      changed(tx, port, here.get(), shown);
    } else {
      copies.put(tx, here.get().id(), copy);
    }
  }

  private static boolean counts(StoredMessage here, StoredMessage.Carriage copy) {
    return here.carriage().filter(now -> now.channel().equals(copy.channel()))
        .filter(now -> now.id().equals(copy.id())).isPresent();
  }

  private static StoredMessage.Carriage carriage(ChannelPort port, ChannelMessage shown) {
    return new StoredMessage.Carriage(port.id(), shown.id(), shown.status());
  }

  private void create(Transaction tx, ChannelPort port, ChannelMessage shown) throws SQLException {
    String senderRef = shown.senderRef().filter(MessageRef::isSenderRef)
        .orElseGet(() -> References.ofChannelMessage(port.id(), shown.id()));
    MessageRef ref = new MessageRef(shown.message().sender(), senderRef);
    StoredMessage.Carriage carriage = carriage(port, shown);
    Optional<BlobId> document = Multihash.parse(shown.message().obj()).flatMap(Multihash::blob);
    boolean fresh = messages.receive(tx, shown.message(), senderRef, carriage,
        document.isPresent() ? StoredMessage.Documents.FETCHING : StoredMessage.Documents.NONE);
    StoredMessage stored = messages.lock(tx, ref).orElseThrow();
    if (!fresh) {
      again(tx, port, stored, shown, carriage);
      return;
    }
    messages.step(tx, stored.id(), MessageState.RECEIVED, "", "channel " + port.id() + " brought it as " + shown.id());
    Messages.told(tx, stored, "exchange.message.received");
    if (document.isPresent()) {
      documents.insertFetch(tx, stored.id(), document.get(), Optional.empty(), 0);
      tx.enqueue(NewWork.of(Works.FETCH, new Works.Fetching(ref, document.get()))
          .unique(ref + " " + document.get().hex()));
    }
  }

  /** The sender's reference is known, under another id or over another channel. */
  private void again(Transaction tx, ChannelPort port, StoredMessage here, ChannelMessage shown,
      StoredMessage.Carriage carriage) throws SQLException {
    if (!here.message().equals(shown.message())) {
      refuse(tx, port, shown, "the reference " + here.ref() + " stands for another message");
      return;
    }
    if (counts(here, carriage)) {
      // Another process has just taken it in, or made it the copy that counts.
      changed(tx, port, here, shown);
    } else if (here.carriage().filter(old -> old.status().lost()).isPresent()) {
      replace(tx, here, carriage);
    } else if (copies.put(tx, here.id(), carriage)) {
      messages.step(tx, here.id(), here.state(), "", "came again over channel " + port.id() + " as " + shown.id());
    }
  }

  /** A copy counts in place of one that was lost. */
  private void replace(Transaction tx, StoredMessage here, StoredMessage.Carriage copy) throws SQLException {
    copies.promoted(tx, copy);
    StoredMessage moved = messages.move(tx, here, here.state(), Optional.of(copy), "",
        "sent again over channel " + copy.channel() + " as " + copy.id());
    Messages.told(tx, moved, "exchange.message.confirmed");
  }

  private static void refuse(Transaction tx, ChannelPort port, ChannelMessage shown, String why) {
    tx.append(new NewEvent("exchange.channel.refused", port.id() + "/" + shown.id(),
        Json.object().put("channel", port.id()).put("id", shown.id()).put("sender", shown.message().sender().code())
            .put("receiver", shown.message().receiver().code()).put("why", why).toString()));
    tx.afterCommit(() -> LOG.warn("channel message refused channel={} id={} why=\"{}\"", port.id(), shown.id(), why));
  }
}
