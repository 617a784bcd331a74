package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.WebhookRequest;
import dev.fairway.core.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Tells Slack's calls from anybody else's: signed with the app's secret, not more than five minutes ago.
 *
 * @see <a href="https://docs.slack.dev/authentication/verifying-requests-from-slack">Verifying requests from Slack</a>
 */
record SlackSignature(Secret secret, Clock clock) {
  private static final Duration TOO_OLD = Duration.ofMinutes(5);

  boolean isOn(WebhookRequest call) {
    String time = call.header("X-Slack-Request-Timestamp").orElse("");
    if (!time.matches("[0-9]{1,12}") || Duration.between(Instant.ofEpochSecond(Long.parseLong(time)), clock.instant())
        .abs().compareTo(TOO_OLD) > 0) {
      return false;
    }
    byte[] expected = ("v0="
        + HmacSha256.hex(secret, ("v0:" + time + ":").getBytes(StandardCharsets.UTF_8), call.body()))
        .getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(expected,
        call.header("X-Slack-Signature").orElse("").getBytes(StandardCharsets.UTF_8));
  }
}
