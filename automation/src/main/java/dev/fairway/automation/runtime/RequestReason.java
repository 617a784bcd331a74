package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.Answer;
import java.util.Map;

/**
 * Why a request was turned down, as its requester reads it.
 *
 * @param code a word a program can act on
 * @param retryable whether the same request could be accepted at another time
 */
public record RequestReason(String code, String message, Map<String, String> details, boolean retryable) {
  /** What the requester of a request that was set aside is told; the errors themselves are not for it. */
  static final RequestReason UNPROCESSABLE = new RequestReason("UNPROCESSABLE", "the request could not be processed",
      Map.of(), false);

  public RequestReason {
    details = Map.copyOf(details);
  }

  static RequestReason of(Answer.Reject<?> no) {
    return new RequestReason(no.code(), no.message(), no.details(), no.retryable());
  }

  <A> Answer.Reject<A> answer() {
    return new Answer.Reject<>(code, message, details, retryable);
  }
}
