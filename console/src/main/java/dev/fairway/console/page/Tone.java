package dev.fairway.console.page;

import dev.fairway.exchange.message.MessageState;

/** The colour of a chip. The word beside it says the same, so nobody needs to see colours. */
public enum Tone {
  /** Nothing to do. */
  GOOD,
  /** Under way. */
  BUSY,
  /** Asks for attention. */
  WARN,
  /** Failed. */
  BAD,
  /** Neither. */
  PLAIN;

  static Tone of(MessageState state) {
    return switch (state) {
      case QUEUED, SENDING, SENT -> BUSY;
      case CONFIRMED, RECEIVED, APPROVED -> GOOD;
      case UNCERTAIN, REVOKED -> WARN;
      case NO_ROUTE, REFUSED, EXPIRED, UNDELIVERABLE -> BAD;
      case DECLINED, SENT_EARLIER -> PLAIN;
    };
  }

  /** As a style's class. */
  public String css() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
