package dev.fairway.core.channel;

import java.util.Locale;

/** How settled a message is on its medium. */
public enum ChannelStatus {
  /** Receiving side: seen on the medium, not certain. */
  OBSERVED,
  /** Sending side: the endpoint has it; written or not, not certain. */
  RECEIVED,
  /** Certain, as far as the medium can be. */
  CONFIRMED,
  /** The other endpoint took it (simplex channels). As good as confirmed. */
  DELIVERED,
  /** The endpoint gave up; it will never arrive. */
  UNDELIVERABLE,
  /** Taken back after it was confirmed: a fork that lost, or an operator. */
  REVOKED,
  /** Receiving side: gone again. */
  FALSE_ALARM;

  /** Whether a receiver may act on the message. */
  public boolean certain() {
    return this == CONFIRMED || this == DELIVERED;
  }

  /** Whether the message will not arrive, or no longer counts. */
  public boolean lost() {
    return this == UNDELIVERABLE || this == REVOKED || this == FALSE_ALARM;
  }

  /** As the Channel API writes it: lower case with underscores. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** @throws IllegalArgumentException when there is no such status */
  public static ChannelStatus ofWire(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
