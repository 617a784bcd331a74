package dev.fairway.websub.hub;

import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whether a subscriber means what somebody asked in its name (WebSub 5.3): a challenge that only the callback can repeat.
 */
sealed interface Intent {
  /** Random bytes of a challenge; each is used once. */
  int CHALLENGE_BYTES = 32;

  /** It repeated the challenge. */
  record Confirmed() implements Intent {}

  /** It did not, and says so. */
  record Refused(String why) implements Intent {}

  /** It could not be asked, or was in trouble itself. */
  record Unheard(String why) implements Intent {}

  static String newChallenge(SecureRandom random) {
    byte[] bytes = new byte[CHALLENGE_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The question. */
  static OutboundRequest ask(Verification verification, String challenge) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("hub.mode", verification.mode().word());
    parameters.put("hub.topic", verification.echo());
    parameters.put("hub.challenge", challenge);
    parameters.put("hub.lease_seconds", String.valueOf(verification.leaseSeconds()));
    return OutboundRequest.get(verification.target().with(parameters)).responseLimit(Hubs.ANSWER_LIMIT);
  }

  static Intent of(OutboundResult result, String challenge) {
    return switch (result) {
      case OutboundResult.Answered answered when answered.ok() -> {
        boolean same = MessageDigest.isEqual(challenge.getBytes(StandardCharsets.US_ASCII), answered.body().bytes());
        yield same ? new Confirmed() : new Refused(answered.describe() + " without the challenge as its body");
      }
      case OutboundResult.Answered answered when answered.status() == 429 || answered.status() >= 500 ->
        new Unheard(answered.describe());
      case OutboundResult.Answered answered -> new Refused(answered.describe());
      case OutboundResult.Refused refused -> new Refused(refused.describe());
      case OutboundResult.Failed failed -> new Unheard(failed.describe());
      case OutboundResult.TimedOut timedOut -> new Unheard(timedOut.describe());
    };
  }
}
