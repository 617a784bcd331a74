package dev.fairway.automation.runtime;

import dev.fairway.automation.metadata.SettingsReader;
import dev.fairway.automation.pack.PackageLoader;
import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.HeldBack;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplatePattern;
import dev.fairway.core.store.Store;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An integration at work, from its start to its stop. Deliveries come in on the workers' threads; each handler runs with
 * the integration's own class loader, within a time limit. Safe for many threads.
 */
public final class RunningIntegration {
  private static final Logger LOG = LoggerFactory.getLogger(RunningIntegration.class);
  private static final Duration NOT_NOW = Duration.ofSeconds(1);

  /** What all integrations of a node share. */
  record Shared(Store store, Clock clock, OutsideCalls http, TimeLimits limits, AutomationConfig config) {
    Shared {
      http = DryRun.guard(http);
    }
  }

  /**
   * The ledger an integration works on.
   *
   * @param mainPackage the package of its own templates there, an id or {@code #} and a name
   * @param templates makes these known to the ledger; again changes nothing
   */
  record OnLedger(Ledger ledger, Optional<String> mainPackage, Runnable templates) {
    TemplatePattern qualified(TemplatePattern pattern) {
      return mainPackage.map(pattern::in).orElse(pattern);
    }
  }

  private final IntegrationConfig config;
  private final AvailableType type;
  private final OnLedger on;
  private final Shared shared;
  private final Registrations registrations;
  private final Lanes lanes;
  private final ClassLoader loader;
  private final Tellings tellings;
  private final Feed feed;
  private final CommandSender commands;
  private final Requests requests;
  private final LedgerHandlers onLedger;
  private final Lane lane;
  private final JournalFeed journal;
  private final RecentCalls recent = new RecentCalls();
  private final Map<Thread, String> overdue = new ConcurrentHashMap<>();
  private final LifeCycle life;
  private volatile int logLevel;

  private RunningIntegration(IntegrationConfig config, AvailableType type, OnLedger on, Shared shared,
      Registrations registrations, ClassLoader loader, Class<?> entry) {
    this.config = config;
    this.type = type;
    this.on = on;
    this.shared = shared;
    this.registrations = registrations;
    this.lanes = new Lanes(config.id(), registrations);
    this.loader = loader;
    var leadership = new Leadership(shared.store, shared.clock, config.id());
    var events = new StateEvents(shared.store, config.id());
    this.life = new LifeCycle(this, shared, on.templates(), leadership, events);
    this.tellings = new Tellings(config.id(), registrations, lanes,
        new Matches(config.id(), loader, shared.limits));
    this.feed = new Feed(shared.store, on.ledger, config.id(), config.party(), registrations, tellings, leadership,
        life::caughtUp, events);
    this.commands = new CommandSender(shared.store, config, on, registrations, feed);
    this.requests = new Requests(this, shared, new ForkedWorkers(
        loader instanceof PackageLoader || loader.equals(ClassLoader.getSystemClassLoader()), () -> worker(entry),
        new WorkerNode()));
    this.onLedger = new LedgerHandlers(this, shared);
    this.lane = new Lane(this, shared);
    this.journal = new JournalFeed(shared.store, config.id(), lane, registrations.journalTypes,
        new JournalRights(config.id(), shared.config.heardBy(config.id())));
  }

  /**
   * Calls the integration's {@link Integration#start}; nothing is delivered before {@link #begin}.
   *
   * @throws FairwayException with {@code CONFIGURATION} when it cannot be started
   */
  static <S extends Record> RunningIntegration start(IntegrationConfig config, AvailableType type,
      Integration<S> integration, S settings, OnLedger on, Shared shared) {
    var registrations = new Registrations(on::qualified);
    var env = new IntegrationEnvironment<>(config, settings, on, shared);
    ClassLoader loader = Optional.ofNullable(integration.getClass().getClassLoader())
        .orElseGet(ClassLoader::getSystemClassLoader);
    try {
      inLoader(loader, () -> {
        integration.start(env, registrations);
        return true;
      });
    } catch (Exception e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "integration " + config.id() + " does not start: " + e, e);
    }
    registrations.close();
    var started = new RunningIntegration(config, type, on, shared, registrations, loader,
        integration.getClass());
    env.started(started);
    return started;
  }

  /* How a worker makes this integration for itself. */
  private WorkerMessages.Start worker(Class<?> entry) {
    List<String> jars = loader instanceof PackageLoader own ? own.jars() : List.of();
    return new WorkerMessages.Start(id(), entry.getName(), jars, party(), on.mainPackage,
        new SettingsReader(type.metadata().fields(), List.of()).check(config.settings()));
  }

  private final class WorkerNode implements ForkedWorkers.Node {
    @Override
    public OutsideCalls http() {
      return shared.http;
    }

    @Override
    public List<Contract> active(String template) {
      return IntegrationEnvironment.active(on, party(), template);
    }

    @Override
    public void put(String queue, String message) {
      RunningIntegration.this.put(queue, message);
    }
  }

  public String id() {
    return config.id();
  }

  public Party party() {
    return config.party();
  }

  /** What it was started with. */
  public IntegrationConfig config() {
    return config;
  }

  /**
   * Whether what was there when it started has been recorded, and its ready handlers have run, or another process sees to
   * that.
   */
  public boolean ready() {
    return life.standingBy() || (life.running() && feed.trouble().isEmpty());
  }

  /** Whether another process reads the ledger and runs timers and tasks for it, and this one takes over if that one dies. */
  public boolean standingBy() {
    return life.standingBy();
  }

  /** How far it has read its ledger: what happened up to here is recorded for delivery. */
  public Offset place() {
    return feed.offset();
  }

  /** Whether it has handlers for what happens on its ledger. */
  public boolean readsLedger() {
    return registrations.readsLedger();
  }

  /** Puts a message on one of its queues, as {@link dev.fairway.automation.sdk.MessageSink#put} does. */
  public void put(String queue, String message) {
    lane.put(queue, message);
  }

  /** What keeps it from going on, while something does. */
  public Optional<String> error() {
    return feed.trouble().or(life::error).or(() -> overdue.values().stream().findFirst());
  }

  /** Of which type it is, in the version it was started with. */
  public AvailableType type() {
    return type;
  }

  /** How much it logs, 0 to 50. */
  public int logLevel() {
    return logLevel;
  }

  public void logLevel(int level) {
    logLevel = level;
  }

  /** What its handlers, webhooks, timers and queues have done since it was started. */
  public Totals totals() {
    return registrations.all().map(Counters::snapshot).map(one -> new Totals(one.uses(), one.commands(), one.errors()))
        .reduce(new Totals(0, 0, 0), Totals::plus);
  }

  /** What each of its handlers, webhooks, timers and queues has done since it was started. */
  public List<Tally> tallies() {
    return registrations.all().map(Counters::snapshot)
        .map(one -> new Tally(one.label(), one.uses(), one.commands(), one.errors(),
            Optional.ofNullable(one.errorMessage()), Optional.ofNullable(one.errorTime())))
        .toList();
  }

  /** The last calls of its handlers in this process, newest first. */
  public List<RecentCalls.Made> recent() {
    return recent.newestFirst();
  }

  /**
   * What a handler has done.
   *
   * @param label for people
   */
  public record Tally(String label, long calls, long commands, long errors, Optional<String> lastError,
      Optional<Instant> lastErrorAt) {}

  /** Calls of handlers, commands sent for them, and calls that failed. */
  public record Totals(long calls, long commands, long errors) {
    Totals plus(Totals other) {
      return new Totals(calls + other.calls, commands + other.commands, errors + other.errors);
    }
  }

  RecentCalls recentCalls() {
    return recent;
  }

  Registrations registrations() {
    return registrations;
  }

  Lanes lanes() {
    return lanes;
  }

  Tellings tellings() {
    return tellings;
  }

  /** Where its commands go. */
  CommandSender commands() {
    return commands;
  }

  /** Its handlers of what happens on its ledger. */
  LedgerHandlers onLedger() {
    return onLedger;
  }

  Requests requests() {
    return requests;
  }

  Lane lane() {
    return lane;
  }

  JournalFeed journal() {
    return journal;
  }

  LifeCycle life() {
    return life;
  }

  Feed feed() {
    return feed;
  }

  Ledger ledger() {
    return on.ledger;
  }

  ClassLoader loader() {
    return loader;
  }

  /** Begins: init handlers, then the ledger, ready handlers, timers and tasks. */
  void begin() {
    life.begin();
  }

  /** Stops reading and its tasks; handlers under way come to their end, what waits is kept. */
  void stop() {
    life.stop();
  }

  /** Does a piece of ledger work. */
  Outcome deliver(Delivery<Payloads.LedgerDelivery> delivery) throws Exception {
    if (!life.initialised()) {
      return Outcome.later(NOT_NOW, "the integration is starting or stopping");
    }
    return delivery.dryRun() ? DryRun.of(() -> onLedger.run(delivery)) : onLedger.run(delivery);
  }

  static Attempt attempt(Delivery<?> delivery) {
    return new Attempt(delivery.idempotencyKey(), delivery.attempt(), delivery.maybeDone(), delivery.dryRun());
  }

  /** Does a tick or a message. */
  Outcome lane(Delivery<Payloads.LaneDelivery> delivery) throws Exception {
    if (!life.running()) {
      return Outcome.later(NOT_NOW, "the integration is starting or stopping");
    }
    return delivery.dryRun() ? DryRun.of(() -> lane.run(delivery)) : lane.run(delivery);
  }

  /** Calls a handler: counted, in its class loader, within the time limit of all. */
  <T> T called(Counters counters, Callable<T> handler) throws Exception {
    return called(counters, shared.config.handlerLimit(), handler);
  }

  /** Calls a handler: counted, in its class loader, within a time limit of its own. */
  <T> T called(Counters counters, Duration limit, Callable<T> handler) throws Exception {
    counters.used();
    Instant began = shared.clock.instant();
    Thread runner = Thread.currentThread();
    try {
      T answer = shared.limits.within(limit, () -> inLoader(loader, handler), () -> overdue(runner, counters, limit));
      recent.add(counters.label(), began, shared.clock.instant(), Optional.empty());
      return answer;
    } catch (InterruptedException | HeldBack e) {
      throw e;
    } catch (Exception e) {
      Instant failed = shared.clock.instant();
      counters.failed(e.toString(), failed);
      recent.add(counters.label(), began, failed, Optional.of(e.toString()));
      throw e;
    } finally {
      overdue.remove(runner);
    }
  }

  /* One that heeds the interrupt is not overdue for long. */
  private void overdue(Thread runner, Counters counters, Duration limit) {
    overdue.put(runner, counters.label() + " takes longer than " + limit
        + " and was interrupted; what waits for it goes on when it ends, or when the node is restarted");
    LOG.warn("a handler takes too long and is interrupted integration={} handler={} limit={}", id(), counters.label(),
        limit);
  }

  /**
   * Runs what an integration's author wrote, in its class loader.
   *
   * @throws ExecutionException for an {@link Error}, whatever it is: to the node it is one more way to fail
   */
  static <T> T inLoader(ClassLoader loader, Callable<T> body) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return body.call();
    } catch (Error e) {
      throw new ExecutionException(e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  Instant startTime() {
    return life.startTime();
  }
}
