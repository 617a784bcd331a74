package dev.fairway.node.bench;

import static dev.fairway.core.ledger.LedgerValue.struct;
import static dev.fairway.core.ledger.LedgerValue.text;

import dev.fairway.automation.ledger.StoreLedger;
import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.runtime.Automation;
import dev.fairway.automation.runtime.AutomationConfig;
import dev.fairway.automation.runtime.AvailableType;
import dev.fairway.automation.runtime.IntegrationConfig;
import dev.fairway.automation.runtime.Ledgers;
import dev.fairway.automation.runtime.RequestBook;
import dev.fairway.automation.runtime.RequestState;
import dev.fairway.automation.sdk.Answer;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.NoSettings;
import dev.fairway.automation.sdk.RequestHandler;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.IntConsumer;

/** A requester, an answering integration and the node's own ledger in this process, on a store of their own. */
final class RequestsBench implements AutoCloseable {
  static final int AT_ONCE = 64;
  private static final TemplateId ASK = TemplateId.parse("#bench:Bench:Ask");
  private static final String TEMPLATES = """
      package: { name: bench, version: 1.0.0 }
      templates:
        Bench:Ask:
          fields: { requester: Party, operator: Party, text: Text }
          signatories: [requester]
          observers: [operator]
          choices:
            Yes:
              controllers: [operator]
              creates: [{ template: Bench:Done, with: {} }]
        Bench:Done:
          fields: { requester: Party, operator: Party, text: Text }
          signatories: [requester, operator]
      """;

  private final SqlStore store;
  private final Ledger ledger;
  private final Party requester;
  private final Automation automation;
  private final Workers workers;
  private final RequestBook book;
  private volatile long countMillis;

  RequestsBench(Path folder) {
    store = SqlStore.open(new StorageConfig.Embedded(folder), Clock.systemUTC(), List.of("automation"));
    ledger = new StoreLedger(store, List.of());
    ledger.upload(TEMPLATES.getBytes(StandardCharsets.UTF_8));
    requester = ledger.allocate("requester");
    book = new RequestBook(store);
    Handlers handlers = new Handlers();
    automation = new Automation(store, handlers, Ledgers.of(ledger), call -> {
      throw new UnsupportedOperationException("nothing is called here");
    }, Clock.systemUTC(), AutomationConfig.DEFAULT);
    workers = new Workers(store.work(), handlers, Clock.systemUTC(), WorkersConfig.DEFAULT).start();
  }

  /** Has an integration answer requests to a party of its name. */
  void answer(String name, int attempts, RequestHandler<LedgerValue.Struct, String> handler) {
    automation.offer(new AvailableType(new PackageMetadata.IntegrationType(name, name, name, "bench", List.of(),
        Optional.empty(), Optional.empty(), Optional.empty(), List.of()), () -> new Desk(attempts, handler)));
    automation.start(new IntegrationConfig(name, name, ledger.allocate(name), Map.of()));
  }

  private record Desk(int attempts, RequestHandler<LedgerValue.Struct, String> handler)
      implements
        Integration<NoSettings> {
    @Override
    public Class<NoSettings> settings() {
      return NoSettings.class;
    }

    @Override
    public void start(Environment<NoSettings> env, Events events) {
      events.request().on(ASK.toString()).<String>accepting("Yes", answer -> struct()).attempts(attempts)
          .concurrency(AT_ONCE).handle(handler);
    }
  }

  /** Makes a request to whoever has that name. */
  void ask(String name, String text) {
    Party operator = new Party(name);
    var payload = struct("requester", LedgerValue.party(requester), "operator", LedgerValue.party(operator))
        .with("text", text(text));
    submit("ask/" + text, requester, Command.create(ASK, payload));
  }

  /** What a requester and an answer cost without an engine between them: two submissions, one after the other. */
  void rawRoundTrip(int number) {
    Party operator = new Party("raw");
    var payload = struct("requester", LedgerValue.party(requester), "operator", LedgerValue.party(operator))
        .with("text", text("raw-" + number));
    submit("raw-ask/" + number, requester, Command.create(ASK, payload));
    submit("raw-answer/" + number, requester, Command.create(ASK, payload));
  }

  private void submit(String commandId, Party party, Command command) {
    SubmitResult result = ledger.submit(new Submission(commandId, party, List.of(command)));
    if (!(result instanceof SubmitResult.Accepted)) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the ledger answered " + result);
    }
  }

  void allocate(String name) {
    ledger.allocate(name);
  }

  /** Waits until so many requests of the integrations are accepted, at most an hour. */
  void awaitAccepted(long wanted) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofHours(1).toNanos();
    while (accepted() < wanted) {
      if (System.nanoTime() > deadline) {
        throw new FairwayException(ErrorCode.BUSY, "of " + wanted + " requests only " + accepted() + " were accepted");
      }
      Thread.sleep(Math.max(20, 20 * countMillis));
    }
  }

  /* Of a million requests, counting takes a while: whoever waits must not slow down what is measured. */
  long accepted() {
    long start = System.nanoTime();
    long accepted = book.counts().getOrDefault(RequestState.ACCEPTED, 0L);
    countMillis = (System.nanoTime() - start) / 1_000_000;
    return accepted;
  }

  Map<RequestState, Long> counts() {
    return book.counts();
  }

  /** Does something a number of times, {@link #AT_ONCE} at once; how long all took. */
  static Duration times(int number, IntConsumer act) throws InterruptedException {
    var failures = new ConcurrentLinkedQueue<RuntimeException>();
    var room = new Semaphore(AT_ONCE);
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < number; i++) {
        int n = i;
        room.acquire();
        threads.execute(() -> {
          try {
            act.accept(n);
          } catch (RuntimeException e) {
            failures.add(e);
          } finally {
            room.release();
          }
        });
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    RuntimeException failure = failures.peek();
    if (failure != null) {
      throw failure;
    }
    return took;
  }

  /** An answer of yes. */
  static Answer<String> yes() {
    return Answer.accept("yes");
  }

  @Override
  public void close() {
    automation.close();
    workers.close();
    store.close();
  }
}
