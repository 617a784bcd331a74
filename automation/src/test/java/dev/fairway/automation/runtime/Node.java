package dev.fairway.automation.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.ledger.StoreLedger;
import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.NoSettings;
import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.automation.shipped.ShippedIntegrations;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.store.DeadLetters;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.testing.ledger.ContractModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.awaitility.Awaitility;

/** The parts of a node that integrations need, on a store of their own, for the length of a test. */
final class Node implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(60);
  static final TemplateId REQUEST = ContractModel.MODEL.template(ContractModel.REQUEST);

  static final OutsideCalls NO_CALLS = call -> {
    throw new UnsupportedOperationException("no calls to the outside here");
  };

  final SqlStore store;
  final Ledger ledger;
  final Handlers handlers = new Handlers();
  final Workers workers;
  final Automation automation;
  final Party alice;
  final Party bob;

  Node(Path folder) {
    this(folder, ledger -> ledger);
  }

  /** @param around wraps the ledger as the integrations see it */
  Node(Path folder, Function<Ledger, Ledger> around) {
    this(folder, around, NO_CALLS);
  }

  /** @param http how integrations call the outside */
  Node(Path folder, Function<Ledger, Ledger> around, OutsideCalls http) {
    this(folder, around, http, AutomationConfig.DEFAULT);
  }

  Node(Path folder, Function<Ledger, Ledger> around, OutsideCalls http, AutomationConfig config) {
    store = SqlStore.open(new StorageConfig.Embedded(folder), Clock.systemUTC(), List.of("automation"));
    ledger = new StoreLedger(store, List.of(ContractModel.MODEL));
    alice = ledger.allocate("alice");
    bob = ledger.allocate("bob");
    automation = new Automation(store, handlers, Ledgers.of(around.apply(ledger)), http,
        Clock.systemUTC(), config);
    workers = new Workers(store.work(), handlers, Clock.systemUTC(), WorkersConfig.DEFAULT).start();
  }

  /** Runs an integration of bob's made of what it registers. */
  RunningIntegration run(String id, BiConsumer<Environment<NoSettings>, Events> start) {
    automation.offer(new AvailableType(new PackageMetadata.IntegrationType(id, id, id, "test", List.of(),
        Optional.empty(), Optional.empty(), Optional.empty(), List.of()), () -> integration(start)));
    return automation.start(new IntegrationConfig(id, id, bob, Map.of()));
  }

  /** Runs a shipped integration of bob's, by the name {@code shipped}. */
  RunningIntegration runShipped(String type, Map<String, String> settings) {
    ShippedIntegrations.types().forEach(automation::offer);
    return automation.start(new IntegrationConfig("shipped", type, bob, settings));
  }

  /** Makes templates known to the ledger. */
  void give(String templates) {
    ledger.upload(templates.getBytes(StandardCharsets.UTF_8));
  }

  private static Integration<NoSettings> integration(BiConsumer<Environment<NoSettings>, Events> start) {
    return new Integration<>() {
      @Override
      public Class<NoSettings> settings() {
        return NoSettings.class;
      }

      @Override
      public void start(Environment<NoSettings> env, Events events) {
        start.accept(env, events);
      }
    };
  }

  static LedgerValue.Struct request(Party requester, Party operator, String text) {
    return LedgerValue.struct("requester", LedgerValue.party(requester), "operator", LedgerValue.party(operator))
        .with("text", LedgerValue.text(text));
  }

  /** Alice asks bob something. */
  void ask(String text) {
    assertThat(submit(alice, Command.create(REQUEST, request(alice, bob, text))))
        .isInstanceOf(SubmitResult.Accepted.class);
  }

  SubmitResult submit(Party party, Command... commands) {
    return ledger.submit(new Submission("test-" + UUID.randomUUID(), party, List.of(commands)));
  }

  List<Contract> active(Party party, String template) {
    var contracts = new ArrayList<Contract>();
    try (LedgerStream stream = ledger.open(Query.of(party, TemplateId.parse(template)), From.snapshot())) {
      while (true) {
        for (LedgerEvent event : stream.read(1_000, SOON)) {
          if (event instanceof LedgerEvent.SnapshotEnd) {
            return contracts;
          }
          contracts.add(((LedgerEvent.Created) event).contract());
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  List<String> answers() {
    return active(alice, ContractModel.ANSWER).stream().map(c -> c.payload().text("text")).toList();
  }

  /** Why what was given up was given up; without what is particular to each. */
  List<String> setAside() {
    return new DeadLetters(store, handlers).list(DeadLetters.Filter.ALL, 0, 1_000).stream()
        .map(DeadLetters.Letter::cause).toList();
  }

  static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
  }

  @Override
  public void close() {
    automation.close();
    workers.close();
    store.close();
  }
}
