package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.automation.sdk.MessageSink;
import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.TemplatePattern;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.Outcome;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * An integration at work, from its start to its stop. Deliveries come in on the workers' threads; each handler runs with
 * the integration's own class loader, within a time limit. Safe for many threads.
 */
public final class RunningIntegration {
  private static final Logger LOG = LoggerFactory.getLogger(RunningIntegration.class);
  static final int QUEUE_SIZE = 512;
  private static final int MESSAGE_LIMIT = 1 << 20;
  private static final Duration HANDLER_LIMIT = Duration.ofMinutes(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** What all integrations of a node share. */
  record Shared(Store store, Ledger ledger, Clock clock, OutsideCalls http, TimeLimits limits) {}

  private final String id;
  private final Party party;
  private final Optional<String> mainPackage;
  private final Shared shared;
  private final Registrations registrations;
  private final Lanes lanes;
  private final ClassLoader loader;
  private final Feed feed;
  private final Requests requests;
  private final Instant startTime;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, Long> lastTicks = new ConcurrentHashMap<>();
  private final AtomicLong pending = new AtomicLong();
  private final AtomicLong totalEvents = new AtomicLong();
  private final AtomicLong skippedEvents = new AtomicLong();
  private final AtomicLong missedTicks = new AtomicLong();
  private volatile int logLevel;
  private volatile boolean initialised;
  private volatile boolean running;
  private volatile boolean stopping;
  private volatile @Nullable String errorMessage;
  private volatile @Nullable Instant errorTime;

  private RunningIntegration(String id, Party party, Optional<String> mainPackage, Shared shared,
      Registrations registrations, ClassLoader loader) {
    this.id = id;
    this.party = party;
    this.mainPackage = mainPackage;
    this.shared = shared;
    this.registrations = registrations;
    this.lanes = new Lanes(id, registrations);
    this.loader = loader;
    this.startTime = shared.clock.instant();
    this.feed = new Feed(shared.store, shared.ledger, id, party, registrations, lanes, this::caughtUp);
    this.requests = new Requests(this, shared);
  }

  /**
   * Calls the integration's {@link Integration#start}; nothing is delivered before {@link #begin}.
   *
   * @param mainPackage the package of its own templates, an id or {@code #} and a name
   * @throws FairwayException with {@code CONFIGURATION} when it cannot be started
   */
  static <S extends Record> RunningIntegration start(String id, Integration<S> integration, S settings, Party party,
      Optional<String> mainPackage, Shared shared) {
    var registrations = new Registrations(pattern -> mainPackage.map(pattern::in).orElse(pattern));
    var box = new Box();
    var env = new IntegrationEnvironment<>(id, settings, party, mainPackage, shared, box);
    ClassLoader loader = Optional.ofNullable(integration.getClass().getClassLoader())
        .orElseGet(ClassLoader::getSystemClassLoader);
    try {
      inLoader(loader, () -> {
        integration.start(env, registrations);
        return true;
      });
    } catch (Exception | LinkageError e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "integration " + id + " does not start: " + e, e);
    }
    registrations.close();
    var started = new RunningIntegration(id, party, mainPackage, shared, registrations, loader);
    box.integration = started;
    return started;
  }

  /* The environment is handed out before there is anything to put messages on. */
  private static final class Box {
    private volatile @Nullable RunningIntegration integration;
  }

  private record IntegrationEnvironment<S extends Record>(String id, S settings, Party party,
      Optional<String> mainPackage, Shared shared, Box box) implements Environment<S> {
    @Override
    public MessageSink queue() {
      return (queue, message) -> started().put(queue, message);
    }

    private RunningIntegration started() {
      RunningIntegration integration = box.integration;
      if (integration == null) {
        throw new IllegalStateException("messages can be put on a queue only after start");
      }
      return integration;
    }

    @Override
    public TemplateId template(String name) {
      TemplateId template = TemplateId.parse(name);
      return mainPackage.map(template::in).orElse(template);
    }

    @Override
    public List<Contract> active(String template) {
      TemplatePattern pattern = TemplatePattern.parse(template);
      var query = new Query(Set.of(party), List.of(mainPackage.map(pattern::in).orElse(pattern)));
      return ActiveContracts.read(shared.ledger(), query);
    }

    @Override
    public Clock clock() {
      return shared.clock();
    }

    @Override
    public Logger log() {
      return new LevelledLogger(id, () -> {
        RunningIntegration integration = box.integration;
        return integration == null ? 0 : integration.logLevel();
      });
    }

    @Override
    public OutsideCalls http() {
      return shared.http();
    }
  }

  public String id() {
    return id;
  }

  public Party party() {
    return party;
  }

  /** Whether what was there when it started has been recorded, and its ready handlers have run. */
  public boolean ready() {
    return running && !stopping && feed.trouble().isEmpty();
  }

  Registrations registrations() {
    return registrations;
  }

  Lanes lanes() {
    return lanes;
  }

  Requests requests() {
    return requests;
  }

  Instant startTime() {
    return startTime;
  }

  boolean isRunning() {
    return running && !stopping;
  }

  Optional<String> error() {
    return feed.trouble().or(() -> Optional.ofNullable(errorMessage));
  }

  Optional<Instant> errorTime() {
    return Optional.ofNullable(errorTime);
  }

  int logLevel() {
    return logLevel;
  }

  void logLevel(int level) {
    logLevel = level;
  }

  long pendingEvents() {
    return Math.max(0, pending.get());
  }

  long totalEvents() {
    return totalEvents.get();
  }

  long skippedEvents() {
    return skippedEvents.get();
  }

  long missedTicks() {
    return missedTicks.get();
  }

  /** Begins: init handlers, then the ledger, ready handlers, timers and tasks. */
  synchronized void begin() {
    threads.add(Thread.ofVirtual().name("integration-" + id).start(() -> {
      if (startHandlers("init", registrations.inits)) {
        initialised = true;
        if (registrations.readsLedger()) {
          feed.run();
        } else {
          caughtUp();
        }
      }
    }));
  }

  private void caughtUp() {
    if (!startHandlers("ready", registrations.readies)) {
      return;
    }
    if (!registrations.timers.isEmpty()) {
      shared.store
          .run(tx -> registrations.timers.forEach((label, timer) -> tx.enqueue(lanes.tick(label, timer.period()))));
    }
    synchronized (this) {
      if (stopping) {
        return;
      }
      running = true;
      registrations.tasks.values().forEach(task -> threads
          .add(Thread.ofVirtual().name("integration-" + id + "-" + task.name()).start(() -> keepRunning(task))));
    }
    LOG.info("integration is running integration={} party={}", id, party);
  }

  /** Runs them one after another, again and again until they pass; false when it is being stopped. */
  private boolean startHandlers(String what, List<Registrations.OnStart> handlers) {
    int n = 0;
    for (Registrations.OnStart handler : handlers) {
      String purpose = what + "-" + n++ + "-" + startTime;
      Duration pause = Duration.ofSeconds(1);
      while (true) {
        if (stopping) {
          return false;
        }
        try {
          Response response = called(handler.counters(), HANDLER_LIMIT, handler.handler()::handle);
          shared.store.run(tx -> send(tx, what, orNone(response).commands(), purpose, NO_ORIGIN, ""));
          errorMessage = null;
          break;
        } catch (InterruptedException e) {
          return false;
        } catch (Exception e) {
          errorMessage = what + " handler failed: " + e;
          errorTime = shared.clock.instant();
          LOG.warn("a {} handler failed integration={} again-in={} why={}", what, id, pause, e.toString());
          if (!sleep(pause)) {
            return false;
          }
          pause = longer(pause);
        }
      }
    }
    return true;
  }

  private void keepRunning(Registrations.LongTask task) {
    Duration pause = Duration.ofSeconds(1);
    while (!stopping) {
      Instant began = shared.clock.instant();
      try {
        task.counters().used();
        inLoader(loader, () -> {
          task.task().run();
          return true;
        });
        LOG.info("task ended integration={} task={} again-in={}", id, task.name(), pause);
      } catch (InterruptedException e) {
        return;
      } catch (Exception | LinkageError e) {
        if (stopping) {
          return;
        }
        task.counters().failed(e.toString(), shared.clock.instant());
        LOG.warn("task failed integration={} task={} again-in={} why={}", id, task.name(), pause, e.toString());
      }
      if (Duration.between(began, shared.clock.instant()).compareTo(LONGEST_PAUSE) > 0) {
        pause = Duration.ofSeconds(1);
      }
      if (!sleep(pause)) {
        return;
      }
      pause = longer(pause);
    }
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  private boolean sleep(Duration pause) {
    try {
      Thread.sleep(pause);
      return !stopping;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Stops reading and its tasks; handlers under way come to their end, what waits is kept. */
  void stop() {
    List<Thread> under;
    synchronized (this) {
      stopping = true;
      under = List.copyOf(threads);
    }
    feed.stop();
    under.forEach(Thread::interrupt);
    for (Thread thread : under) {
      try {
        if (!thread.equals(Thread.currentThread()) && !thread.join(Duration.ofSeconds(10))) {
          LOG.warn("does not stop integration={} thread={}", id, thread.getName());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Does a piece of ledger work. */
  Outcome deliver(Delivery<Payloads.LedgerDelivery> delivery) throws Exception {
    if (!initialised || stopping) {
      return Outcome.later(Duration.ofSeconds(1), "the integration is starting or stopping");
    }
    Payloads.LedgerDelivery payload = delivery.payload();
    var attempt = new Attempt(delivery.idempotencyKey(), delivery.attempt(), delivery.maybeDone());
    Registrations.OnContract<?> contract = registrations.contracts.get(payload.handler());
    if (contract != null) {
      return contract(contract, delivery, attempt);
    }
    Registrations.OnTransaction transaction = registrations.transactions.get(payload.handler());
    if (transaction != null) {
      Response response = called(transaction.counters(), HANDLER_LIMIT,
          () -> transaction.handler().handle(TransactionText.read(payload.body(), attempt)));
      return sent(payload, delivery, response);
    }
    Registrations.OnRequest<?, ?> request = registrations.requests.get(payload.handler());
    return request == null
        ? Outcome.gone("no handler " + payload.handler() + " in this version of " + id)
        : requests.run(request, delivery, attempt);
  }

  private <E> Outcome contract(Registrations.OnContract<E> handler, Delivery<Payloads.LedgerDelivery> delivery,
      Attempt attempt) throws Exception {
    E event = event(handler, delivery.payload(), attempt);
    Response response = called(handler.counters(), HANDLER_LIMIT, () -> handler.handler().handle(event));
    return sent(delivery.payload(), delivery, response);
  }

  @SuppressWarnings("unchecked") // a registration of created contracts is made with Created only, and so for archived
  private static <E> E event(Registrations.OnContract<E> handler, Payloads.LedgerDelivery payload, Attempt attempt) {
    JsonNode body = StoredValue.parse(payload.body());
    if (handler.created()) {
      return (E) new LedgerEvents.Created(StoredValue.contract(body), payload.initial(), attempt);
    }
    return (E) new LedgerEvents.Archived(new ContractId(body.path("id").asString()),
        TemplateId.parse(body.path("template").asString()),
        Optional.ofNullable(body.get("contract")).map(StoredValue::contract), attempt);
  }

  private Outcome sent(Payloads.LedgerDelivery payload, Delivery<?> delivery, Response response) {
    List<Command> commands = orNone(response).commands();
    if (delivery.dryRun()) {
      return Outcome.fail("would send " + commands);
    }
    return commands.isEmpty()
        ? Outcome.done()
        : Outcome.done(tx -> send(tx, payload.handler(), commands, payload.purpose(), payload, ""));
  }

  private static Response orNone(@Nullable Response response) {
    return response == null ? Response.none() : response;
  }

  private static final Payloads.LedgerDelivery NO_ORIGIN = new Payloads.LedgerDelivery("", "", false, "");

  /** Stores commands to be sent; nothing when there are none. */
  void send(Transaction tx, String handler, List<Command> commands, String purpose, Payloads.LedgerDelivery origin,
      String request) {
    if (!commands.isEmpty()) {
      tx.enqueue(Outbox.work(new Payloads.Submit(id, handler, commandId(handler, purpose), party.name(),
          Payloads.write(qualified(commands)), feed.offset().value(), origin, request)));
    }
  }

  String commandId(String handler, String purpose) {
    return Payloads.commandId(id, handler, party, purpose);
  }

  List<Command> qualified(Collection<Command> commands) {
    return commands.stream().map(command -> mainPackage.map(command::in).orElse(command)).toList();
  }

  /** Asks the integration what to do about refused commands; empty when it has no say. */
  Optional<Outcome> rejected(Payloads.Submit submit, SubmitResult.Rejected why) throws Exception {
    Registrations.OnContract<?> handler = registrations.contracts.get(submit.handler());
    counters(submit.handler()).ifPresent(c -> c.failed(why.code() + ": " + why.detail(), shared.clock.instant()));
    return handler == null || submit.origin().handler().isEmpty()
        ? Optional.empty()
        : rejected(handler, submit, why);
  }

  private <E> Optional<Outcome> rejected(Registrations.OnContract<E> handler, Payloads.Submit submit,
      SubmitResult.Rejected why) throws Exception {
    if (handler.onRejected().isEmpty()) {
      return Optional.empty();
    }
    E event = event(handler, submit.origin(), new Attempt(submit.commandId(), 1, false));
    Response response = called(handler.counters(), HANDLER_LIMIT,
        () -> handler.onRejected().get().handle(event, why));
    return Optional.of(Outcome.done(tx -> send(tx, submit.handler(), orNone(response).commands(),
        submit.origin().purpose() + "|rejected", NO_ORIGIN, "")));
  }

  private Optional<Counters> counters(String handler) {
    Registrations.OnContract<?> contract = registrations.contracts.get(handler);
    if (contract != null) {
      return Optional.of(contract.counters());
    }
    Registrations.OnRequest<?, ?> request = registrations.requests.get(handler);
    if (request != null) {
      return Optional.of(request.counters());
    }
    Registrations.OnTransaction transaction = registrations.transactions.get(handler);
    if (transaction != null) {
      return Optional.of(transaction.counters());
    }
    return Optional.ofNullable(registrations.timers.get(handler)).map(Registrations.Timer::counters)
        .or(() -> Optional.ofNullable(registrations.queues.get(handler)).map(Registrations.Queue::counters));
  }

  void commanded(String handler, int commands) {
    counters(handler).ifPresent(c -> c.commanded(commands));
  }

  /** Does a tick or a message. */
  Outcome lane(Delivery<Payloads.LaneDelivery> delivery) throws Exception {
    if (!running || stopping) {
      return Outcome.later(Duration.ofSeconds(1), "the integration is starting or stopping");
    }
    Payloads.LaneDelivery payload = delivery.payload();
    return payload.what().equals(Payloads.LaneDelivery.TICK) ? tick(payload.name(), delivery) : message(delivery);
  }

  private Outcome tick(String label, Delivery<Payloads.LaneDelivery> delivery) throws Exception {
    Registrations.Timer timer = registrations.timers.get(label);
    if (timer == null) {
      return Outcome.gone("no timer " + label + " in this version of " + id);
    }
    Instant now = shared.clock.instant();
    Long before = lastTicks.put(label, now.toEpochMilli());
    if (before != null) {
      missedTicks.addAndGet(Math.max(0, (now.toEpochMilli() - before) / timer.period().toMillis() - 1));
    }
    totalEvents.incrementAndGet();
    Response response;
    try {
      response = called(timer.counters(), HANDLER_LIMIT, timer.handler()::handle);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      // The next tick is the next try.
      return Outcome.later(timer.period(), "tick failed: " + e);
    }
    String purpose = "tick-" + delivery.id() + "-" + now;
    return new Outcome.Later(timer.period(), "next tick",
        tx -> send(tx, label, orNone(response).commands(), purpose, NO_ORIGIN, ""));
  }

  private Outcome message(Delivery<Payloads.LaneDelivery> delivery) throws Exception {
    Payloads.LaneDelivery payload = delivery.payload();
    Registrations.Queue queue = registrations.queues.get(payload.name());
    if (queue == null) {
      return Outcome.fail("no queue " + payload.name() + " in this version of " + id);
    }
    if (delivery.attempt() == 1) {
      pending.updateAndGet(n -> Math.max(0, n - 1));
    }
    var attempt = new Attempt(delivery.idempotencyKey(), delivery.attempt(), delivery.maybeDone());
    Response response = called(queue.counters(), HANDLER_LIMIT, () -> queue.handler().handle(payload.body(), attempt));
    return Outcome.done(tx -> send(tx, payload.name(), orNone(response).commands(), "message-" + delivery.id(),
        NO_ORIGIN, ""));
  }

  private void put(String queue, String message) {
    if (!registrations.queues.containsKey(queue)) {
      throw new FairwayException(ErrorCode.NOT_FOUND,
          "Unknown queue: " + queue + " (valid: " + registrations.queues.keySet() + ")");
    }
    if (message.length() > MESSAGE_LIMIT || message.getBytes(StandardCharsets.UTF_8).length > MESSAGE_LIMIT) {
      throw new FairwayException(ErrorCode.TOO_LARGE, "a message may have " + MESSAGE_LIMIT + " bytes");
    }
    totalEvents.incrementAndGet();
    if (pending.incrementAndGet() > QUEUE_SIZE) {
      pending.decrementAndGet();
      skippedEvents.incrementAndGet();
      throw new FairwayException(ErrorCode.BUSY, "Work queue overrun, skipping event: " + QUEUE_SIZE + " are waiting");
    }
    try {
      shared.store.run(tx -> tx.enqueue(lanes.message(queue, message)));
    } catch (RuntimeException e) {
      pending.decrementAndGet();
      throw e;
    }
  }

  /** Calls a handler: counted, in its class loader, within a time limit. */
  <T> T called(Counters counters, Duration limit, Callable<T> handler) throws Exception {
    counters.used();
    try {
      return shared.limits.within(limit, () -> inLoader(loader, handler));
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | StackOverflowError | LinkageError | OutOfMemoryError e) {
      counters.failed(e.toString(), shared.clock.instant());
      throw e;
    }
  }

  private static <T> T inLoader(ClassLoader loader, Callable<T> body) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return body.call();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Called when ledger work has been set aside. */
  void dead(Transaction tx, Delivery<Payloads.LedgerDelivery> delivery) throws SQLException {
    Registrations.OnRequest<?, ?> request = registrations.requests.get(delivery.payload().handler());
    if (request != null) {
      requests.dead(tx, request, delivery);
    }
  }
}
