package dev.fairway.exchange.moving;

import dev.fairway.core.FairwayException;
import dev.fairway.core.work.NewWork;
import dev.fairway.exchange.Exchange;
import dev.fairway.exchange.moving.OldObjects.OldObject;
import dev.fairway.web.Json;
import dev.fairway.websub.hub.Hubs;
import dev.fairway.websub.hub.SubscriptionRequest;
import dev.fairway.websub.hub.Verification;
import dev.fairway.websub.topic.Topic;
import dev.fairway.websub.wire.Callback;
import dev.fairway.websub.wire.Signature;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Subscriptions: {@code {"c": callback, "e": end of the lease}} below their topic in upper case. Older nodes asked nobody
 * whether it was meant, so each callback is asked when the node is started, as with any subscription (WebSub, section 5.3).
 */
final class OldSubscriptions implements Kind {
  /** For those without an end; the longest lease older nodes gave. */
  private static final Duration LONGEST = Duration.ofDays(365);
  /** Not worth asking for. */
  private static final Duration SHORTEST = Duration.ofMinutes(5);

  private final String bucket;
  private final InstantSource clock;

  OldSubscriptions(String bucket, InstantSource clock) {
    this.bucket = bucket;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "subscriptions";
  }

  @Override
  public String bucket() {
    return bucket;
  }

  @Override
  public Optional<Taking> read(OldObject object) throws IOException, LeftOut {
    int slash = object.key().lastIndexOf('/');
    if (slash < 0) {
      throw new LeftOut("is not TOPIC/CALLBACK");
    }
    String words = object.key().substring(0, slash).replace('/', '.');
    try {
      JsonNode json = Json.parse(object.whole());
      Topic topic = new Topic(words);
      Callback callback = new Callback(json.path("c").asString(""));
      Duration lease = lease(json.path("e"));
      Verification question = new Verification(Exchange.NODE_HUB, SubscriptionRequest.Mode.SUBSCRIBE, topic.text(),
          topic.text(), callback.url(), Optional.empty(), Signature.Method.SHA256, lease.toSeconds(), Optional.empty());
      return Optional.of(tx -> {
        tx.enqueue(NewWork.of(Hubs.VERIFY, question).unique(MovingIn.SOURCE + " " + words + " " + callback.url()));
        return true;
      });
    } catch (FairwayException | IllegalArgumentException e) {
      throw new LeftOut(String.valueOf(e.getMessage()));
    }
  }

  private Duration lease(JsonNode end) throws LeftOut {
    if (end.isMissingNode() || end.isNull()) {
      return LONGEST;
    }
    try {
      Instant until = LocalDateTime.parse(end.asString("")).toInstant(ZoneOffset.UTC);
      Duration left = Duration.between(clock.instant(), until);
      if (left.compareTo(SHORTEST) < 0) {
        throw new LeftOut("has ended, or is about to: " + until);
      }
      return left.compareTo(LONGEST) > 0 ? LONGEST : left;
    } catch (DateTimeException e) {
      throw new LeftOut("has no instant as its end: \"" + end.asString("") + "\"");
    }
  }
}
