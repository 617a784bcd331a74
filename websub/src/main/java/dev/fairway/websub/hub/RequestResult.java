package dev.fairway.websub.hub;

/** What became of a subscription request. */
public sealed interface RequestResult {
  /** Taken; whether it is meant is verified with the subscriber afterwards, or has been. */
  record Accepted() implements RequestResult {}

  /** There is nothing to unsubscribe. */
  record Unknown() implements RequestResult {}

  /** Verified at once, and not confirmed; nothing has changed. */
  record NotConfirmed(String why) implements RequestResult {}
}
