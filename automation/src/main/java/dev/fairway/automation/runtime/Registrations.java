package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.Answer;
import dev.fairway.automation.sdk.Authorization;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.JournalEvents;
import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.automation.sdk.Queues;
import dev.fairway.automation.sdk.RequestHandler;
import dev.fairway.automation.sdk.Requests;
import dev.fairway.automation.sdk.Timers;
import dev.fairway.automation.sdk.Webhooks;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.TemplatePattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What an integration registered while it was started. Written by one thread, then only read. */
final class Registrations implements Events {
  /** Every payload. */
  static final Predicate<LedgerValue.Struct> ANY = payload -> true;

  private final Function<TemplatePattern, TemplatePattern> qualify;
  private boolean closed;
  final List<OnStart> inits = new ArrayList<>();
  final List<OnStart> readies = new ArrayList<>();
  final Map<String, OnTransaction> transactions = new LinkedHashMap<>();
  final Map<String, OnContract<?>> contracts = new LinkedHashMap<>();
  final Map<String, OnRequest<?, ?>> requests = new LinkedHashMap<>();
  final List<OnCall> hooks = new ArrayList<>();
  final Map<String, Timer> timers = new LinkedHashMap<>();
  final Map<String, Queue> queues = new LinkedHashMap<>();
  final Map<String, JournalEvents.Order> journalTypes = new LinkedHashMap<>();
  final Map<String, LongTask> tasks = new LinkedHashMap<>();
  final List<Task> stops = new ArrayList<>();

  /** @param qualify fills the integration's own package into a pattern */
  Registrations(Function<TemplatePattern, TemplatePattern> qualify) {
    this.qualify = qualify;
  }

  record OnStart(LedgerEvents.StartHandler handler, Counters counters) {}

  record OnTransaction(String id, boolean start, LedgerEvents.TransactionHandler handler, Counters counters) {}

  record OnContract<E>(String id, boolean created, TemplatePattern pattern, Predicate<LedgerValue.Struct> match,
      boolean sweep, boolean flow, int concurrency, boolean inOrder, int attempts,
      Optional<LedgerEvents.RejectionHandler<E>> onRejected, LedgerEvents.ContractHandler<E> handler,
      Counters counters) {}

  record OnRequest<Q, A>(String id, TemplatePattern pattern, Function<LedgerValue.Struct, Q> reader, String accept,
      Function<A, LedgerValue.Struct> accepting, Optional<Refusal<A>> reject, boolean rejectDead,
      Optional<Function<Q, String>> order, int attempts, Duration age, Duration timeLimit, int concurrency,
      OptionalInt workerHeap, RequestHandler<Q, A> handler, Counters counters) {}

  record Refusal<A>(String choice, Function<Answer.Reject<A>, LedgerValue.Struct> argument) {}

  record OnCall(String method, SuffixPattern suffix, Authorization level, boolean answerFirst,
      Webhooks.WebhookHandler handler, Counters counters) {}

  record Timer(Duration period, Timers.TickHandler handler, Counters counters) {}

  record Queue(String name, Queues.MessageHandler handler, Counters counters) {}

  record LongTask(String name, Task task, Counters counters) {}

  /** No more registrations. */
  void close() {
    closed = true;
  }

  /** @throws IllegalStateException when it is too late to register anything */
  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("handlers can be registered only while start runs");
    }
  }

  boolean readsLedger() {
    return !contracts.isEmpty() || !requests.isEmpty() || !transactions.isEmpty();
  }

  /** What is counted about a handler, timer or queue of that name. */
  Optional<Counters> counters(String name) {
    return Stream.<Optional<Counters>>of(Optional.ofNullable(contracts.get(name)).map(OnContract::counters),
        Optional.ofNullable(requests.get(name)).map(OnRequest::counters),
        Optional.ofNullable(transactions.get(name)).map(OnTransaction::counters),
        Optional.ofNullable(timers.get(name)).map(Timer::counters),
        Optional.ofNullable(queues.get(name)).map(Queue::counters)).flatMap(Optional::stream).findFirst();
  }

  /** All that is counted. */
  Stream<Counters> all() {
    return Stream.of(inits.stream().map(OnStart::counters), readies.stream().map(OnStart::counters),
        transactions.values().stream().map(OnTransaction::counters),
        contracts.values().stream().map(OnContract::counters), requests.values().stream().map(OnRequest::counters),
        hooks.stream().map(OnCall::counters), timers.values().stream().map(Timer::counters),
        queues.values().stream().map(Queue::counters), tasks.values().stream().map(LongTask::counters))
        .flatMap(counters -> counters);
  }

  List<TemplatePattern> patterns() {
    if (!transactions.isEmpty() || !readsLedger()) {
      return List.of(TemplatePattern.ALL);
    }
    var patterns = new ArrayList<TemplatePattern>();
    contracts.values().forEach(c -> patterns.add(c.pattern()));
    requests.values().forEach(r -> patterns.add(r.pattern()));
    return patterns.contains(TemplatePattern.ALL)
        ? List.of(TemplatePattern.ALL)
        : patterns.stream().distinct().toList();
  }

  @Override
  public LedgerEvents ledger() {
    return new LedgerEvents() {
      @Override
      public void init(StartHandler handler) {
        requireOpen();
        inits.add(new OnStart(handler, new Counters("Ledger Init")));
      }

      @Override
      public void ready(StartHandler handler) {
        requireOpen();
        readies.add(new OnStart(handler, new Counters("Ledger Ready")));
      }

      @Override
      public void transactionStart(TransactionHandler handler) {
        addTransaction(true, handler);
      }

      @Override
      public void transactionEnd(TransactionHandler handler) {
        addTransaction(false, handler);
      }

      @Override
      public Contracts<Created> created(String template) {
        return contracts(true, template);
      }

      @Override
      public Contracts<Archived> archived(String template) {
        return contracts(false, template);
      }
    };
  }

  private <E> LedgerEvents.Contracts<E> contracts(boolean created, String template) {
    return new ContractRegistration<>(this, created, qualify.apply(TemplatePattern.parse(template)));
  }

  private void addTransaction(boolean start, LedgerEvents.TransactionHandler handler) {
    requireOpen();
    String id = (start ? "begin-" : "end-") + transactions.size();
    transactions.put(id,
        new OnTransaction(id, start, handler, new Counters(start ? "Transaction Start" : "Transaction End")));
  }

  /** A name for a handler of that kind: no other has it, and the same registrations in the same order get the same names. */
  static String handlerId(String kind, TemplatePattern pattern, Set<String> used) {
    String entity = pattern instanceof TemplatePattern.One(TemplateId template) ? template.entity() : "any";
    String slug = entity.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("(^-)|(-$)", "");
    String base = kind + "-" + (slug.isEmpty() ? "x" : slug.substring(0, Math.min(slug.length(), 24)));
    int n = 1;
    while (used.contains(base + "-" + n)) {
      n++;
    }
    return base + "-" + n;
  }

  /** @throws IllegalArgumentException unless it is 1 to 1000 */
  static int within(String what, int value) {
    if (value < 1 || value > 1_000) {
      throw new IllegalArgumentException(what + " must be 1 to 1000, is " + value);
    }
    return value;
  }

  @Override
  public Webhooks webhook() {
    return new Webhooks() {
      @Override
      public Hook get(String suffix) {
        return new HookRegistration(Registrations.this, "GET", suffix);
      }

      @Override
      public Hook post(String suffix) {
        return new HookRegistration(Registrations.this, "POST", suffix);
      }
    };
  }

  @Override
  public Timers time() {
    return (period, label, handler) -> {
      requireOpen();
      if (period.compareTo(Duration.ofMillis(10)) < 0) {
        throw new IllegalArgumentException("the period of " + label + " must be at least 10ms, is " + period);
      }
      String shown = (label.isBlank() ? "Periodic Interval" : label) + " (" + seconds(period) + "s)";
      if (timers.putIfAbsent(label, new Timer(period, handler, new Counters(shown))) != null) {
        throw new IllegalArgumentException("there is a timer \"" + label + "\" already");
      }
    };
  }

  private static String seconds(Duration period) {
    return period.toMillis() % 1000 == 0 ? Long.toString(period.toSeconds()) : Double.toString(period.toMillis() / 1e3);
  }

  @Override
  public Queues queue() {
    return (name, handler) -> {
      requireOpen();
      if (queues.putIfAbsent(name, new Queue(name, handler, new Counters(name))) != null) {
        throw new IllegalArgumentException("the queue " + name + " has a handler already");
      }
    };
  }

  @Override
  public JournalEvents journal() {
    return (type, order, handler) -> {
      queue().messages(JournalFeed.queue(type), JournalFeed.reading(handler));
      journalTypes.put(type, order);
    };
  }

  @Override
  public void onStop(Task release) {
    requireOpen();
    stops.add(release);
  }

  @Override
  public void task(String name, Task task) {
    requireOpen();
    if (tasks.putIfAbsent(name, new LongTask(name, task, new Counters(name))) != null) {
      throw new IllegalArgumentException("there is a task " + name + " already");
    }
  }

  @Override
  public Requests request() {
    return template -> {
      TemplatePattern pattern = qualify.apply(TemplatePattern.parse(template));
      if (!(pattern instanceof TemplatePattern.One)) {
        throw new IllegalArgumentException("requests are of one template, not of " + template);
      }
      return new RequestRegistration<>(this, pattern, payload -> payload);
    };
  }
}
