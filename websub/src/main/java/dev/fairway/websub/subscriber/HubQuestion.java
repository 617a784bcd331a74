package dev.fairway.websub.subscriber;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** What a hub asks or tells a callback by GET (WebSub 5.2 and 5.3). */
public sealed interface HubQuestion {
  /** Do you mean it? */
  record Verify(String mode, String topic, String challenge, Optional<Duration> lease) implements HubQuestion {}

  /** You cannot have it, or no longer. */
  record Denied(String topic, String reason) implements HubQuestion {}

  /** Reads the question from the query's parameters; empty when it is none. */
  static Optional<HubQuestion> of(Function<String, Optional<String>> parameters) {
    Optional<String> mode = parameters.apply("hub.mode");
    Optional<String> topic = parameters.apply("hub.topic");
    if (mode.isEmpty() || topic.isEmpty()) {
      return Optional.empty();
    }
    return switch (mode.get()) {
      case "denied" ->
        Optional.of(new Denied(topic.get(), shorten(parameters.apply("hub.reason").orElse("no reason given"))));
      case "subscribe", "unsubscribe" -> parameters.apply("hub.challenge").filter(challenge -> !challenge.isEmpty())
          .map(challenge -> new Verify(mode.get(), topic.get(), challenge,
              parameters.apply("hub.lease_seconds").flatMap(HubQuestion::seconds)));
      default -> Optional.empty();
    };
  }

  private static String shorten(String reason) {
    return reason.length() > 500 ? reason.substring(0, 500) : reason;
  }

  private static Optional<Duration> seconds(String text) {
    return text.matches("[0-9]{1,12}") ? Optional.of(Duration.ofSeconds(Long.parseLong(text))) : Optional.empty();
  }
}
