package dev.fairway.websub.subscriber;

import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.RetryPolicy;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkKind;
import dev.fairway.store.JsonCodec;
import dev.fairway.web.Json;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import dev.fairway.web.outbound.TokenSource;
import dev.fairway.websub.wire.SecretSeal;
import dev.fairway.websub.wire.Signature;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this node's subscriptions at other hubs: asks for them, renews each between half and four fifths of its lease, and
 * lets go of those no longer wanted. Each is one row and one piece of work that never ends, so nothing is forgotten by a
 * restart, and one hub in trouble holds back no other. Safe for many threads.
 *
 * <p>Callbacks are {@code {base}{channel}?k={capability}}: a name of 128 random bits that only the hub is told.
 */
public final class Subscriber {
  /** Keeps one subscription alive; waits without end between its steps. */
  public static final WorkKind<Keeping> KEEP = WorkKind.of("websub.keep", JsonCodec.of(Keeping.class))
      .withRetry(new RetryPolicy(1_000_000, Duration.ofDays(36_500), Duration.ofSeconds(10), Duration.ofMinutes(10)));

  private static final RetryPolicy BACK_OFF = new RetryPolicy(1_000_000, Duration.ofDays(36_500),
      Duration.ofSeconds(10), Duration.ofMinutes(10));
  private static final Duration ASK_AGAIN_AFTER_DENIAL = Duration.ofHours(1);
  private static final Duration HUB_MAY_ASK = Duration.ofMinutes(10);
  private static final Duration LONGEST_LEASE = Duration.ofDays(366);
  private static final Outcome CHANGED_MEANWHILE = Outcome.later(Duration.ofSeconds(1), "changed meanwhile");
  private static final int TOKEN_BYTES = 16;
  private static final int SECRET_BYTES = 32;
  private static final long ANSWER_LIMIT = 64 << 10;

  private final SubscriberConfig config;
  private final Store store;
  private final SecretSeal seal;
  private final HubAccess access;
  private final Discovery discovery;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Wanted> wanted = new ConcurrentHashMap<>();

  /** @param client trusting: hubs are written down by the operator */
  public Subscriber(SubscriberConfig config, Store store, OutboundClient client, SecretSeal seal, HubAccess access) {
    this.config = config;
    this.store = store;
    this.seal = seal;
    this.access = access;
    this.discovery = new Discovery(client);
  }

  /**
   * Says which subscriptions the node is to have, all of them: what is new is asked for, what is missing is let go of, and
   * the rest stays as it is. Durable when it returns.
   */
  public void want(List<Wanted> all) {
    Map<String, Wanted> byId = all.stream().collect(Collectors.toMap(Wanted::id, Function.identity()));
    store.run(tx -> {
      OutgoingRows rows = new OutgoingRows(tx);
      List<Outgoing> known = rows.all();
      for (Outgoing row : known) {
        if (row.wanted() && !byId.containsKey(row.id())) {
          rows.update(row.unwanted(tx.now()));
        } else if (!row.wanted() && byId.containsKey(row.id())) {
          rows.update(row.wantedAgain(tx.now()));
        }
      }
      List<String> ids = new ArrayList<>(known.stream().map(Outgoing::id).toList());
      for (Wanted one : byId.values()) {
        if (!ids.contains(one.id())) {
          rows.insert(
              Outgoing.fresh(one, seal.seal(randomText(TOKEN_BYTES), purpose(one.id())), config.lease(), tx.now()));
          ids.add(one.id());
        }
      }
      ids.forEach(id -> tx.enqueue(NewWork.of(KEEP, new Keeping(id)).unique(id)));
    });
    wanted.keySet().retainAll(byId.keySet());
    wanted.putAll(byId);
  }

  /** All subscriptions of this node, as they stand. */
  public List<Outgoing> list() {
    return store.read(view -> new OutgoingRows(view).all());
  }

  /** Does what is due for one subscription. */
  public WorkHandler<Keeping> keeper() {
    return this::keep;
  }

  private Outcome keep(Delivery<Keeping> delivery) throws InterruptedException {
    String id = delivery.payload().subscription();
    record Found(Outgoing subscription, Step step, Instant now) {}
    Optional<Found> found = store.read(view -> new OutgoingRows(view).find(id)
        .map(subscription -> new Found(subscription, Step.of(subscription, view.now()), view.now())));
    if (found.isEmpty()) {
      return Outcome.gone("the subscription is over");
    }
    Outgoing subscription = found.get().subscription();
    if (delivery.dryRun()) {
      return Outcome.gone("would " + found.get().step() + " at " + subscription.source().text());
    }
    return switch (found.get().step()) {
      case Step.Wait(var time) -> Outcome.later(time, "nothing is due");
      case Step.Forget _ -> new Outcome.Done(tx -> new OutgoingRows(tx).delete(id));
      case Step.Subscribe _ -> subscribe(subscription, found.get().now());
      case Step.Unsubscribe _ -> unsubscribe(subscription);
    };
  }

  /** Where a request goes, and under which topic. */
  private record Target(URI hub, String topic) {}

  private Target target(Outgoing subscription) throws InterruptedException {
    return switch (subscription.source()) {
      case Source.Hub(var url) -> new Target(url, subscription.topic());
      case Source.TopicAddress(var url) -> {
        Discovery.Found found = discovery.find(url, credentials(subscription.channel()));
        yield new Target(found.hub(), found.topic());
      }
    };
  }

  private Outcome subscribe(Outgoing subscription, Instant now) throws InterruptedException {
    Target target;
    try {
      target = target(subscription);
    } catch (FairwayException e) {
      return later(subscription, String.valueOf(e.getMessage()), Optional.empty());
    }
    List<String> topics = new ArrayList<>(List.of(target.topic()));
    @Nullable
    Wanted known = wanted.get(subscription.id());
    if (known != null) {
      topics.addAll(known.echoes());
    }
    String fresh = seal.seal(randomText(SECRET_BYTES), purpose(subscription.id()));
    Outgoing next = subscription.asking(topics, fresh, now.plus(config.verifyWithin()), now.plus(HUB_MAY_ASK), now);
    // Written before the hub is asked: it may ask back before it answers.
    Optional<Outgoing> written = store.write(tx -> new OutgoingRows(tx).update(next));
    if (written.isEmpty()) {
      return CHANGED_MEANWHILE;
    }
    Outgoing asking = written.get();
    List<Map.Entry<String, String>> form = List.of(Map.entry("hub.mode", "subscribe"),
        Map.entry("hub.callback", callback(subscription)), Map.entry("hub.topic", target.topic()),
        Map.entry("hub.secret", open(asking.pendingSecret(), subscription.id()).map(Secret::reveal).orElse("")),
        Map.entry("hub.lease_seconds", String.valueOf(subscription.requestedLease().toSeconds())));
    OutboundResult result = ask(subscription, target.hub(), form);
    if (result instanceof OutboundResult.Answered answered && answered.ok()) {
      return Outcome.later(Step.LONGEST_WAIT, "the hub is to ask back");
    }
    return later(asking, result.describe(), retryAfter(result, now));
  }

  private Outcome unsubscribe(Outgoing subscription) throws InterruptedException {
    Target target;
    try {
      target = target(subscription);
    } catch (FairwayException e) {
      return later(subscription, String.valueOf(e.getMessage()), Optional.empty());
    }
    Optional<Outgoing> leaving = store.write(tx -> new OutgoingRows(tx)
        .update(subscription.leaving(tx.now().plus(config.verifyWithin()), tx.now().plus(HUB_MAY_ASK))));
    if (leaving.isEmpty()) {
      return CHANGED_MEANWHILE;
    }
    OutboundResult result = ask(subscription, target.hub(), List.of(Map.entry("hub.mode", "unsubscribe"),
        Map.entry("hub.callback", callback(subscription)), Map.entry("hub.topic", target.topic())));
    if (result instanceof OutboundResult.Answered answered) {
      if (answered.ok()) {
        return Outcome.later(Step.LONGEST_WAIT, "the hub is to ask back");
      }
      if (answered.status() == 404 || answered.status() == 410) {
        return new Outcome.Done(tx -> new OutgoingRows(tx).delete(subscription.id()));
      }
    }
    return later(leaving.get(), result.describe(), Optional.empty());
  }

  /* If the hub has asked back meanwhile, the version is newer and its yes stands. */
  private Outcome later(Outgoing subscription, String why, Optional<Duration> asked) {
    long ceiling = BACK_OFF.ceiling(Math.min(subscription.failures() + 1, 30)).toMillis();
    Duration wait = asked.orElse(Duration.ofMillis(ceiling / 2 + jitter().nextLong(ceiling / 2)));
    Duration turn = wait.compareTo(Step.LONGEST_WAIT) > 0 ? Step.LONGEST_WAIT : wait;
    return new Outcome.Later(turn, why,
        tx -> new OutgoingRows(tx).update(subscription.failed(why, tx.now().plus(wait))));
  }

  private static Optional<Duration> retryAfter(OutboundResult result, Instant now) {
    return result instanceof OutboundResult.Answered answered
        ? answered.retryAfter(now)
            .map(wait -> wait.compareTo(ASK_AGAIN_AFTER_DENIAL) > 0 ? ASK_AGAIN_AFTER_DENIAL : wait)
        : Optional.empty();
  }

  private OutboundResult ask(Outgoing subscription, URI hub, List<Map.Entry<String, String>> form)
      throws InterruptedException {
    Optional<TokenSource> source = access.of(subscription.channel());
    if (source.isEmpty()) {
      return send(hub, form, UnaryOperator.identity());
    }
    try {
      Secret token = source.get().token();
      OutboundResult result = send(hub, form, request -> request.bearer(token.reveal()));
      if (result instanceof OutboundResult.Answered answered && answered.status() == 401) {
        source.get().discard(token);
      }
      return result;
    } catch (FairwayException e) {
      return new OutboundResult.Failed(String.valueOf(e.getMessage()), false);
    }
  }

  private OutboundResult send(URI hub, List<Map.Entry<String, String>> form, UnaryOperator<OutboundRequest> credentials)
      throws InterruptedException {
    return discovery.follow(OutboundRequest.post(hub).form(form).responseLimit(ANSWER_LIMIT), List.of(307, 308),
        credentials);
  }

  private UnaryOperator<OutboundRequest> credentials(String channel) throws InterruptedException {
    Optional<TokenSource> source = access.of(channel);
    if (source.isEmpty()) {
      return UnaryOperator.identity();
    }
    String token = source.get().token().reveal();
    return request -> request.bearer(token);
  }

  private String callback(Outgoing subscription) {
    String capability = seal.open(subscription.token(), purpose(subscription.id())).reveal();
    return config.callbackBase().get() + URLEncoder.encode(subscription.channel(), StandardCharsets.UTF_8) + "?k="
        + capability;
  }

  /**
   * Answers a hub's verification of intent, or takes note of its refusal.
   *
   * @param key the capability in the callback's query
   * @return what to answer with status 200; empty means 404: nothing like that is pending
   */
  public Optional<String> answer(String channel, Optional<String> key, HubQuestion question) {
    return store.write(tx -> {
      OutgoingRows rows = new OutgoingRows(tx);
      Optional<Outgoing> found = rows.ofChannel(channel).stream().filter(row -> opens(row, key)).findFirst();
      if (found.isEmpty()) {
        return Optional.<String>empty();
      }
      Outgoing subscription = found.get();
      return switch (question) {
        case HubQuestion.Denied denied -> deny(tx, rows, subscription, denied);
        case HubQuestion.Verify verify when !subscription.awaits(verify.mode(), verify.topic(), tx.now()) ->
          Optional.<String>empty();
        case HubQuestion.Verify verify -> confirm(tx, rows, subscription, verify);
      };
    });
  }

  private Optional<String> deny(Transaction tx, OutgoingRows rows, Outgoing subscription, HubQuestion.Denied denied) {
    if (!subscription.names(denied.topic())) {
      return Optional.empty();
    }
    if (subscription.wanted()) {
      long wait = ASK_AGAIN_AFTER_DENIAL.toMillis();
      rows.update(subscription.denied(denied.reason(), tx.now().plusMillis(wait / 2 + jitter().nextLong(wait))));
      tell(tx, "websub.outgoing.denied", subscription, Map.of("reason", denied.reason()));
    } else {
      rows.update(subscription.leaving(tx.now(), tx.now()).removed());
    }
    return Optional.of("");
  }

  private Optional<String> confirm(Transaction tx, OutgoingRows rows, Outgoing subscription,
      HubQuestion.Verify verify) {
    if (!subscription.wanted()) {
      rows.update(subscription.removed());
      return Optional.of(verify.challenge());
    }
    Duration granted = verify.lease().filter(lease -> lease.isPositive()).orElse(subscription.requestedLease());
    Duration lease = granted.compareTo(LONGEST_LEASE) > 0 ? LONGEST_LEASE : granted;
    Instant now = tx.now();
    Instant renewAt = now.plusMillis((long) (lease.toMillis() * (0.5 + 0.3 * jitter().nextDouble())));
    rows.update(subscription.verified(lease, renewAt, now.plus(config.overlap()), now));
    tell(tx, "websub.outgoing.verified", subscription, Map.of("lease_seconds", lease.toSeconds()));
    return Optional.of(verify.challenge());
  }

  private static void tell(Transaction tx, String type, Outgoing subscription, Map<String, Object> more) {
    Map<String, Object> body = new java.util.LinkedHashMap<>(Map.of("topic", subscription.topic()));
    body.putAll(more);
    tx.append(new NewEvent(type, subscription.channel(), Json.text(body)));
  }

  /**
   * Says whether a notification comes from the hub it should come from.
   *
   * @param key the capability in the callback's query
   * @param signature the {@code X-Hub-Signature} header
   */
  public Origin origin(String channel, Optional<String> key, Optional<String> signature, byte[] body) {
    record Found(Outgoing subscription, Instant now) {}
    Optional<Found> found = store.read(view -> new OutgoingRows(view).ofChannel(channel).stream()
        .filter(row -> row.state() != Outgoing.State.REMOVED && opens(row, key)).findFirst()
        .map(row -> new Found(row, view.now())));
    if (found.isEmpty()) {
      return new Origin.Unknown();
    }
    Outgoing subscription = found.get().subscription();
    @Nullable
    Wanted known = wanted.get(subscription.id());
    if (signature.isEmpty()) {
      return known != null && !known.signed() ? new Origin.Genuine(subscription) : new Origin.Forged();
    }
    List<Secret> secrets = new ArrayList<>();
    open(subscription.secret(), subscription.id()).ifPresent(secrets::add);
    if (found.get().now().isBefore(subscription.previousUntil())) {
      open(subscription.previousSecret(), subscription.id()).ifPresent(secrets::add);
    }
    return Signature.verify(signature.get(), body, secrets) ? new Origin.Genuine(subscription) : new Origin.Forged();
  }

  private boolean opens(Outgoing row, Optional<String> key) {
    return key.map(Secret::new).filter(seal.open(row.token(), purpose(row.id()))::equals).isPresent();
  }

  private Optional<Secret> open(Optional<String> sealed, String id) {
    return sealed.map(text -> seal.open(text, purpose(id)));
  }

  private static String purpose(String id) {
    return "websub.outgoing " + id;
  }

  private Secret randomText(int bytes) {
    byte[] text = new byte[bytes];
    random.nextBytes(text);
    return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(text));
  }

  private static RandomGenerator jitter() {
    return java.util.concurrent.ThreadLocalRandom.current();
  }
}
