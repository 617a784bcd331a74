package dev.fairway.automation.sdk;

import java.time.Duration;
import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param <A> what it is accepted with
 */
public sealed interface Answer<A> {
  /** Yes. */
  record Accept<A>(A result) implements Answer<A> {}

  /**
   * No, for a reason of the trade and not because something failed. It reaches the requester unchanged.
   *
   * @param code a word a program can act on
   * @param retryable whether the same request could be accepted at another time
   */
  record Reject<A>(String code, String message, Map<String, String> details, boolean retryable) implements Answer<A> {
    public Reject {
      details = Map.copyOf(details);
    }
  }

  /** Not yet; no attempt is counted. */
  record Later<A>(Duration after, String why) implements Answer<A> {}

  static <A> Answer<A> accept(A result) {
    return new Accept<>(result);
  }

  static <A> Answer<A> reject(String code, String message) {
    return new Reject<>(code, message, Map.of(), false);
  }

  static <A> Answer<A> later(Duration after, String why) {
    return new Later<>(after, why);
  }
}
