package dev.fairway.exchange.routing;

import dev.fairway.core.channel.Jurisdiction;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What routing must know of a channel.
 *
 * @param maintenance why an operator has taken it out of use; empty when it is in use
 * @param unreachable why it is passed over while another can be had: it has failed several times in a row
 * @param validFrom from when it may be used
 * @param validUntil until when it may be used
 */
public record ChannelFacts(String id, Set<Jurisdiction> participants, int maxBytes, Optional<String> maintenance,
    Optional<String> unreachable, Optional<Instant> validFrom, Optional<Instant> validUntil) {
  public ChannelFacts {
    participants = Set.copyOf(participants);
  }

  public static ChannelFacts inUse(String id, Set<Jurisdiction> participants, int maxBytes) {
    return new ChannelFacts(id, participants, maxBytes, Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty());
  }
}
