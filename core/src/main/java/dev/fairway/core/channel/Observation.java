package dev.fairway.core.channel;

import java.util.List;

/**
 * What a receiver finds on a medium after a cursor, in the medium's order. A message appears again when its status
 * changes.
 *
 * @param next where to go on; the cursor asked with when nothing was new
 * @param more whether there is more to be had at once
 */
public record Observation(List<ChannelMessage> messages, String next, boolean more) {
  public Observation {
    messages = List.copyOf(messages);
  }
}
