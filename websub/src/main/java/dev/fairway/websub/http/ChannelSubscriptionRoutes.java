package dev.fairway.websub.http;

import dev.fairway.core.Secret;
import dev.fairway.web.Call;
import dev.fairway.web.Form;
import dev.fairway.web.LegacyError;
import dev.fairway.web.Route;
import dev.fairway.websub.hub.Hub;
import dev.fairway.websub.hub.RequestResult;
import dev.fairway.websub.hub.SubscriptionRequest;
import dev.fairway.websub.hub.SubscriptionRequest.Mode;
import dev.fairway.websub.topic.Topic;
import dev.fairway.websub.wire.Callback;
import dev.fairway.websub.wire.Signature;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The subscription part of a Channel API endpoint: by jurisdiction, by message id, by plain topic, and the topics' own
 * addresses. Errors of fields are a map from field to texts, as old endpoints answer.
 */
public final class ChannelSubscriptionRoutes {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String JURISDICTION = "jurisdiction.";

  private final Function<Call, Hub> hub;
  private final String scope;
  private final boolean verifyFirst;

  /**
   * Makes the routes of one channel, or of several that share a prefix with a parameter.
   *
   * @param hub finds the hub of the channel called; throws {@code NOT_FOUND} when there is no such channel
   * @param scope asked of callers
   * @param verifyFirst whether to verify before answering, as old endpoints do; WebSub forbids it
   */
  public ChannelSubscriptionRoutes(Function<Call, Hub> hub, String scope, boolean verifyFirst) {
    this.hub = hub;
    this.scope = scope;
    this.verifyFirst = verifyFirst;
  }

  public List<Route> routes() {
    return List.of(
        subscribe("/messages/subscriptions/by_jurisdiction", "Subscribes to new messages for a jurisdiction",
            ChannelSubscriptionRoutes::byJurisdiction),
        subscribe("/messages/subscriptions/by_id", "Subscribes to the status of a message", Function.identity()),
        subscribe("/subscriptions", "Subscribes to a topic: jurisdiction.CC, or a message's id", Function.identity()),
        Route.get("/topic/{topic}", "A topic's own address, with Link headers to the hub").scope(scope)
            .answers(200, "The topic, as a JSON string").handle(this::topic));
  }

  private Route subscribe(String path, String summary, Function<String, String> effective) {
    return Route.post(path, summary)
        .describe("WebSub: hub.callback, hub.topic, hub.mode, hub.lease_seconds, hub.secret.")
        .scope(scope).consumes(FORM).maxBody(16 << 10).answers(202, "Taken").handle(call -> request(call, effective));
  }

  private static String byJurisdiction(String topic) {
    return topic.toLowerCase(Locale.ROOT).startsWith(JURISDICTION) ? topic : JURISDICTION + topic;
  }

  private void request(Call call, Function<String, String> effective) throws Exception {
    Hub channelHub = hub.apply(call);
    Map<String, List<String>> faults = new LinkedHashMap<>();
    Optional<SubscriptionRequest> request = read(call.form(), channelHub, effective, faults);
    if (request.isEmpty()) {
      call.json(400, faults);
      return;
    }
    RequestResult result = verifyFirst ? channelHub.requestNow(request.get()) : channelHub.request(request.get());
    switch (result) {
      case RequestResult.Accepted _ -> call.empty(202);
      case RequestResult.Unknown _ -> throw LegacyError.generic(404, "Subscription with given parameters not found");
      case RequestResult.NotConfirmed _ -> call.json(400, Map.of("error", "Intent verification failed"));
    }
  }

  private static Optional<SubscriptionRequest> read(Form form, Hub hub, Function<String, String> effective,
      Map<String, List<String>> faults) {
    Optional<String> callback = required(form, "hub.callback", faults);
    callback.filter(url -> Callback.fault(url).isPresent())
        .ifPresent(_ -> faults.put("hub.callback", List.of("Not a valid URL.")));
    Optional<String> word = required(form, "hub.mode", faults);
    Optional<Mode> mode = word.flatMap(Mode::of);
    if (word.isPresent() && mode.isEmpty()) {
      faults.put("hub.mode", List.of("Must be one of: subscribe, unsubscribe."));
    }
    Optional<String> topic = required(form, "hub.topic", faults)
        .map(text -> text.isEmpty() ? text : effective.apply(hub.topicText(text)));
    topic.flatMap(Topic::fault).ifPresent(reason -> faults.put("hub.topic", List.of(reason)));
    Optional<String> leaseText = form.get("hub.lease_seconds").filter(text -> !text.isEmpty());
    Optional<Long> lease = leaseText.flatMap(SubscriptionRoutes::number);
    boolean subscribing = mode.filter(Mode.SUBSCRIBE::equals).isPresent();
    if (subscribing && leaseText.isPresent() && lease.isEmpty()) {
      faults.put("hub.lease_seconds", List.of("Not a valid integer."));
    }
    Optional<String> secret = form.get("hub.secret").filter(text -> !text.isEmpty());
    if (secret.isPresent() && !SubscriptionRequest.fits(secret.get())) {
      faults.put("hub.secret",
          List.of(secret.get().length() > SubscriptionRequest.SECRET_BYTES
              ? "Longer than maximum length 200."
              : "Must be shorter than 200 bytes."));
    }
    if (!faults.isEmpty() || callback.isEmpty() || topic.isEmpty() || mode.isEmpty()) {
      return Optional.empty();
    }
    // The effective topic is what endpoints have always repeated when they ask back.
    return Optional.of(new SubscriptionRequest(mode.get(), new Topic(topic.get()), topic.get(),
        new Callback(callback.get()), secret.map(Secret::new), Signature.Method.SHA256,
        lease.filter(_ -> subscribing).map(Duration::ofSeconds), Optional.empty()));
  }

  private static Optional<String> required(Form form, String name, Map<String, List<String>> faults) {
    Optional<String> value = form.get(name);
    if (value.isEmpty()) {
      faults.put(name, List.of("Missing data for required field."));
    }
    return value;
  }

  private void topic(Call call) throws Exception {
    Hub channelHub = hub.apply(call);
    String text = call.param("topic");
    if (Topic.fault(text).isPresent()) {
      throw LegacyError.generic(404, "No such topic");
    }
    call.with("Link", channelHub.links(new Topic(text)));
    call.json(200, text);
  }
}
