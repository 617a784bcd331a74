package dev.fairway.system.request;

import static dev.fairway.core.ledger.LedgerValue.struct;
import static dev.fairway.core.ledger.LedgerValue.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.runtime.ActiveContracts;
import dev.fairway.automation.runtime.Automation;
import dev.fairway.automation.runtime.AutomationConfig;
import dev.fairway.automation.runtime.AvailableType;
import dev.fairway.automation.runtime.IntegrationConfig;
import dev.fairway.automation.runtime.KnownRequest;
import dev.fairway.automation.runtime.RequestBook;
import dev.fairway.automation.runtime.RequestDesk;
import dev.fairway.automation.runtime.RequestState;
import dev.fairway.automation.runtime.RunningIntegration;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.NoSettings;
import dev.fairway.automation.sdk.RequestHandler;
import dev.fairway.automation.sdk.Requests.Accepting;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.store.Store;
import dev.fairway.store.DeadLetters;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** Who answers requests, and the node it runs on; a requester besides. Each has parties of its own. */
final class Desk implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(90);
  static final String ID = "desk";

  final SqlStore store;
  final Home home;
  final Automation automation;
  final RequestBook book;
  final RequestDesk operator;
  final DeadLetters letters;
  final Party requester;
  final Party party;
  /** What the handler was given, in order. */
  final List<String> offered = new CopyOnWriteArrayList<>();

  private final Workers workers;

  /**
   * Opens the node on a folder; what was done on it before goes on.
   *
   * @param around stands between the integrations and the store
   */
  Desk(Path folder, Function<Store, Home> where, UnaryOperator<Store> around, String name) {
    store = SqlStore.open(new StorageConfig.Embedded(folder), Clock.systemUTC(), List.of("automation"));
    home = where.apply(store);
    requester = party(home, "alice-" + name);
    party = party(home, "desk-" + name);
    var handlers = new Handlers();
    automation = new Automation(around.apply(store), handlers, home.ledgers(), call -> {
      throw new UnsupportedOperationException("no calls to the outside here");
    }, Clock.systemUTC(), AutomationConfig.DEFAULT);
    book = new RequestBook(store);
    letters = new DeadLetters(store, handlers);
    operator = new RequestDesk(automation, store, letters);
    operator.registerWith(handlers);
    workers = new Workers(store.work(), handlers, Clock.systemUTC(), new WorkersConfig(100, Duration.ZERO)).start();
  }

  private static Party party(Home home, String name) {
    return home.ledger().parties().stream().filter(known -> known.name().equals(name)).findFirst()
        .orElseGet(() -> home.ledger().allocate(name));
  }

  /** Begins to answer. */
  RunningIntegration answer(UnaryOperator<Accepting<String, String>> how, RequestHandler<String, String> handler) {
    automation.offer(new AvailableType(new PackageMetadata.IntegrationType(ID, ID, ID, "test", List.of(),
        Optional.empty(), Optional.empty(), Optional.empty(), List.of()), () -> integration(how, handler)));
    return automation.start(new IntegrationConfig(ID, ID, home.name(), party, Map.of()));
  }

  RunningIntegration answer(RequestHandler<String, String> handler) {
    return answer(accepting -> accepting, handler);
  }

  private Integration<NoSettings> integration(UnaryOperator<Accepting<String, String>> how,
      RequestHandler<String, String> handler) {
    return new Integration<>() {
      @Override
      public Class<NoSettings> settings() {
        return NoSettings.class;
      }

      @Override
      public void start(Environment<NoSettings> env, Events events) {
        Accepting<String, String> accepting = events.request().on(home.pkg() + ":Asking:Ask")
            .reading(payload -> payload.text("text"))
            .accepting("Yes", answer -> struct("answer", text(answer)));
        how.apply(accepting.rejecting("No")).handle(request -> {
          offered.add(request.payload());
          return handler.handle(request);
        });
      }
    };
  }

  /** The requester asks something. */
  Contract ask(String text) {
    LedgerValue.Struct payload = struct("requester", LedgerValue.party(requester), "operator",
        LedgerValue.party(party)).with("text", text(text));
    submit(Command.create(TemplateId.parse(home.pkg() + ":Asking:Ask"), payload));
    return active("Ask").stream().filter(one -> one.payload().text("text").equals(text)).findFirst().orElseThrow();
  }

  /** The requester takes it back. */
  void cancel(Contract request) {
    submit(Command.exercise(request, "Cancel", struct()));
  }

  private void submit(Command command) {
    assertThat(home.ledger().submit(new Submission("test-" + UUID.randomUUID(), requester, List.of(command))))
        .isInstanceOf(SubmitResult.Accepted.class);
  }

  /** What the requester sees on the ledger. */
  List<Contract> active(String entity) {
    return ActiveContracts.read(home.ledger(),
        Query.of(requester, TemplateId.parse(home.pkg() + ":Asking:" + entity)));
  }

  /** The answers that were given, in the order of their contracts. */
  List<String> answers() {
    return active("Done").stream().map(done -> done.payload().text("text")).toList();
  }

  Offset ledgerEnd() {
    return home.ledger().end();
  }

  RequestState state(Contract request) {
    return known(request).map(KnownRequest::state).orElse(RequestState.READY);
  }

  Optional<KnownRequest> known(Contract request) {
    return book.find(ID, request.id().value());
  }

  void awaitState(Contract request, RequestState wanted) {
    eventually(() -> assertThat(state(request)).isEqualTo(wanted));
  }

  static void eventually(ThrowingRunnable assertion) {
    Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(50)).untilAsserted(assertion);
  }

  @Override
  public void close() {
    automation.close();
    workers.close();
    store.close();
  }
}
