package dev.fairway.core.channel;

/**
 * What a channel can do beyond the least.
 *
 * @param idempotent whether posting again with the same idempotency key has no second effect
 * @param carriesSenderRef whether the receiver learns the sender's reference
 * @param observable whether {@link Channel#observe} works; otherwise messages come only by notification
 * @param finality how long until a message is certain
 * @param maxBytes most bytes of the five fields together
 */
public record ChannelCapabilities(boolean idempotent, boolean carriesSenderRef, boolean observable, Finality finality,
    int maxBytes) {
  /** How certainty is reached. */
  public enum Finality {
    /** Certain when accepted. */
    IMMEDIATE,
    /** Certain some time after, and could be revoked later. */
    PROBABILISTIC
  }
}
