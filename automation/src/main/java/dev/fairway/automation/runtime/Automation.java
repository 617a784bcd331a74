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
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The automation door: the integrations of a node, their webhooks and their requests. Make types known with
 * {@link #offer}, then {@link #start} integrations of them. Safe for many threads.
 */
public final class Automation implements AutoCloseable {
  private static final Duration AWAY = Duration.ofSeconds(5);
  /* Workers that sleep do not notice a new kind; new work wakes them. */
  private static final WorkKind<Wake> WAKE = WorkKind.of("automation.wake", JsonCodec.of(Wake.class));

  private record Wake(String integration) {}

  private final Handlers handlers;
  private final TimeLimits limits = new TimeLimits();
  private final Ledgers ledgers;
  private final RunningIntegration.Shared shared;
  private final Map<String, AvailableType> types = new ConcurrentHashMap<>();
  private final Map<String, RunningIntegration> running = new ConcurrentHashMap<>();
  private boolean closed;

  /**
   * Takes its part of the node's work.
   *
   * @param handlers where it registers its kinds of work, also later, when an integration starts
   * @param http how integrations call the outside
   */
  public Automation(Store store, Handlers handlers, Ledgers ledgers, OutsideCalls http, Clock clock,
      AutomationConfig config) {
    this.handlers = handlers;
    this.ledgers = ledgers;
    this.shared = new RunningIntegration.Shared(store, clock, http, limits, config);
    handlers.add(Outbox.SUBMIT, new Outbox(ledgers, this::find));
    handlers.add(WAKE, delivery -> Outcome.done());
  }

  /** Makes a type known; one of the same name takes the place of the older for whatever starts from now on. */
  public void offer(AvailableType type) {
    types.put(type.name(), type);
  }

  /** Starts no more integrations of these; those running go on. */
  public void withdraw(Predicate<AvailableType> unwanted) {
    types.values().removeIf(unwanted);
  }

  /** The ledgers that integrations can work on. */
  public Ledgers ledgers() {
    return ledgers;
  }

  /**
   * The type of that name, or the only one of that id.
   *
   * @throws FairwayException with {@code NOT_FOUND} when there is none, {@code INVALID} when several packages have one
   */
  public AvailableType type(String name) {
    AvailableType exact = types.get(name);
    if (exact != null) {
      return exact;
    }
    List<AvailableType> byId = types.values().stream().filter(type -> type.metadata().id().equals(name)).toList();
    if (byId.size() == 1) {
      return byId.getFirst();
    }
    String known = types.keySet().stream().sorted().collect(Collectors.joining(", "));
    throw byId.isEmpty()
        ? new FairwayException(ErrorCode.NOT_FOUND, "no integration type " + name + "; there are " + known)
        : new FairwayException(ErrorCode.INVALID, "several packages have a type " + name + "; say which: " + known);
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
   * on the ledger comes after that. On the node's own ledger its party is made if there is none.
   *
   * @throws FairwayException with {@code NOT_FOUND} for an unknown type or ledger, {@code INVALID} with all problems of the
   * settings, {@code CONFLICT} when it runs already, {@code CONFIGURATION} when its own start fails
   */
  public RunningIntegration start(IntegrationConfig wanted) {
    AvailableType type = type(wanted.type());
    refuseTwice(wanted.id());
    if (wanted.ledger().equals(Ledgers.LOCAL)) {
      ledgers.find(Ledgers.LOCAL).allocate(wanted.party().name());
    }
    RunningIntegration made = start(wanted, type, type.make().get());
    try {
      return enter(made);
    } catch (RuntimeException e) {
      // Another start of the same id was faster, say: what this one has opened nobody else would give back.
      if (!running.containsValue(made)) {
        made.stop();
      }
      throw e;
    }
  }

  private void refuseTwice(String id) {
    if (running.containsKey(id)) {
      throw new FairwayException(ErrorCode.CONFLICT, "integration " + id + " is running; stop it first");
    }
  }

  /* Nothing here asks a ledger: one that does not answer holds up its own integrations alone. */
  private synchronized RunningIntegration enter(RunningIntegration integration) {
    String id = integration.id();
    refuseTwice(id);
    if (closed) {
      throw new FairwayException(ErrorCode.BUSY, "integration " + id + " does not start: the node is stopping");
    }
    for (WorkKind<Payloads.LedgerDelivery> kind : integration.lanes().ledgerKinds()) {
      handlers.put(kind, new LedgerWork(id));
    }
    handlers.put(integration.lanes().lane(), delivery -> {
      RunningIntegration found = running.get(id);
      return found == null ? away(id) : found.lane(delivery);
    });
    running.put(id, integration);
    integration.begin();
    shared.store().run(tx -> tx.enqueue(NewWork.of(WAKE, new Wake(id))));
    return integration;
  }

  private <S extends Record> RunningIntegration start(IntegrationConfig wanted, AvailableType type,
      Integration<S> integration) {
    Ledger ledger = ledgers.find(wanted.ledger());
    prepare(wanted.ledger(), ledger, type);
    var reader = new SettingsReader(type.metadata().fields(), packages(ledger));
    S settings = reader.bind(reader.check(wanted.settings()), integration.settings());
    return RunningIntegration.start(wanted, type, integration, settings, new RunningIntegration.OnLedger(ledger,
        type.model().mainPackage(wanted.ledger()), () -> type.model().giveTo(wanted.ledger(), ledger)), shared);
  }

  /* Before the settings are checked, so that they can name the package's own templates. */
  private static void prepare(String name, Ledger ledger, AvailableType type) {
    try {
      type.model().giveTo(name, ledger);
    } catch (FairwayException e) {
      if (!e.code().retriable()) {
        throw e;
      }
    }
  }

  /**
   * Says what is wrong with an integration before it is started.
   *
   * @throws FairwayException with {@code NOT_FOUND} for an unknown type or ledger, {@code INVALID} with all problems of the
   * settings
   */
  public void check(IntegrationConfig wanted) {
    AvailableType type = type(wanted.type());
    Ledger ledger = ledgers.find(wanted.ledger());
    prepare(wanted.ledger(), ledger, type);
    new SettingsReader(type.metadata().fields(), packages(ledger)).check(wanted.settings());
  }

  /* A ledger that is down must not keep an integration from starting; its settings are then checked for form only. */
  private static List<LedgerPackage> packages(Ledger ledger) {
    try {
      return ledger.packages();
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
        integration.onLedger().dead(tx, delivery);
      }
    }
  }

  /** What it serves: {@code /integrations/{id}} and {@code /requests}. */
  public List<Door> doors() {
    return List.of(new IntegrationsDoor(this, shared, shared.config()).door(),
        new RequestsDoor(shared.store(), ledgers).door());
  }

  /** Stops all integrations. The store, the workers and the ledger stay open; they are the node's. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    running.keySet().forEach(this::stop);
    limits.close();
  }
}
