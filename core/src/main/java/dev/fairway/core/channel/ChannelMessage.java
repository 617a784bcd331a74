package dev.fairway.core.channel;

import java.time.Instant;
import java.util.Optional;

/**
 * A message as the medium holds it.
 *
 * @param id the channel's own name for it, the same on both sides
 * @param updatedAt when its status last changed, by the endpoint's clock
 */
public record ChannelMessage(String id, Message message, ChannelStatus status, Optional<String> senderRef,
    Instant updatedAt) {}
