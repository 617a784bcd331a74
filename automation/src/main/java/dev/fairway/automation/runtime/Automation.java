package dev.fairway.automation.runtime;

import dev.fairway.automation.metadata.SettingsReader;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkKind;
import dev.fairway.store.JsonCodec;
import dev.fairway.store.workers.Handlers;
import dev.fairway.web.Door;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The automation door: the integrations of a node on one ledger, their webhooks and their requests. Make types known with
 * {@link #offer}, then {@link #start} integrations of them. Safe for many threads.
 */
public final class Automation implements AutoCloseable {
  private static final Duration AWAY = Duration.ofSeconds(5);
  /* Workers that sleep do not notice a new kind; new work wakes them. */
  private static final WorkKind<Wake> WAKE = WorkKind.of("automation.wake", JsonCodec.of(Wake.class));

  private record Wake(String integration) {}

  private final Handlers handlers;
  private final AutomationConfig config;
  private final TimeLimits limits = new TimeLimits();
  private final RunningIntegration.Shared shared;
  private final Map<String, AvailableType> types = new ConcurrentHashMap<>();
  private final Map<String, RunningIntegration> running = new ConcurrentHashMap<>();

  /**
   * Takes its part of the node's work.
   *
   * @param handlers where it registers its kinds of work, also later, when an integration starts
   * @param http how integrations call the outside
   */
  public Automation(Store store, Handlers handlers, Ledger ledger, OutsideCalls http, Clock clock,
      AutomationConfig config) {
    this.handlers = handlers;
    this.config = config;
    this.shared = new RunningIntegration.Shared(store, ledger, clock, http, limits);
    handlers.add(Outbox.SUBMIT, new Outbox(ledger, this::find));
    handlers.add(WAKE, delivery -> Outcome.done());
  }

  /** Makes a type known; one of the same id takes the place of the older for whatever starts from now on. */
  public void offer(AvailableType type) {
    types.put(type.metadata().id(), type);
  }

  /** Types that can be started. */
  public Collection<AvailableType> types() {
    return List.copyOf(types.values());
  }

  /** The integration of that id, while it runs. */
  public Optional<RunningIntegration> find(String id) {
    return Optional.ofNullable(running.get(id));
  }

  /** Those running. */
  public Collection<RunningIntegration> running() {
    return List.copyOf(running.values());
  }

  /**
   * Starts an integration. It goes on where one of the same id stopped. Returns when its handlers are registered; what is
   * on the ledger comes after that.
   *
   * @throws FairwayException with {@code NOT_FOUND} for an unknown type, {@code INVALID} with all problems of the
   * settings, {@code CONFLICT} when it runs already, {@code CONFIGURATION} when its own start fails
   */
  public synchronized RunningIntegration start(IntegrationConfig wanted) {
    AvailableType type = types.get(wanted.type());
    if (type == null) {
      throw new FairwayException(ErrorCode.NOT_FOUND,
          "no integration type " + wanted.type() + "; there are " + types.keySet());
    }
    if (running.containsKey(wanted.id())) {
      throw new FairwayException(ErrorCode.CONFLICT, "integration " + wanted.id() + " is running; stop it first");
    }
    RunningIntegration integration = start(wanted, type, type.make().get());
    for (WorkKind<Payloads.LedgerDelivery> kind : integration.lanes().ledgerKinds()) {
      if (handlers.find(kind.name()).isEmpty()) {
        handlers.add(kind, new LedgerWork(wanted.id()));
      }
    }
    WorkKind<Payloads.LaneDelivery> lane = integration.lanes().lane();
    if (handlers.find(lane.name()).isEmpty()) {
      handlers.add(lane, delivery -> {
        RunningIntegration found = running.get(wanted.id());
        return found == null ? away(wanted.id()) : found.lane(delivery);
      });
    }
    running.put(wanted.id(), integration);
    integration.begin();
    shared.store().run(tx -> tx.enqueue(NewWork.of(WAKE, new Wake(wanted.id()))));
    return integration;
  }

  private <S extends Record> RunningIntegration start(IntegrationConfig wanted, AvailableType type,
      Integration<S> integration) {
    var reader = new SettingsReader(type.metadata().fields(), packages());
    S settings = reader.bind(reader.check(wanted.settings()), integration.settings());
    return RunningIntegration.start(wanted.id(), integration, settings, wanted.party(), type.mainPackage(), shared);
  }

  /* A ledger that is down must not keep an integration from starting; its settings are then checked for form only. */
  private List<LedgerPackage> packages() {
    try {
      return shared.ledger().packages();
    } catch (FairwayException e) {
      return List.of();
    }
  }

  /** Stops an integration; its waiting work is kept. False when it did not run. */
  public boolean stop(String id) {
    RunningIntegration integration = running.remove(id);
    if (integration == null) {
      return false;
    }
    integration.stop();
    return true;
  }

  private static Outcome away(String id) {
    return Outcome.later(AWAY, id + " does not run");
  }

  private final class LedgerWork implements WorkHandler<Payloads.LedgerDelivery> {
    private final String id;

    LedgerWork(String id) {
      this.id = id;
    }

    @Override
    public Outcome run(Delivery<Payloads.LedgerDelivery> delivery) throws Exception {
      RunningIntegration integration = running.get(id);
      return integration == null ? away(id) : integration.deliver(delivery);
    }

    @Override
    public void onDead(Transaction tx, Delivery<Payloads.LedgerDelivery> delivery, String why) throws SQLException {
      RunningIntegration integration = running.get(id);
      if (integration != null) {
        integration.dead(tx, delivery);
      }
    }
  }

  /** What it serves: {@code /integrations/{id}} and {@code /requests}. */
  public List<Door> doors() {
    return List.of(new IntegrationsDoor(this, shared, config).door(), new RequestsDoor(shared.store()).door());
  }

  /** Stops all integrations. The store, the workers and the ledger stay open; they are the node's. */
  @Override
  public void close() {
    running.keySet().forEach(this::stop);
    limits.close();
  }
}
