package dev.fairway.exchange.message;

import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.MessageRef;
import java.time.Instant;
import java.util.Optional;

/**
 * A message as the node keeps it.
 *
 * @param id its number in this node's store; grows with time and is never shown to clients
 * @param carriage how it travels; empty until a channel has it
 * @param documents how far its documents have been fetched
 * @param ordered whether it must not overtake earlier messages of its subject
 * @param sendings how often it was put on its way: 1, and one more each time it was sent again after a revocation
 * @param version counts changes; the ETag
 */
public record StoredMessage(long id, MessageRef ref, Message message, MessageState state, Optional<Carriage> carriage,
    Documents documents, int priority, boolean ordered, int sendings, int version, Instant createdAt,
    Instant updatedAt) {
  /**
   * The channel that carries a message.
   *
   * @param channel as configured
   * @param id the channel's own name for the message, the same on both sides
   */
  public record Carriage(String channel, String id, ChannelStatus status) {}

  /** How far the documents of a message that arrived have been fetched. */
  public enum Documents {
    /** Nothing is to be fetched: it is ours, or names no document. */
    NONE,
    /** Some are still to come. */
    FETCHING,
    /** All are here. */
    COMPLETE,
    /** Some will not come; see the dead letters. */
    INCOMPLETE
  }

  public MessageStatus status() {
    return state.status();
  }
}
