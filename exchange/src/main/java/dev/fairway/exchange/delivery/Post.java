package dev.fairway.exchange.delivery;

import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.PostResult;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.MessageTable;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.message.StoredMessage;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Hands a message to a channel, and to the next one when that refuses it or cannot be reached.
 *
 * <p>A message goes to another channel only when this one surely does not have it. When an answer was lost, or this process
 * died in mid-way, the channel is asked by key first; one that knows no keys leaves the message aside for an operator,
 * unless it is configured to be sent to again.
 */
public final class Post implements WorkHandler<Works.Posting> {
  private static final Duration MAINTENANCE = Duration.ofSeconds(20);

  private final Store store;
  private final Ports ports;
  private final InstantSource clock;
  private final News news = new News();
  private final MessageTable messages = new MessageTable();

  public Post(Store store, Ports ports, InstantSource clock) {
    this.store = store;
    this.ports = ports;
    this.clock = clock;
  }

  @Override
  public Outcome run(Delivery<Works.Posting> delivery) {
    Works.Posting posting = delivery.payload();
    Optional<StoredMessage> found = store.read(view -> messages.find(view, posting.message()));
    if (found.isEmpty() || !News.underWay(found.get(), posting)) {
      return Outcome.gone("message " + posting.message() + " is not waiting to be posted");
    }
    StoredMessage message = found.get();
    boolean maybeThere = delivery.maybeDone() || message.state() == MessageState.UNCERTAIN;
    Optional<ChannelPort> configured = ports.find(posting.channel());
    if (configured.isEmpty()) {
      return maybeThere
          ? Outcome.fail("channel " + posting.channel() + " may have the message and is no longer configured")
          : giveUp(posting, MessageState.REFUSED, "channel " + posting.channel() + " is not configured");
    }
    ChannelPort port = configured.get();
    if (port.maintenance().isPresent()) {
      return maybeThere || posting.next().isEmpty()
          ? Outcome.later(MAINTENANCE, "channel " + port.id() + " is in maintenance: " + port.maintenance().get())
          : giveUp(posting, MessageState.EXPIRED, "channel " + port.id() + " is in maintenance");
    }
    if (delivery.dryRun()) {
      return Outcome.later(Duration.ZERO, "would post to channel " + port.id() + " with key " + posting.key());
    }
    if (!maybeThere && !posting.next().isEmpty() && port.unreachable(clock.instant())) {
      return giveUp(posting, MessageState.EXPIRED,
          "channel " + port.id() + ": " + port.trouble().orElse("unreachable"));
    }
    return maybeThere ? lookUp(delivery, message, port) : post(delivery, message, port);
  }

  private Outcome lookUp(Delivery<Works.Posting> delivery, StoredMessage message, ChannelPort port) {
    String key = delivery.payload().key();
    if (port.keepsKeys()) {
      Optional<ChannelMessage> there;
      try {
        there = port.channel().findByKey(key);
      } catch (FairwayException e) {
        port.fails(clock.instant(), String.valueOf(e.getMessage()));
        return uncertain(delivery.payload(), message, "cannot be asked for " + key + ": " + e.getMessage());
      }
      return there.isPresent()
          ? taken(delivery.payload(), port, there.get().id(), there.get().status())
          : post(delivery, message, port);
    }
    // An operator who releases a message that was set aside has looked, and wants it sent.
    boolean released = message.state() == MessageState.UNCERTAIN && !delivery.maybeDone();
    if (released || port.uncertain() == ChannelPort.Uncertain.RESEND) {
      return post(delivery, message, port);
    }
    return new Outcome.Fail("channel " + port.id() + " may have the message, and cannot be asked for a key; look there,"
        + " then release this work to send it again, or discard it", tx -> hold(tx, delivery.payload(), "set aside"));
  }

  private Outcome post(Delivery<Works.Posting> delivery, StoredMessage message, ChannelPort port) {
    Works.Posting posting = delivery.payload();
    PostResult result = port
        .post(new Envelope(message.message(), Optional.of(message.ref().senderRef()), posting.key()));
    boolean mayBeThere = message.state() == MessageState.UNCERTAIN || delivery.maybeDone();
    return switch (result) {
      case PostResult.Accepted(var id, var status) -> {
        port.works();
        yield taken(posting, port, id, status);
      }
      case PostResult.Refused(var reason) -> {
        port.works();
        yield giveUp(posting, MessageState.REFUSED, "channel " + port.id() + " refused it: " + reason);
      }
      case PostResult.Unavailable(var after, var why) -> {
        port.fails(clock.instant(), why);
        String what = "channel " + port.id() + ": " + why;
        if (mayBeThere) {
          yield new Outcome.Unknown(what, Outcome.NOTHING);
        }
        boolean exhausted = delivery.attempt() >= posting.retry().maxAttempts()
            || delivery.enqueuedAt().plus(posting.retry().maxAge()).isBefore(clock.instant());
        yield exhausted || (!posting.next().isEmpty() && port.unreachable(clock.instant()))
            ? giveUp(posting, MessageState.EXPIRED, what)
            : new Outcome.Retry(after, what, Outcome.NOTHING);
      }
      case PostResult.Unknown(var why) -> {
        port.fails(clock.instant(), why);
        yield uncertain(posting, message, "channel " + port.id() + ": " + why);
      }
    };
  }

  private Outcome taken(Works.Posting posting, ChannelPort port, String id, ChannelStatus status) {
    Optional<StoredMessage> other = store.read(view -> messages.findByCarriage(view, port.id(), id))
        .filter(message -> !message.ref().equals(posting.message()));
    if (other.isPresent()) {
      return new Outcome.Fail("channel " + port.id() + " answered with the id " + id + ", which names message "
          + other.get().ref() + "; its operator must look into it", tx -> hold(tx, posting, "answered with a used id"));
    }
    return Outcome.done(tx -> news.taken(tx, posting, id, status));
  }

  private Outcome uncertain(Works.Posting posting, StoredMessage message, String why) {
    return new Outcome.Unknown(why,
        message.state() == MessageState.UNCERTAIN ? Outcome.NOTHING : tx -> hold(tx, posting, why));
  }

  private void hold(Transaction tx, Works.Posting posting, String why) throws SQLException {
    Optional<StoredMessage> found = messages.lock(tx, posting.message())
        .filter(message -> News.underWay(message, posting) && message.state() != MessageState.UNCERTAIN);
    if (found.isPresent()) {
      messages.move(tx, found.get(), MessageState.UNCERTAIN, Optional.empty(), "", why);
    }
  }

  /** Goes to the next channel, or ends in the given state when there is none. */
  private Outcome giveUp(Works.Posting posting, MessageState end, String why) {
    return Outcome.done(tx -> {
      Optional<StoredMessage> found = messages.lock(tx, posting.message())
          .filter(message -> News.underWay(message, posting));
      if (found.isEmpty()) {
        return;
      }
      StoredMessage message = found.get();
      if (posting.next().isEmpty()) {
        StoredMessage moved = messages.move(tx, message, end, Optional.empty(), "", why);
        Messages.told(tx, moved, "exchange.message.rejected");
        return;
      }
      String next = posting.next().getFirst();
      List<String> rest = posting.next().subList(1, posting.next().size());
      messages.move(tx, message, MessageState.SENDING, Optional.empty(), "", why + "; next: " + next);
      NewWork<Works.Posting> work = NewWork.of(Works.POST,
          new Works.Posting(posting.message(), posting.sending(), next, rest, posting.retry()))
          .priority(message.priority());
      tx.enqueue(message.ordered() ? work.key(next + " " + message.message().subject()) : work);
    });
  }

  @Override
  public void onDead(Transaction tx, Delivery<Works.Posting> delivery, String why) throws SQLException {
    Optional<StoredMessage> found = messages.lock(tx, delivery.payload().message())
        .filter(message -> News.underWay(message, delivery.payload()));
    if (found.isPresent()) {
      messages.step(tx, found.get().id(), found.get().state(), "", "set aside: " + why);
    }
  }
}
