package dev.fairway.exchange.message;

import java.util.Locale;
import java.util.Optional;

/** A message's status as the Message API tells it. */
public enum MessageStatus {
  /** Ours, not yet on a channel. */
  PENDING,
  /** Ours, on a channel; or arrived and approved by a business. */
  ACCEPTED,
  /** Ours and not to be delivered; or arrived and declined by a business. */
  REJECTED,
  /** Arrived from another jurisdiction. */
  RECEIVED;

  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<MessageStatus> ofWire(String text) {
    for (MessageStatus status : values()) {
      if (status.wire().equals(text)) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }
}
