package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.WebhookRequest;
import dev.fairway.core.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells Slack's calls from anybody else's: signed with the app's secret, not more than five minutes ago.
 *
 * @see <a href="https://docs.slack.dev/authentication/verifying-requests-from-slack">Verifying requests from Slack</a>
 */
record SlackSignature(Secret secret, Clock clock) {
  private static final Duration TOO_OLD = Duration.ofMinutes(5);
  private static final String HMAC = "HmacSHA256";

  boolean isOn(WebhookRequest call) throws GeneralSecurityException {
    String time = call.header("X-Slack-Request-Timestamp").orElse("");
    if (!time.matches("[0-9]{1,12}") || Duration.between(Instant.ofEpochSecond(Long.parseLong(time)), clock.instant())
        .abs().compareTo(TOO_OLD) > 0) {
      return false;
    }
    Mac mac = Mac.getInstance(HMAC);
    mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), HMAC));
    mac.update(("v0:" + time + ":").getBytes(StandardCharsets.UTF_8));
    byte[] expected = ("v0=" + HexFormat.of().formatHex(mac.doFinal(call.body()))).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(expected,
        call.header("X-Slack-Signature").orElse("").getBytes(StandardCharsets.UTF_8));
  }
}
