package dev.fairway.websub.hub;

import dev.fairway.websub.topic.Topic;
import dev.fairway.websub.wire.Callback;
import dev.fairway.websub.wire.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A confirmed subscription.
 *
 * @param sealedSecret unreadable without the hub's seal
 * @param failures deliveries that failed since the last that went well
 * @param lastError the last such failure
 */
public record Subscription(String id, String scope, Topic topic, String echo, Callback callback,
    Optional<String> sealedSecret, Signature.Method method, Optional<String> owner, Duration lease, Instant confirmedAt,
    Instant expiresAt, int failures, Optional<String> lastError) {
  public boolean live(Instant now) {
    return expiresAt.isAfter(now);
  }
}
