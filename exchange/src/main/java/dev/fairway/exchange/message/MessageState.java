package dev.fairway.exchange.message;

import dev.fairway.core.channel.ChannelStatus;
import java.util.Optional;

/**
 * Where a message is on its way, finer than its {@link MessageStatus}. A state is stored by its name, so names are never
 * changed.
 *
 * <pre>
 * sent:      QUEUED ─ SENDING ─ SENT ─ CONFIRMED ─ REVOKED        QUEUED ─ NO_ROUTE
 *                        ├ UNCERTAIN  └ UNDELIVERABLE             SENDING ─ REFUSED, EXPIRED
 * taken over: SENT_EARLIER, which becomes what SENT becomes
 * received:  RECEIVED ─ APPROVED, DECLINED
 * </pre>
 */
public enum MessageState {
  /** Accepted from a business; not yet routed. */
  QUEUED(MessageStatus.PENDING),
  /** Routed; being handed to a channel. */
  SENDING(MessageStatus.PENDING),
  /** Handed over and no usable answer came; held until it is known whether the channel has it. */
  UNCERTAIN(MessageStatus.PENDING),
  /** A channel endpoint has it. */
  SENT(MessageStatus.ACCEPTED),
  /** Certain on its channel. */
  CONFIRMED(MessageStatus.ACCEPTED),
  /** An endpoint had it from the node before this one, which did not follow it further. */
  SENT_EARLIER(MessageStatus.ACCEPTED),
  /** Taken back after it was accepted. Clients of the old API know no way back, so the status stays. */
  REVOKED(MessageStatus.ACCEPTED),
  /** No rule had a channel for it. */
  NO_ROUTE(MessageStatus.REJECTED),
  /** Every channel refused it. */
  REFUSED(MessageStatus.REJECTED),
  /** No channel could be reached for as long as policy allows. */
  EXPIRED(MessageStatus.REJECTED),
  /** A channel endpoint gave up delivering it. */
  UNDELIVERABLE(MessageStatus.REJECTED),
  /** Arrived. */
  RECEIVED(MessageStatus.RECEIVED),
  /** Arrived, and a business said yes. */
  APPROVED(MessageStatus.ACCEPTED),
  /** Arrived, and a business said no. */
  DECLINED(MessageStatus.REJECTED);

  private final MessageStatus status;

  MessageState(MessageStatus status) {
    this.status = status;
  }

  public MessageStatus status() {
    return status;
  }

  /** Whether the message came from another jurisdiction. */
  public boolean inbound() {
    return this == RECEIVED || this == APPROVED || this == DECLINED;
  }

  /** Whether the message is still to be brought onto a channel. */
  public boolean unsent() {
    return status == MessageStatus.PENDING;
  }

  /** Whether nothing more is expected to happen to it. */
  public boolean settled() {
    return !unsent() && this != SENT && this != RECEIVED;
  }

  /**
   * What a sent message becomes when its channel tells a status. Empty when that changes nothing: the news is late, or
   * says what is known.
   */
  public Optional<MessageState> told(ChannelStatus news) {
    MessageState next = switch (this) {
      case SENT, SENT_EARLIER -> news.certain()
          ? CONFIRMED
          : news == ChannelStatus.UNDELIVERABLE
              ? UNDELIVERABLE
              : news.lost() ? REVOKED : this;
      case CONFIRMED -> news.lost() ? REVOKED : this;
      // A fork may bring back what another fork took.
      case REVOKED, UNDELIVERABLE -> news.certain() ? CONFIRMED : this;
      case QUEUED, SENDING, UNCERTAIN, NO_ROUTE, REFUSED, EXPIRED, RECEIVED, APPROVED, DECLINED -> this;
    };
    return next == this ? Optional.empty() : Optional.of(next);
  }
}
