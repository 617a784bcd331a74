package dev.fairway.websub.hub;

import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.Journal;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.store.Audit;
import dev.fairway.web.Json;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import dev.fairway.websub.topic.Topic;
import dev.fairway.websub.wire.Callback;
import dev.fairway.websub.wire.Links;
import dev.fairway.websub.wire.SecretSeal;
import dev.fairway.websub.wire.Signature;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * One hub: subscriptions of one scope, and what they are told. Made by {@link Hubs#open}. Safe for many threads.
 *
 * <p>What a hub tells is taken from the journal, in its follower's transaction: each event becomes exactly one piece of
 * work per subscription that covers it, whatever dies when. A notification reaches its subscriber at least once, and
 * carries {@value #EVENT_ID} by which a repetition can be told.
 */
public final class Hub {
  /** Names a publication: the same on every attempt and for every subscriber. */
  public static final String EVENT_ID = "X-IGL-Event-Id";

  static final int VERIFY_ATTEMPTS = 3;
  static final int DENY_ATTEMPTS = 3;
  private static final int PURGE = 1_000;
  private static final Duration PURGE_EVERY = Duration.ofMinutes(10);

  private final HubConfig config;
  private final Admission admission;
  private final Store store;
  private final OutboundClient client;
  private final SecretSeal seal;
  private final CallbackGates gates;
  private final LatestContent latest;
  private final SecureRandom random = new SecureRandom();

  Hub(HubConfig config, Admission admission, Store store, OutboundClient client, SecretSeal seal, CallbackGates gates) {
    this.config = config;
    this.admission = admission;
    this.store = store;
    this.client = client;
    this.seal = seal;
    this.gates = gates;
    this.latest = new LatestContent(config.scope());
  }

  public HubConfig config() {
    return config;
  }

  /** Takes a request durably; whether it is meant is verified afterwards, and nothing changes until it is. */
  public RequestResult request(SubscriptionRequest request) {
    Verification verification = Verification.of(request, config, seal);
    return store.write(tx -> {
      if (!known(tx, request)) {
        return new RequestResult.Unknown();
      }
      tx.enqueue(NewWork.of(Hubs.VERIFY, verification).key(verification.key()));
      return new RequestResult.Accepted();
    });
  }

  /** Takes a request and verifies it before answering, as old channel endpoints do. */
  public RequestResult requestNow(SubscriptionRequest request) throws InterruptedException {
    Verification verification = Verification.of(request, config, seal);
    if (!store.read(view -> known(view, request))) {
      return new RequestResult.Unknown();
    }
    Optional<String> refusal = admission.refusal(request);
    if (refusal.isPresent()) {
      return new RequestResult.NotConfirmed(refusal.get());
    }
    return switch (ask(verification)) {
      case Intent.Confirmed _ -> {
        store.run(tx -> confirm(tx, verification));
        yield new RequestResult.Accepted();
      }
      case Intent.Refused(var why) -> new RequestResult.NotConfirmed(why);
      case Intent.Unheard(var why) -> new RequestResult.NotConfirmed(why);
    };
  }

  private boolean known(dev.fairway.core.store.View view, SubscriptionRequest request) throws SQLException {
    return request.mode() == SubscriptionRequest.Mode.SUBSCRIBE || new Subscriptions(view, config.scope())
        .find(request.topic(), request.callback()).filter(found -> found.live(view.now())).isPresent();
  }

  /** The subscription, expired or not. */
  public Optional<Subscription> find(String id) {
    return store.read(view -> new Subscriptions(view, config.scope()).find(id));
  }

  /**
   * Subscriptions in the order of their ids.
   *
   * @param owner whose; empty for everybody's
   * @param after the id before the first to list; empty text for the beginning
   * @param limit 1 to 500
   */
  public List<Subscription> list(Optional<String> owner, String after, int limit) {
    if (limit < 1 || limit > 500) {
      throw new IllegalArgumentException("limit must be 1 to 500, is " + limit);
    }
    return store.read(view -> new Subscriptions(view, config.scope()).list(owner, after, limit));
  }

  /** Ends a subscription at its owner's word, without telling the callback; false when there is none. */
  public boolean remove(String id) {
    return store.write(tx -> end(tx, id, "removed"));
  }

  /**
   * Ends a subscription at the node's word, tells the callback why, and writes in the audit who did it; false when there
   * is none.
   *
   * @param actor who ends it
   */
  public boolean deny(String id, String reason, String actor) {
    return store.write(tx -> {
      Optional<Subscription> found = new Subscriptions(tx, config.scope()).find(id);
      if (found.isPresent()) {
        end(tx, id, reason);
        Audit.record(tx, actor, "subscription.end", id, Json.text(Map.of("scope", config.scope(), "topic",
            found.get().topic().text(), "callback", found.get().callback().toString(), "reason", reason)));
        tx.enqueue(NewWork.of(Hubs.DENY,
            new Denial(config.scope(), found.get().callback().url(), found.get().echo(), reason)));
      }
      return found.isPresent();
    });
  }

  /** The newest content told under the topic or below it; empty when there is none, or it is too old. */
  public Optional<Latest> latest(Topic topic) {
    return store.read(view -> latest.find(view, topic));
  }

  /** The value of the {@code Link} header that leads from a topic to this hub. */
  public String links(Topic topic) {
    return Links.of(config.hubUrl(), config.topicUrl(topic.canonical()));
  }

  /** The topic that an address of this hub names; the text itself when it is no address of this hub. */
  public String topicText(String topicOrUrl) {
    String prefix = config.base().get() + config.topicPath();
    if (!topicOrUrl.startsWith(prefix)) {
      return topicOrUrl;
    }
    try {
      return java.net.URLDecoder.decode(topicOrUrl.substring(prefix.length()).replace("+", "%2B"),
          StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return topicOrUrl;
    }
  }

  Journal.Follower follow(Publication.Mapping mapping) {
    LiveSubscriptions live = new LiveSubscriptions(config.scope());
    store.run(tx -> tx.enqueue(NewWork.of(Hubs.UPKEEP, new Upkeep(config.scope())).unique(config.scope())));
    return store.journal().follow("websub.hub." + config.scope(), Journal.Start.END,
        (Journal.Plan) events -> distribution(events, live, mapping));
  }

  private Journal.Effect distribution(List<Event> events, LiveSubscriptions live, Publication.Mapping mapping) {
    LatestContent.Batch newest = latest.new Batch();
    List<Telling> tellings = new ArrayList<>(events.size());
    for (Event event : events) {
      List<Publication> publications = mapping.of(event);
      publications.forEach(publication -> newest.add(event, publication));
      tellings.add(new Telling(event, publications));
    }
    return tx -> {
      live.startAt(events.getFirst().offset(), tx);
      for (Telling telling : tellings) {
        live.see(telling.event, tx);
        for (Publication publication : telling.publications) {
          tell(tx, telling.event, publication, live.match(publication.topic(), tx.now()));
        }
      }
      newest.write(tx);
    };
  }

  private record Telling(Event event, List<Publication> publications) {}

  private void tell(Transaction tx, Event event, Publication publication, Collection<LiveSubscriptions.Entry> whom) {
    if (whom.isEmpty()) {
      return;
    }
    String id = publication.id(event).toString();
    for (LiveSubscriptions.Entry entry : whom) {
      Notice notice = new Notice(config.scope(), entry.id(), id, publication.topic(), publication.contentType(),
          publication.body());
      tx.enqueue(NewWork.of(Hubs.DELIVER, notice).unique(id + "/" + entry.id()));
    }
  }

  Outcome verify(Delivery<Verification> delivery) throws InterruptedException {
    Verification verification = delivery.payload();
    if (delivery.dryRun()) {
      return Outcome.gone("would ask " + verification.target() + " whether it means to " + verification.mode().word());
    }
    Optional<String> refusal = verification.mode() == SubscriptionRequest.Mode.UNSUBSCRIBE
        ? Optional.empty()
        : admission.refusal(request(verification));
    if (refusal.isPresent()) {
      Denial denial = new Denial(config.scope(), verification.callback(), verification.echo(), refusal.get());
      return new Outcome.Gone("refused: " + refusal.get(), tx -> tx.enqueue(NewWork.of(Hubs.DENY, denial)));
    }
    return switch (ask(verification)) {
      case Intent.Confirmed _ -> Outcome.done(tx -> confirm(tx, verification));
      case Intent.Refused(var why) -> notConfirmed(verification, why);
      case Intent.Unheard(var why) when delivery.attempt() < VERIFY_ATTEMPTS -> Outcome.retry(why);
      case Intent.Unheard(var why) -> notConfirmed(verification, why);
    };
  }

  private static SubscriptionRequest request(Verification verification) {
    return new SubscriptionRequest(verification.mode(), verification.subject(), verification.echo(),
        verification.target(), Optional.empty(), verification.method(),
        Optional.of(Duration.ofSeconds(verification.leaseSeconds())), verification.owner());
  }

  private Intent ask(Verification verification) throws InterruptedException {
    String challenge = Intent.newChallenge(random);
    return Intent.of(client.send(Intent.ask(verification, challenge)), challenge);
  }

  private Outcome notConfirmed(Verification verification, String why) {
    return new Outcome.Gone("not confirmed: " + why,
        tx -> tx.append(new NewEvent("websub.verification.failed", LiveSubscriptions.subject(config.scope(),
            verification.key()),
            Json.text(Map.of("mode", verification.mode().word(), "topic", verification.topic(),
                "callback", verification.target().toString(), "reason", why)))));
  }

  private void confirm(Transaction tx, Verification verification) throws SQLException {
    Subscriptions subscriptions = new Subscriptions(tx, config.scope());
    Topic topic = verification.subject();
    Callback callback = verification.target();
    if (verification.mode() == SubscriptionRequest.Mode.UNSUBSCRIBE) {
      Optional<Subscription> present = subscriptions.find(topic, callback);
      if (present.isPresent()) {
        end(tx, present.get().id(), "unsubscribed");
      }
      return;
    }
    Duration lease = Duration.ofSeconds(verification.leaseSeconds());
    Subscription subscription = new Subscription(UUID.randomUUID().toString(), config.scope(), topic,
        verification.echo(), callback, verification.sealedSecret(), verification.method(), verification.owner(), lease,
        tx.now(), tx.now().plus(lease), 0, Optional.empty());
    String id = subscriptions.put(subscription);
    tx.append(new NewEvent(LiveSubscriptions.CONFIRMED, LiveSubscriptions.subject(config.scope(), id),
        Json.text(Map.of("topic", topic.text(), "callback", callback.toString(), "expires",
            subscription.expiresAt().toString()))));
  }

  private boolean end(Transaction tx, String id, String reason) throws SQLException {
    boolean ended = new Subscriptions(tx, config.scope()).delete(id);
    if (ended) {
      tx.append(new NewEvent(LiveSubscriptions.ENDED, LiveSubscriptions.subject(config.scope(), id),
          Json.text(Map.of("reason", reason))));
    }
    return ended;
  }

  Outcome deliver(Delivery<Notice> delivery) throws InterruptedException {
    Notice notice = delivery.payload();
    Optional<Subscription> found = store
        .read(view -> new Subscriptions(view, config.scope()).find(notice.subscription())
            .filter(s -> s.live(view.now())));
    if (found.isEmpty()) {
      return Outcome.gone("the subscription has ended");
    }
    Subscription subscription = found.get();
    OutboundRequest request = notification(subscription, notice);
    if (delivery.dryRun()) {
      return Outcome.gone("would post " + notice.body().length() + " characters to " + subscription.callback());
    }
    return switch (gates.enter(subscription.callback().url())) {
      case CallbackGate.Entry.Open _ -> post(subscription, request);
      case CallbackGate.Entry.Full(var comeBack) -> Outcome.later(comeBack, "the callback has enough to do");
      case CallbackGate.Entry.Paused(var comeBack) ->
        Outcome.later(comeBack, "the callback is paused: " + subscription.lastError().orElse("it fails"));
    };
  }

  private Outcome post(Subscription subscription, OutboundRequest request) throws InterruptedException {
    long start = System.nanoTime();
    boolean delivered = false;
    try {
      OutboundResult result = client.send(request);
      Answer answer = Answer.of(result, gates.now());
      delivered = !(answer instanceof Answer.Failed);
      return switch (answer) {
        case Answer.Delivered _ -> subscription.failures() == 0
            ? Outcome.done()
            : Outcome.done(tx -> new Subscriptions(tx, config.scope()).recovered(subscription.id()));
        case Answer.Ended _ -> new Outcome.Gone("the callback answered 410 and its subscription ends",
            tx -> end(tx, subscription.id(), "the callback answered 410"));
        case Answer.Failed(var why, var after) ->
          new Outcome.Retry(after, why, tx -> new Subscriptions(tx, config.scope()).failed(subscription.id(), why));
      };
    } finally {
      gates.leave(subscription.callback().url(), delivered, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private OutboundRequest notification(Subscription subscription, Notice notice) {
    byte[] body = notice.body().getBytes(StandardCharsets.UTF_8);
    OutboundRequest request = OutboundRequest.post(subscription.callback().uri())
        .header("Link", links(subscription.topic()))
        .header(EVENT_ID, notice.id()).bytes(notice.contentType(), body).responseLimit(Hubs.ANSWER_LIMIT);
    return Verification.open(subscription.sealedSecret(), config.scope(), seal)
        .map(secret -> request.header(Signature.HEADER, Signature.of(subscription.method(), secret, body)))
        .orElse(request);
  }

  Outcome tellDenied(Delivery<Denial> delivery) throws InterruptedException {
    Denial denial = delivery.payload();
    Callback callback = new Callback(denial.callback());
    if (delivery.dryRun()) {
      return Outcome.gone("would tell " + callback + " that it is denied: " + denial.reason());
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("hub.mode", "denied");
    parameters.put("hub.topic", denial.echo());
    parameters.put("hub.reason", denial.reason());
    OutboundResult result = client
        .send(OutboundRequest.get(callback.with(parameters)).responseLimit(Hubs.ANSWER_LIMIT));
    if (result instanceof OutboundResult.Answered answered && answered.ok()) {
      return Outcome.done();
    }
    // The subscription is over whether or not its subscriber listens, so this is never a dead letter.
    return delivery.attempt() < DENY_ATTEMPTS ? Outcome.retry(result.describe()) : Outcome.gone(result.describe());
  }

  /** Forgets what has expired, then sleeps; the one piece of this work per hub never ends. */
  Outcome upkeep() {
    return new Outcome.Later(PURGE_EVERY, "waits for the next expiry", this::purge);
  }

  private void purge(Transaction tx) throws SQLException {
    for (Subscription expired : new Subscriptions(tx, config.scope()).expired(PURGE)) {
      end(tx, expired.id(), "its lease ran out");
    }
    latest.forget(tx, tx.now().minus(config.keepLatest()));
  }

  /** A subscriber was given up on for one notification; its subscription stays. */
  void givenUp(Transaction tx, Notice notice, String why) throws SQLException {
    new Subscriptions(tx, config.scope()).failed(notice.subscription(), "a notification was given up: " + why);
  }
}
