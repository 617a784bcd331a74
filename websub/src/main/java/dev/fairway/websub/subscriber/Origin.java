package dev.fairway.websub.subscriber;

/** Where a notification comes from. */
public sealed interface Origin {
  /** From the hub of the subscription. */
  record Genuine(Outgoing subscription) implements Origin {}

  /** To a callback this node does not have. */
  record Unknown() implements Origin {}

  /** To a callback of ours, without a right signature. */
  record Forged() implements Origin {}
}
