package dev.fairway.websub.hub;

import dev.fairway.web.outbound.OutboundResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What the outcome of a notification means (WebSub 7). */
sealed interface Answer {
  /** Longest wait that a subscriber may ask for. */
  Duration LONGEST_WAIT = Duration.ofHours(24);

  /** The subscriber has it. */
  record Delivered() implements Answer {}

  /** The subscriber does not want any more. */
  record Ended() implements Answer {}

  /** Not delivered; may go better later, not before {@code after} when the subscriber named a time. */
  record Failed(String why, Optional<Duration> after) implements Answer {}

  static Answer of(OutboundResult result, Instant now) {
    if (!(result instanceof OutboundResult.Answered answered)) {
      return new Failed(result.describe(), Optional.empty());
    }
    if (answered.ok()) {
      return new Delivered();
    }
    if (answered.status() == 410) {
      return new Ended();
    }
    boolean redirect = answered.status() >= 300 && answered.status() < 400;
    return new Failed(answered.describe() + (redirect ? "; a redirect is not followed" : ""),
        answered.retryAfter(now).map(wait -> wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait));
  }
}
