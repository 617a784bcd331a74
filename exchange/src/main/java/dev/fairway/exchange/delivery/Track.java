package dev.fairway.exchange.delivery;

import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.core.store.Store;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.MessageTable;
import dev.fairway.exchange.message.StoredMessage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Asks a channel about a message until it is certain: after ten seconds, then at twice the age, at most ten minutes apart.
 * Where certainty can be lost again, it goes on asking for a while after.
 */
public final class Track implements WorkHandler<MessageRef> {
  static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Store store;
  private final Ports ports;
  private final InstantSource clock;
  private final Duration watch;
  private final News news = new News();
  private final MessageTable messages = new MessageTable();

  /** @param watch how long a message is still watched after a channel that may revoke has confirmed it */
  public Track(Store store, Ports ports, InstantSource clock, Duration watch) {
    this.store = store;
    this.ports = ports;
    this.clock = clock;
    this.watch = watch;
  }

  @Override
  public Outcome run(Delivery<MessageRef> delivery) {
    Optional<StoredMessage> found = store.read(view -> messages.find(view, delivery.payload()));
    if (found.isEmpty() || found.get().carriage().isEmpty() || !followed(found.get())) {
      return Outcome.done();
    }
    StoredMessage message = found.get();
    StoredMessage.Carriage carriage = message.carriage().get();
    Optional<ChannelPort> port = ports.find(carriage.channel());
    if (port.isEmpty()) {
      return Outcome.fail("channel " + carriage.channel() + " is no longer configured");
    }
    Optional<ChannelMessage> there;
    try {
      there = port.get().channel().find(carriage.id());
      port.get().works();
    } catch (FairwayException e) {
      port.get().fails(clock.instant(), String.valueOf(e.getMessage()));
      return Outcome.retry(String.valueOf(e.getMessage()));
    }
    if (there.isEmpty()) {
      return Outcome.later(pause(delivery), "channel " + carriage.channel() + " does not know " + carriage.id());
    }
    ChannelStatus status = there.get().status();
    Optional<MessageState> next = message.state().told(status);
    boolean over = next.orElse(message.state()) != MessageState.SENT && !(port.get().mayRevoke() && status.certain());
    Outcome.Later later = new Outcome.Later(pause(delivery), "is " + status.wire(), tx -> {
      Optional<StoredMessage> now = messages.lock(tx, message.ref()).filter(same -> same.carriage().isPresent());
      if (now.isPresent() && now.get().sendings() == message.sendings()) {
        news.tell(tx, now.get(), status);
      }
    });
    return over ? Outcome.done(later.effect()) : later;
  }

  private boolean followed(StoredMessage message) {
    return message.state() == MessageState.SENT || (message.state() == MessageState.CONFIRMED
        && message.updatedAt().plus(watch).isAfter(clock.instant()));
  }

  private Duration pause(Delivery<MessageRef> delivery) {
    Duration age = Duration.between(delivery.enqueuedAt(), clock.instant());
    Duration pause = age.compareTo(FIRST) < 0 ? FIRST : age;
    return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
  }
}
