package dev.fairway.websub.hub;

import dev.fairway.core.Secret;
import dev.fairway.websub.topic.Topic;
import dev.fairway.websub.wire.Callback;
import dev.fairway.websub.wire.Signature;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a subscriber asks of a hub.
 *
 * @param echo the topic in the words that verification repeats to the subscriber
 * @param secret keys the signatures; under {@value #SECRET_BYTES} bytes (WebSub 5.1)
 * @param lease as asked for; the hub grants the nearest it allows
 * @param owner who asks, as the credentials say
 */
public record SubscriptionRequest(Mode mode, Topic topic, String echo, Callback callback, Optional<Secret> secret,
    Signature.Method method, Optional<Duration> lease, Optional<String> owner) {
  /** A secret has fewer bytes than this. */
  public static final int SECRET_BYTES = 200;

  public SubscriptionRequest {
    if (secret.isPresent() && !fits(secret.get().reveal())) {
      throw new IllegalArgumentException("the secret must have fewer than " + SECRET_BYTES + " bytes");
    }
  }

  /** What is asked. */
  public enum Mode {
    SUBSCRIBE, UNSUBSCRIBE;

    /** As {@code hub.mode} has it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Mode> of(String word) {
      return switch (word) {
        case "subscribe" -> Optional.of(SUBSCRIBE);
        case "unsubscribe" -> Optional.of(UNSUBSCRIBE);
        default -> Optional.empty();
      };
    }
  }

  /** Whether a text may be a secret. */
  public static boolean fits(String secret) {
    return secret.getBytes(StandardCharsets.UTF_8).length < SECRET_BYTES;
  }

  /** A request to subscribe without a secret, a lease or an owner. */
  public static SubscriptionRequest subscribe(Topic topic, Callback callback) {
    return new SubscriptionRequest(Mode.SUBSCRIBE, topic, topic.text(), callback, Optional.empty(),
        Signature.Method.SHA256, Optional.empty(), Optional.empty());
  }

  public static SubscriptionRequest unsubscribe(Topic topic, Callback callback) {
    return new SubscriptionRequest(Mode.UNSUBSCRIBE, topic, topic.text(), callback, Optional.empty(),
        Signature.Method.SHA256, Optional.empty(), Optional.empty());
  }

  public SubscriptionRequest withSecret(Secret value, Signature.Method how) {
    return new SubscriptionRequest(mode, topic, echo, callback, Optional.of(value), how, lease, owner);
  }

  public SubscriptionRequest withLease(Duration value) {
    return new SubscriptionRequest(mode, topic, echo, callback, secret, method, Optional.of(value), owner);
  }

  public SubscriptionRequest withOwner(String value) {
    return new SubscriptionRequest(mode, topic, echo, callback, secret, method, lease, Optional.of(value));
  }
}
