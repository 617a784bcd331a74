package dev.fairway.daml.v2;

import dev.fairway.daml.AccessTokens;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How to reach a participant.
 *
 * @param base of its JSON API, e.g. {@code http://127.0.0.1:7575}
 * @param tls whom to trust and who we are; empty is what the JDK trusts
 * @param tokens who we say we are
 * @param userId the user commands are sent as; the participant recognises a resend only of the same user
 * @param callTimeout how long an answer may take, a submission's included
 * @param messageChars the largest message of a stream to take in
 */
public record V2Config(URI base, Optional<SSLContext> tls, AccessTokens tokens, String userId, Duration callTimeout,
    int messageChars) {
  public V2Config {
    if (!"http".equals(base.getScheme()) && !"https".equals(base.getScheme())) {
      throw new IllegalArgumentException("the participant's address must begin with http:// or https://, is " + base);
    }
    if (!userId.matches("[a-zA-Z0-9@^$.!`\\-#+'~_|:]{1,128}")) {
      throw new IllegalArgumentException(
          "user id must be 1 to 128 of A-Z a-z 0-9 @^$.!`-#+'~_|: , is \"" + userId + "\"");
    }
  }

  /** A participant near by: no tokens. */
  public V2Config(URI base) {
    this(base, Optional.empty(), AccessTokens.NONE, "fairway", Duration.ofSeconds(60), 64 << 20);
  }

  public V2Config withTokens(AccessTokens other) {
    return new V2Config(base, tls, other, userId, callTimeout, messageChars);
  }
}
