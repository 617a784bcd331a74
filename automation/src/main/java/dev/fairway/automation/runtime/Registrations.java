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
import org.jspecify.annotations.Nullable;

/** What an integration registered while it was started. Written by one thread, then only read. */
final class Registrations implements Events {
  static final Set<String> TAKEN = Set.of("/status", "/healthz", "/livez", "/readyz", "/log-level");

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

  private void requireOpen() {
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
        return new ContractsBuilder<>(true, template);
      }

      @Override
      public Contracts<Archived> archived(String template) {
        return new ContractsBuilder<>(false, template);
      }
    };
  }

  private void addTransaction(boolean start, LedgerEvents.TransactionHandler handler) {
    requireOpen();
    String id = (start ? "begin-" : "end-") + transactions.size();
    transactions.put(id,
        new OnTransaction(id, start, handler, new Counters(start ? "Transaction Start" : "Transaction End")));
  }

  private String handlerId(String kind, TemplatePattern pattern, Set<String> used) {
    String entity = pattern instanceof TemplatePattern.One(TemplateId template) ? template.entity() : "any";
    String slug = entity.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("(^-)|(-$)", "");
    String base = kind + "-" + (slug.isEmpty() ? "x" : slug.substring(0, Math.min(slug.length(), 24)));
    int n = 1;
    while (used.contains(base + "-" + n)) {
      n++;
    }
    return base + "-" + n;
  }

  private final class ContractsBuilder<E> implements LedgerEvents.Contracts<E> {
    private final boolean created;
    private final TemplatePattern pattern;
    private Predicate<LedgerValue.Struct> match = ANY;
    private boolean sweep = true;
    private boolean flow = true;
    private int concurrency = 1;
    private boolean inOrder;
    private int attempts = 5;
    private LedgerEvents.@Nullable RejectionHandler<E> onRejected;

    ContractsBuilder(boolean created, String template) {
      this.created = created;
      this.pattern = qualify.apply(TemplatePattern.parse(template));
    }

    @Override
    public LedgerEvents.Contracts<E> matching(Predicate<LedgerValue.Struct> payload) {
      match = payload;
      return this;
    }

    @Override
    public LedgerEvents.Contracts<E> withoutSweep() {
      sweep = false;
      return this;
    }

    @Override
    public LedgerEvents.Contracts<E> withoutFlow() {
      flow = false;
      return this;
    }

    @Override
    public LedgerEvents.Contracts<E> concurrency(int atOnce) {
      concurrency = within("concurrency", atOnce);
      return this;
    }

    @Override
    public LedgerEvents.Contracts<E> inOrder() {
      inOrder = true;
      return this;
    }

    @Override
    public LedgerEvents.Contracts<E> attempts(int most) {
      attempts = within("attempts", most);
      return this;
    }

    @Override
    public LedgerEvents.Contracts<E> onRejected(LedgerEvents.RejectionHandler<E> handler) {
      onRejected = handler;
      return this;
    }

    @Override
    public void handle(LedgerEvents.ContractHandler<E> handler) {
      requireOpen();
      String id = handlerId(created ? "created" : "archived", pattern, contracts.keySet());
      contracts.put(id, new OnContract<>(id, created, pattern, match, sweep && created, flow, concurrency, inOrder,
          attempts, Optional.ofNullable(onRejected), handler,
          new Counters(created ? "Contract Create" : "Contract Archive")));
    }
  }

  private static int within(String what, int value) {
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
        return new HookBuilder("GET", suffix);
      }

      @Override
      public Hook post(String suffix) {
        return new HookBuilder("POST", suffix);
      }
    };
  }

  private final class HookBuilder implements Webhooks.Hook {
    private final String method;
    private final SuffixPattern suffix;
    private String label;
    private Authorization level = Authorization.PUBLIC;
    private boolean answerFirst;

    HookBuilder(String method, String suffix) {
      if (TAKEN.contains(suffix)) {
        throw new IllegalArgumentException("the suffix " + suffix + " is taken; there are taken " + TAKEN);
      }
      this.method = method;
      this.suffix = SuffixPattern.parse(suffix);
      this.label = method + " " + suffix;
    }

    @Override
    public Webhooks.Hook label(String text) {
      label = text;
      return this;
    }

    @Override
    public Webhooks.Hook authorized(Authorization wanted) {
      level = wanted;
      return this;
    }

    @Override
    public Webhooks.Hook answerFirst() {
      answerFirst = true;
      return this;
    }

    @Override
    public void handle(Webhooks.WebhookHandler handler) {
      requireOpen();
      hooks.add(new OnCall(method, suffix, level, answerFirst, handler, new Counters(label)));
    }
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
      return new RequestBuilder<>(pattern, payload -> payload);
    };
  }

  private final class RequestBuilder<Q> implements Requests.Registration<Q> {
    private final TemplatePattern pattern;
    private final Function<LedgerValue.Struct, Q> reader;

    RequestBuilder(TemplatePattern pattern, Function<LedgerValue.Struct, Q> reader) {
      this.pattern = pattern;
      this.reader = reader;
    }

    @Override
    public <T> Requests.Registration<T> reading(Function<LedgerValue.Struct, T> other) {
      return new RequestBuilder<>(pattern, other);
    }

    @Override
    public <A> Requests.Accepting<Q, A> accepting(String choice, Function<A, LedgerValue.Struct> argument) {
      return new AcceptingBuilder<>(this, choice, argument);
    }
  }

  private final class AcceptingBuilder<Q, A> implements Requests.Accepting<Q, A> {
    private final RequestBuilder<Q> request;
    private final String accept;
    private final Function<A, LedgerValue.Struct> accepting;
    private @Nullable Refusal<A> reject;
    private boolean rejectDead;
    private @Nullable Function<Q, String> order;
    private int attempts = 5;
    private Duration age = Duration.ofDays(1);
    private Duration limit = Duration.ofMinutes(5);
    private int concurrency = 16;
    private OptionalInt workerHeap = OptionalInt.empty();

    AcceptingBuilder(RequestBuilder<Q> request, String accept, Function<A, LedgerValue.Struct> accepting) {
      this.request = request;
      this.accept = accept;
      this.accepting = accepting;
    }

    @Override
    public Requests.Accepting<Q, A> rejecting(String choice) {
      return rejecting(choice, Registrations::reason);
    }

    @Override
    public Requests.Accepting<Q, A> rejecting(String choice, Function<Answer.Reject<A>, LedgerValue.Struct> argument) {
      reject = new Refusal<>(choice, argument);
      return this;
    }

    @Override
    public Requests.Accepting<Q, A> rejectingWhatIsSetAside() {
      rejectDead = true;
      return this;
    }

    @Override
    public Requests.Accepting<Q, A> inOrderOf(Function<Q, String> key) {
      order = key;
      return this;
    }

    @Override
    public Requests.Accepting<Q, A> attempts(int most) {
      attempts = within("attempts", most);
      return this;
    }

    @Override
    public Requests.Accepting<Q, A> within(Duration most) {
      age = most;
      return this;
    }

    @Override
    public Requests.Accepting<Q, A> timeLimit(Duration most) {
      limit = most;
      return this;
    }

    @Override
    public Requests.Accepting<Q, A> concurrency(int atOnce) {
      concurrency = Registrations.within("concurrency", atOnce);
      return this;
    }

    @Override
    public Requests.Accepting<Q, A> inWorker(int heapMegabytes) {
      if (heapMegabytes < 16 || heapMegabytes > 65_536) {
        throw new IllegalArgumentException("a worker's heap must be 16 to 65536 MB, is " + heapMegabytes);
      }
      workerHeap = OptionalInt.of(heapMegabytes);
      return this;
    }

    private int within(String what, int value) {
      return Registrations.within(what, value);
    }

    @Override
    public void handle(RequestHandler<Q, A> handler) {
      requireOpen();
      if (rejectDead && reject == null) {
        throw new IllegalArgumentException("what is set aside can be rejected only with a choice to reject by");
      }
      String id = handlerId("request", request.pattern, requests.keySet());
      requests.put(id,
          new OnRequest<>(id, request.pattern, request.reader, accept, accepting, Optional.ofNullable(reject),
              rejectDead, Optional.ofNullable(order), attempts, age, limit, concurrency, workerHeap, handler,
              new Counters("Request")));
    }
  }

  private static <A> LedgerValue.Struct reason(Answer.Reject<A> why) {
    var details = new LinkedHashMap<String, LedgerValue>();
    why.details().forEach((key, value) -> details.put(key, LedgerValue.text(value)));
    return LedgerValue.struct("reason",
        LedgerValue.struct("code", LedgerValue.text(why.code()), "message", LedgerValue.text(why.message()))
            .with("details", LedgerValue.textMap(details)).with("retryable", LedgerValue.bool(why.retryable())));
  }
}
