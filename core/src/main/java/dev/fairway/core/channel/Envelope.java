package dev.fairway.core.channel;

import java.util.Objects;
import java.util.Optional;

/**
 * A message on its way onto a channel.
 *
 * @param senderRef the sender's reference; carried only where the medium has room for it
 * @param idempotencyKey the same on every attempt for this message on this channel
 */
public record Envelope(Message message, Optional<String> senderRef, String idempotencyKey) {
  public Envelope {
    Objects.requireNonNull(message);
    if (idempotencyKey.isBlank()) {
      throw new IllegalArgumentException("an envelope needs an idempotency key");
    }
  }
}
