package dev.fairway.websub.http;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.web.Call;
import dev.fairway.web.Caller;
import dev.fairway.web.Form;
import dev.fairway.web.Handler;
import dev.fairway.web.Json;
import dev.fairway.web.LegacyError;
import dev.fairway.web.Route;
import dev.fairway.websub.hub.Hub;
import dev.fairway.websub.hub.HubConfig;
import dev.fairway.websub.hub.Latest;
import dev.fairway.websub.hub.RequestResult;
import dev.fairway.websub.hub.Subscription;
import dev.fairway.websub.hub.SubscriptionRequest;
import dev.fairway.websub.hub.SubscriptionRequest.Mode;
import dev.fairway.websub.topic.PredicateRules;
import dev.fairway.websub.topic.Topic;
import dev.fairway.websub.wire.Callback;
import dev.fairway.websub.wire.Signature;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Subscriptions API over the node's own hub, and the pages of its topics. Old clients compare the texts of errors, so
 * those are exact.
 */
public final class SubscriptionRoutes {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String SIGNATURE_METHOD = "hub.signature_method";
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 500;

  private final Hub hub;
  private final SubscriptionRights rights;
  private final boolean verifyFirst;

  /** @param verifyFirst whether to verify before answering, for comparison with old expectations; WebSub forbids it */
  public SubscriptionRoutes(Hub hub, SubscriptionRights rights, boolean verifyFirst) {
    this.hub = hub;
    this.rights = rights;
    this.verifyFirst = verifyFirst;
  }

  /** {@code POST}, {@code GET} and {@code DELETE} of subscriptions, for a door with errors in the legacy shape. */
  public List<Route> subscriptions() {
    return List.of(
        Route.post("/subscriptions", "Subscribes a callback to a topic, or unsubscribes it")
            .describe("WebSub: hub.callback, hub.topic, hub.mode, hub.lease_seconds, hub.secret; besides, "
                + SIGNATURE_METHOD
                + " chooses sha1, sha256, sha384 or sha512. The callback is asked whether it means it.")
            .scope(rights.subscribe()).consumes(FORM).maxBody(16 << 10).answers(202, "Taken; verified afterwards")
            .handle(inWordsTheCallerPrefers(this::request)),
        Route.get("/subscriptions", "Lists subscriptions: the caller's own, or everybody's").scope(rights.subscribe())
            .query("limit", "1 to " + MAX_LIMIT + ", usually " + DEFAULT_LIMIT)
            .query("cursor", "next_cursor of the last page")
            .answers(200, "A page of subscriptions").handle(this::list),
        Route.delete("/subscriptions/{id}", "Ends a subscription").scope(rights.subscribe()).answers(204, "Ended")
            .handle(this::delete));
  }

  /** The pages of topics, which lead whoever finds one to the hub (WebSub 4). */
  public List<Route> topics() {
    return List.of(Route.get("/topics/{topic}", "The newest content of a topic, with Link headers to the hub")
        .scope(rights.read()).answers(200, "The newest notification, or an empty object before the first")
        .handle(this::topic));
  }

  /* An error is JSON, as old clients know it, and plain text for whoever asks for that (WebSub 5.1). */
  private static Handler inWordsTheCallerPrefers(Handler handler) {
    return call -> {
      try {
        handler.handle(call);
      } catch (LegacyError e) {
        String accept = call.header("Accept").orElse("").strip();
        if (!accept.startsWith("text/plain")) {
          throw e;
        }
        call.text(e.status(), "text/plain; charset=utf-8", e.detail().orElse(e.title()));
      }
    };
  }

  private void request(Call call) throws Exception {
    SubscriptionRequest request = read(call.form(), call.caller());
    RequestResult result = verifyFirst ? hub.requestNow(request) : hub.request(request);
    switch (result) {
      case RequestResult.Accepted _ -> call.empty(202);
      case RequestResult.Unknown _ -> throw LegacyError.generic(404, "Subscription with given parameters not found");
      case RequestResult.NotConfirmed _ -> call.json(400, Map.of("error", "Intent verification failed"));
    }
  }

  private SubscriptionRequest read(Form form, Caller caller) {
    List<String> missing = Stream.of("hub.topic", "hub.callback", "hub.mode").filter(name -> form.get(name).isEmpty())
        .toList();
    if (!missing.isEmpty()) {
      String names = missing.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", ", "[", "]"));
      throw new LegacyError(400, "MissingAttributesError", "Missing required attributes: " + names + ".", missing);
    }
    String callback = form.get("hub.callback").orElseThrow();
    Callback.fault(callback).ifPresent(reason -> {
      throw new LegacyError(400, "CallbackURLValidationError", "\"hub.callback\" attribute is invalid",
          List.of(reason));
    });
    String echo = form.get("hub.topic").orElseThrow();
    String text = hub.topicText(echo);
    PredicateRules.fault(text).ifPresent(reason -> {
      throw new LegacyError(400, "TopicValidationError", "\"hub.topic\" attribute is invalid", List.of(reason));
    });
    Topic topic = new Topic(text);
    String word = form.get("hub.mode").orElseThrow();
    // WebSub has a hub ignore the lease of an unsubscribe request.
    Optional<Duration> lease = word.equals("unsubscribe") ? Optional.empty() : lease(form);
    Mode mode = Mode.of(word).orElseThrow(() -> new LegacyError(400, "UnknownModeError",
        "Uknown \"hub.mode\" attribute value: \"" + word + "\". Accepted:['subscribe', 'unsubscribe'].",
        List.of(new UnknownMode("hub.mode", word, List.of("subscribe", "unsubscribe")))));
    if (topic.equals(Topic.EVERYTHING) && !caller.may(rights.everything())) {
      throw new FairwayException(ErrorCode.FORBIDDEN,
          "a subscription to everything needs the scope " + rights.everything());
    }
    return new SubscriptionRequest(mode, topic, echo, new Callback(callback), secret(form), method(form), lease,
        Optional.of(caller.subject()));
  }

  /** What the old API says of a mode it does not know. */
  record UnknownMode(String key, String value, List<String> expected) {}

  /** What the old API says of a lease it does not grant. */
  record BadLease(Object value, long min, long max) {}

  private static Optional<Duration> lease(Form form) {
    Optional<String> text = form.get("hub.lease_seconds").filter(value -> !value.isEmpty());
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<Long> seconds = number(text.get());
    long min = HubConfig.MIN_LEASE.toSeconds();
    long max = HubConfig.MAX_LEASE.toSeconds();
    if (seconds.isEmpty() || seconds.get() < min || seconds.get() > max) {
      throw new LegacyError(400, "LeaseSecondsValidationError",
          "\"hub.lease_seconds\" attribute is invalid. Must be integer in range " + min + "-" + max,
          List.of(new BadLease(seconds.<Object>map(value -> value).orElse(text.get()), min, max)));
    }
    return seconds.map(Duration::ofSeconds);
  }

  static Optional<Long> number(String text) {
    return text.strip().matches("[+-]?[0-9]{1,18}") ? Optional.of(Long.parseLong(text.strip())) : Optional.empty();
  }

  private static Optional<Secret> secret(Form form) {
    Optional<String> secret = form.get("hub.secret").filter(value -> !value.isEmpty());
    if (secret.isPresent() && !SubscriptionRequest.fits(secret.get())) {
      throw new LegacyError(400, "SecretValidationError", "\"hub.secret\" attribute is invalid",
          List.of("Secret must be shorter than " + SubscriptionRequest.SECRET_BYTES + " bytes"));
    }
    return secret.map(Secret::new);
  }

  private static Signature.Method method(Form form) {
    Optional<String> word = form.get(SIGNATURE_METHOD).filter(value -> !value.isEmpty());
    return word.isEmpty()
        ? Signature.Method.SHA256
        : Signature.Method.of(word.get())
            .orElseThrow(() -> new LegacyError(400, "SignatureMethodValidationError",
                "\"" + SIGNATURE_METHOD + "\" attribute is invalid",
                List.of("Must be one of: sha1, sha256, sha384, sha512")));
  }

  private void list(Call call) throws Exception {
    String limitText = call.query("limit").orElse(String.valueOf(DEFAULT_LIMIT));
    long limit = number(limitText).filter(value -> value >= 1 && value <= MAX_LIMIT)
        .orElseThrow(() -> new FairwayException(ErrorCode.INVALID,
            "limit must be 1 to " + MAX_LIMIT + ", is \"" + limitText + "\""));
    List<Subscription> page = hub.list(whose(call.caller()), call.query("cursor").orElse(""), (int) limit);
    ObjectNode answer = Json.object();
    ArrayNode items = answer.putArray("items");
    page.forEach(subscription -> items.add(json(subscription)));
    if (page.size() == limit) {
      answer.put("next_cursor", page.getLast().id());
    } else {
      answer.putNull("next_cursor");
    }
    call.json(200, answer);
  }

  private Optional<String> whose(Caller caller) {
    return caller.may(rights.everything()) ? Optional.empty() : Optional.of(caller.subject());
  }

  private static ObjectNode json(Subscription subscription) {
    ObjectNode json = Json.object().put("id", subscription.id()).put("topic", subscription.echo())
        .put("callback", subscription.callback().toString()).put("lease_seconds", subscription.lease().toSeconds())
        .put("confirmed_at", subscription.confirmedAt().toString())
        .put("expires_at", subscription.expiresAt().toString())
        .put("signature", subscription.sealedSecret().map(_ -> subscription.method().word()).orElse("none"))
        .put("failures", subscription.failures());
    subscription.owner().ifPresent(owner -> json.put("owner", owner));
    subscription.lastError().ifPresent(error -> json.put("last_error", error));
    return json;
  }

  private void delete(Call call) {
    String id = call.param("id");
    Caller caller = call.caller();
    Optional<Subscription> found = hub.find(id)
        .filter(subscription -> whose(caller).isEmpty() || subscription.owner().equals(whose(caller)));
    if (found.isEmpty()) {
      throw LegacyError.generic(404, "Subscription with given parameters not found");
    }
    boolean own = found.get().owner().filter(caller.subject()::equals).isPresent();
    if (own) {
      hub.remove(id);
    } else {
      hub.deny(id, "ended by the operator", caller.subject());
    }
    call.empty(204);
  }

  private void topic(Call call) throws Exception {
    String text = call.param("topic");
    Optional<String> fault = Topic.fault(text);
    if (fault.isPresent()) {
      throw new FairwayException(ErrorCode.NOT_FOUND, "no such topic: " + fault.get());
    }
    Topic topic = new Topic(text);
    Optional<Latest> latest = hub.latest(topic);
    call.with("Link", hub.links(topic));
    call.text(200, latest.map(Latest::contentType).orElse("application/json"), latest.map(Latest::body).orElse("{}"));
  }
}
