package dev.fairway.exchange.delivery;

import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Gets a message a channel told of, and takes it in. */
public final class Retrieve implements WorkHandler<Works.Notice> {
  private static final Duration UNSETTLED = Duration.ofSeconds(10);

  private final Ports ports;
  private final Inbound inbound;
  private final InstantSource clock;

  public Retrieve(Ports ports, Inbound inbound, InstantSource clock) {
    this.ports = ports;
    this.inbound = inbound;
    this.clock = clock;
  }

  @Override
  public Outcome run(Delivery<Works.Notice> delivery) {
    Works.Notice notice = delivery.payload();
    Optional<ChannelPort> port = ports.find(notice.channel());
    if (port.isEmpty()) {
      return Outcome.fail("channel " + notice.channel() + " is not configured");
    }
    Optional<ChannelMessage> shown;
    try {
      shown = port.get().channel().find(notice.id());
      port.get().works();
    } catch (FairwayException e) {
      port.get().fails(clock.instant(), String.valueOf(e.getMessage()));
      return Outcome.retry(String.valueOf(e.getMessage()));
    }
    if (shown.isEmpty()) {
      return delivery.attempt() < 5
          ? Outcome.retry("channel " + notice.channel() + " does not know " + notice.id())
          : Outcome.gone("channel " + notice.channel() + " told of " + notice.id() + " and does not know it");
    }
    ChannelMessage message = shown.get();
    boolean unsettled = !message.status().certain() && !message.status().lost();
    return unsettled && port.get().channel().capabilities().observable()
        ? Outcome.done()
        : unsettled
            ? Outcome.later(UNSETTLED, "is " + message.status().wire())
            : Outcome.done(tx -> {
              inbound.take(tx, port.get(), message);
              tx.afterCommit(() -> port.get().shown(message.status()));
            });
  }
}
