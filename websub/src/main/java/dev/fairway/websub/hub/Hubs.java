package dev.fairway.websub.hub;

import dev.fairway.core.journal.Journal;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.RetryPolicy;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkKind;
import dev.fairway.store.JsonCodec;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.websub.wire.SecretSeal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The hubs of a node, side by side in one store: its own, and one per channel endpoint it serves. They share the workers and
 * the patience with each callback. Safe for many threads.
 */
public final class Hubs implements AutoCloseable {
  /** Most bytes read of a subscriber's answer. */
  static final long ANSWER_LIMIT = 64 << 10;

  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  /** Asks subscribers whether they mean it. */
  public static final WorkKind<Verification> VERIFY = WorkKind.of("websub.verify", JsonCodec.of(Verification.class))
      .withRetry(new RetryPolicy(Hub.VERIFY_ATTEMPTS + 1, Duration.ofHours(1), Duration.ofSeconds(5),
          Duration.ofMinutes(1)))
      .withConcurrency(64);

  /** Posts notifications: for a day, from ten seconds to an hour apart. */
  public static final WorkKind<Notice> DELIVER = WorkKind.of("websub.deliver", JsonCodec.of(Notice.class))
      .withRetry(new RetryPolicy(200, Duration.ofHours(24), Duration.ofSeconds(10), Duration.ofHours(1)))
      .withConcurrency(256);

  /** Tells subscribers that they are denied. */
  public static final WorkKind<Denial> DENY = WorkKind.of("websub.deny", JsonCodec.of(Denial.class))
      .withRetry(new RetryPolicy(Hub.DENY_ATTEMPTS + 1, Duration.ofHours(1), Duration.ofSeconds(10),
          Duration.ofMinutes(5)));

  /** Forgets what has expired. */
  public static final WorkKind<Upkeep> UPKEEP = WorkKind.of("websub.upkeep", JsonCodec.of(Upkeep.class))
      .withRetry(new RetryPolicy(1_000_000, FOR_EVER, Duration.ofSeconds(10), Duration.ofMinutes(10)));

  private final Store store;
  private final OutboundClient client;
  private final SecretSeal seal;
  private final CallbackGates gates;
  private final Map<String, Open> open = new ConcurrentHashMap<>();

  private record Open(Hub hub, Journal.Follower follower) {}

  /**
   * Makes ready for hubs; none is open yet.
   *
   * @param client guarded: callbacks are given by strangers
   * @param clock for pauses of callbacks in trouble
   */
  public Hubs(Store store, OutboundClient client, SecretSeal seal, InstantSource clock) {
    this.store = store;
    this.client = client;
    this.seal = seal;
    this.gates = new CallbackGates(clock);
  }

  /**
   * Opens a hub and lets it follow the journal from where it stopped, or from now on when it is new.
   *
   * @throws IllegalStateException when the scope is already open
   */
  public Hub open(HubConfig config, Admission admission, Publication.Mapping mapping) {
    Hub hub = new Hub(config, admission, store, client, seal, gates);
    Open opened = new Open(hub, hub.follow(mapping));
    if (open.putIfAbsent(config.scope(), opened) != null) {
      opened.follower().close();
      throw new IllegalStateException("the hub " + config.scope() + " is already open");
    }
    return hub;
  }

  public Optional<Hub> find(String scope) {
    return Optional.ofNullable(open.get(scope)).map(Open::hub);
  }

  /** How far a hub has followed the journal. */
  public Optional<Journal.Follower> follower(String scope) {
    return Optional.ofNullable(open.get(scope)).map(Open::follower);
  }

  public WorkHandler<Verification> verifier() {
    return delivery -> {
      @Nullable
      Hub hub = hub(delivery.payload().scope());
      return hub == null ? noHub(delivery.payload().scope()) : hub.verify(delivery);
    };
  }

  public WorkHandler<Notice> deliverer() {
    return new WorkHandler<>() {
      @Override
      public Outcome run(Delivery<Notice> delivery) throws Exception {
        @Nullable
        Hub hub = hub(delivery.payload().scope());
        return hub == null ? noHub(delivery.payload().scope()) : hub.deliver(delivery);
      }

      @Override
      public void onDead(Transaction tx, Delivery<Notice> delivery, String why) throws SQLException {
        @Nullable
        Hub hub = hub(delivery.payload().scope());
        if (hub != null) {
          hub.givenUp(tx, delivery.payload(), why);
        }
      }
    };
  }

  public WorkHandler<Denial> denier() {
    return delivery -> {
      @Nullable
      Hub hub = hub(delivery.payload().scope());
      return hub == null ? noHub(delivery.payload().scope()) : hub.tellDenied(delivery);
    };
  }

  public WorkHandler<Upkeep> keeper() {
    return delivery -> {
      @Nullable
      Hub hub = hub(delivery.payload().scope());
      return hub == null ? Outcome.gone("whoever opens the hub enqueues this again") : hub.upkeep();
    };
  }

  private @Nullable Hub hub(String scope) {
    @Nullable
    Open opened = open.get(scope);
    return opened == null ? null : opened.hub();
  }

  /* It may be about to open, here or in another process; the work's age bounds the wait. */
  private static Outcome noHub(String scope) {
    return Outcome.later(Duration.ofSeconds(30), "the hub " + scope + " is not open");
  }

  /** Stops following; what is under way is finished by whoever opens the hubs next. */
  @Override
  public void close() {
    open.values().forEach(opened -> opened.follower().close());
    open.clear();
  }
}
