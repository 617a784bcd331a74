package dev.fairway.websub.subscriber;

import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * How this node subscribes.
 *
 * @param callbackBase what callbacks begin with, {@code https://node/rx-api/channel-message/}; asked when needed
 * @param lease asked for
 * @param verifyWithin how long a hub may take to ask back before it is asked again
 * @param overlap how long the earlier secret still counts after a renewal
 */
public record SubscriberConfig(Supplier<URI> callbackBase, Duration lease, Duration verifyWithin, Duration overlap) {
  public SubscriberConfig {
    if (lease.compareTo(Duration.ofMinutes(1)) < 0 || verifyWithin.isNegative() || overlap.isNegative()) {
      throw new IllegalArgumentException("the lease must be at least a minute, and no duration negative");
    }
  }

  /** A lease of five days, two minutes to verify, an hour of overlap. */
  public static SubscriberConfig of(Supplier<URI> callbackBase) {
    return new SubscriberConfig(callbackBase, Duration.ofDays(5), Duration.ofMinutes(2), Duration.ofHours(1));
  }

  public SubscriberConfig withLease(Duration value) {
    return new SubscriberConfig(callbackBase, value, verifyWithin, overlap);
  }
}
