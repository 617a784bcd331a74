package dev.fairway.core.channel;

import java.time.Duration;
import java.util.Optional;

/** What a channel answered to a message handed to it. */
public sealed interface PostResult {
  /** The endpoint has it, durably, under this id. */
  record Accepted(String id, ChannelStatus status) implements PostResult {}

  /** Refused for a reason that will not change; try another channel. */
  record Refused(String reason) implements PostResult {}

  /** Not taken in; safe to send again. */
  record Unavailable(Optional<Duration> retryAfter, String why) implements PostResult {}

  /** Sent, and no usable answer came: look for it, or send again with the same key where the channel knows keys. */
  record Unknown(String why) implements PostResult {}
}
