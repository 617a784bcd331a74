package dev.fairway.websub.hub;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * One hub: its name, where it is reached, and its bounds.
 *
 * @param scope names the hub in the store, for ever: letters, digits, {@code .}, {@code _} and {@code -}
 * @param base the URL its paths are under, without a slash at the end; asked when needed, since a port may be picked late
 * @param hubPath where subscriptions are requested, {@code /subscriptions}
 * @param topicPath what a topic's own address begins with, {@code /topics/}
 * @param minLease shortest lease granted
 * @param maxLease longest lease granted
 * @param defaultLease granted when the subscriber asks for none
 * @param keepLatest how long the newest content of a topic is kept for discovery
 */
public record HubConfig(String scope, Supplier<URI> base, String hubPath, String topicPath, Duration minLease,
    Duration maxLease, Duration defaultLease, Duration keepLatest) {
  public static final Duration MIN_LEASE = Duration.ofHours(1);
  public static final Duration MAX_LEASE = Duration.ofDays(365);
  public static final Duration DEFAULT_LEASE = Duration.ofDays(5);

  public HubConfig {
    if (!scope.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new IllegalArgumentException(
          "a hub's scope must have 1 to 100 letters, digits, dots, dashes and underscores, is \"" + scope + "\"");
    }
    if (minLease.compareTo(Duration.ofSeconds(1)) < 0 || maxLease.compareTo(minLease) < 0
        || defaultLease.compareTo(minLease) < 0 || maxLease.compareTo(defaultLease) < 0) {
      throw new IllegalArgumentException("leases must be 1s <= min <= default <= max, are " + minLease + ", "
          + defaultLease + ", " + maxLease);
    }
  }

  /** A hub with the usual bounds: leases of an hour to a year, five days when none is asked for. */
  public static HubConfig of(String scope, Supplier<URI> base, String hubPath, String topicPath) {
    return new HubConfig(scope, base, hubPath, topicPath, MIN_LEASE, MAX_LEASE, DEFAULT_LEASE, Duration.ofDays(7));
  }

  public HubConfig withLeases(Duration min, Duration max, Duration usual) {
    return new HubConfig(scope, base, hubPath, topicPath, min, max, usual, keepLatest);
  }

  /** The nearest lease within the bounds. */
  Duration clamp(Duration asked) {
    if (asked.compareTo(minLease) < 0) {
      return minLease;
    }
    return asked.compareTo(maxLease) > 0 ? maxLease : asked;
  }

  String hubUrl() {
    return base.get() + hubPath;
  }

  String topicUrl(String topic) {
    return base.get() + topicPath + URLEncoder.encode(topic, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
