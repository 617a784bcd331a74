package dev.fairway.websub.hub;

import java.util.Optional;

/**
 * Says whether a request may become a subscription, when it is about to be verified: rights may have changed since it was
 * made. Called outside any transaction; safe for many threads.
 */
@FunctionalInterface
public interface Admission {
  Admission ALL = _ -> Optional.empty();

  /** Why not, in words for the subscriber; empty when it may. */
  Optional<String> refusal(SubscriptionRequest request);
}
