package dev.fairway.websub.subscriber;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;

/**
 * A subscription the node wants to have.
 *
 * @param channel what its callback is named after; letters, digits, {@code .}, {@code _} and {@code -}
 * @param topic sent as {@code hub.topic}
 * @param echoes further spellings under which the hub may ask back, such as {@code jurisdiction.AU} for {@code AU}
 * @param signed whether notifications must be signed. False only for hubs known to throw the secret away; a wrong signature
 * is refused even then
 */
public record Wanted(String channel, String topic, Source source, Set<String> echoes, boolean signed) {
  public Wanted {
    if (!channel.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new IllegalArgumentException(
          "a channel's name must have 1 to 100 letters, digits, dots, dashes and underscores, is \"" + channel + "\"");
    }
    echoes = Set.copyOf(echoes);
  }

  /** The same for the same channel, topic and source. */
  String id() {
    return UUID.nameUUIDFromBytes((channel + "\n" + topic + "\n" + source.text()).getBytes(StandardCharsets.UTF_8))
        .toString();
  }
}
