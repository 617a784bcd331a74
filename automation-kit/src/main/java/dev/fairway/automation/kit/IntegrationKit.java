package dev.fairway.automation.kit;

import dev.fairway.automation.ledger.StoreLedger;
import dev.fairway.automation.metadata.FieldType;
import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.runtime.ActiveContracts;
import dev.fairway.automation.runtime.Automation;
import dev.fairway.automation.runtime.AutomationConfig;
import dev.fairway.automation.runtime.AvailableType;
import dev.fairway.automation.runtime.IntegrationConfig;
import dev.fairway.automation.runtime.Ledgers;
import dev.fairway.automation.runtime.RunningIntegration;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerPackage;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An integration in a test: run by the same runtime as on a node, on a ledger in a folder that is gone afterwards. Nothing
 * happens by itself: {@link #settle} delivers what is due, {@link #advance} lets time pass.
 *
 * <pre>{@code
 * try (IntegrationKit kit = IntegrationKit.of(new Greeter()).templates(yaml).set("greeting", "Welcome").start("bob")) {
 *   kit.create("alice", "Greeter:Visitor", struct("visitor", party(kit.party("alice")), "host", party(kit.party("bob"))));
 *   kit.settle();
 *   assertEquals(1, kit.contracts("alice", "Greeter:Greeting").size());
 * }
 * }</pre>
 *
 * <p>For one thread.
 */
public final class IntegrationKit implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ID = "under-test";

  private final Path folder;
  private final StillClock clock;
  private final SqlStore store;
  private final Ledger ledger;
  private final Handlers handlers = new Handlers();
  private final Workers workers;
  private final Automation automation;
  private final RunningIntegration running;

  private IntegrationKit(Setup setup, String party) {
    try {
      folder = Files.createTempDirectory("integration-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    clock = new StillClock(setup.start);
    store = SqlStore.open(new StorageConfig.Embedded(folder), clock, List.of("automation"));
    ledger = new StoreLedger(store, List.of());
    Optional<String> mainPackage = Optional.empty();
    if (!setup.templates.isEmpty()) {
      ledger.upload(setup.templates.getBytes(StandardCharsets.UTF_8));
      mainPackage = Optional.of("#" + ledger.packages().getLast().name());
    }
    automation = new Automation(store, handlers, Ledgers.of(ledger), setup.outside, clock, AutomationConfig.DEFAULT);
    workers = new Workers(store.work(), handlers, clock, WorkersConfig.DEFAULT);
    automation.offer(new AvailableType(Optional.empty(), setup.type(), () -> setup.integration,
        new GivenModel(mainPackage)));
    running = automation.start(new IntegrationConfig(ID, setup.type().id(), ledger.allocate(party), setup.settings));
    settle();
  }

  private record GivenModel(Optional<String> name) implements AvailableType.Model {
    @Override
    public Optional<String> mainPackage(String ledgerName) {
      return name;
    }

    @Override
    public void giveTo(String ledgerName, Ledger to) {}
  }

  /** Begins to describe a test. */
  public static Setup of(Integration<?> integration) {
    return new Setup(integration);
  }

  /** What the integration is to run with. */
  public static final class Setup {
    private final Integration<?> integration;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private String templates = "";
    private Optional<PackageMetadata> metadata = Optional.empty();
    private OutsideCalls outside = call -> {
      throw new UnsupportedOperationException("the test allows no calls to the outside; give it calls(...)");
    };
    private Instant start = Instant.parse("2026-03-01T12:00:00Z");

    private Setup(Integration<?> integration) {
      this.integration = integration;
    }

    /** Templates for the ledger, as in the project's {@code templates.yaml}. */
    public Setup templates(String yaml) {
      templates = yaml;
      return this;
    }

    /** The package's metadata, as in the project's {@code dit-meta.yaml}; settings are checked against it. */
    public Setup metadata(String yaml) {
      metadata = Optional.of(PackageMetadata.parse(yaml));
      return this;
    }

    public Setup set(String field, String value) {
      settings.put(field, value);
      return this;
    }

    /** What answers the integration's calls to the outside. */
    public Setup calls(OutsideCalls calls) {
      outside = calls;
      return this;
    }

    /** What the clock shows at first; noon of 1 March 2026, UTC, when nothing is said. */
    public Setup startingAt(Instant moment) {
      start = moment;
      return this;
    }

    private PackageMetadata.IntegrationType type() {
      String entrypoint = integration.getClass().getName();
      return metadata
          .map(m -> m.types().stream().filter(type -> type.entrypoint().equals(entrypoint)).findFirst()
              .orElseThrow(() -> new IllegalArgumentException("the metadata name no type of " + entrypoint)))
          .orElseGet(() -> new PackageMetadata.IntegrationType("tested", "tested", "tested", entrypoint,
              settings.keySet().stream().map(Setup::text).toList(), Optional.empty(), Optional.empty(),
              Optional.empty(), List.of()));
    }

    private static PackageMetadata.Field text(String id) {
      return new PackageMetadata.Field(id, id, id, new FieldType.Text(),
          Optional.empty(), true, Optional.empty());
    }

    /** Starts it as the party, and delivers what is due at once. */
    public IntegrationKit start(String party) {
      return new IntegrationKit(this, party);
    }
  }

  /** The party of that name; made when there is none. */
  public Party party(String name) {
    return ledger.allocate(name);
  }

  /** A party makes a contract. */
  public void create(String party, String template, LedgerValue.Struct payload) {
    submit(party, Command.create(qualified(template), payload));
  }

  /** A party exercises a choice. */
  public void exercise(String party, Contract contract, String choice, LedgerValue argument) {
    submit(party, Command.exercise(contract, choice, argument));
  }

  /**
   * A party submits a command.
   *
   * @throws AssertionError when the ledger refuses it
   */
  public void submit(String party, Command command) {
    SubmitResult result = ledger.submit(new Submission("test-" + UUID.randomUUID(), party(party), List.of(command)));
    if (!(result instanceof SubmitResult.Accepted)) {
      throw new AssertionError("the ledger answered " + result);
    }
  }

  /** The contracts of a template that are active, as far as the party sees them. */
  public List<Contract> contracts(String party, String template) {
    return ActiveContracts.read(ledger, Query.of(party(party), TemplateId.parse(template)));
  }

  private TemplateId qualified(String template) {
    TemplateId wanted = TemplateId.parse(template);
    return ledger.packages().stream().map(LedgerPackage::name).map(name -> wanted.in("#" + name)).findFirst()
        .orElse(wanted);
  }

  /**
   * Delivers what has happened, and sends what handlers answered, until there is nothing due.
   *
   * @throws AssertionError when that takes longer than a minute
   */
  public void settle() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int idle = 0;
    while (idle < 2) {
      boolean worked = workers.runAll() > 0;
      boolean caughtUp = running.ready() && (!running.readsLedger() || running.place().equals(ledger.end()));
      idle = worked || !caughtUp ? 0 : idle + 1;
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not settled within " + PATIENCE + running.error().map(e -> ": " + e).orElse(""));
      }
      if (!worked && !caughtUp) {
        pause();
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Lets time pass, and delivers what falls due. */
  public void advance(Duration by) {
    clock.advance(by);
    settle();
  }

  /** Puts a message on one of the integration's queues, and delivers it. */
  public void message(String queue, String message) {
    running.put(queue, message);
    settle();
  }

  /** Why work was set aside, oldest first. */
  public List<String> setAside() {
    return new DeadLetters(store, handlers).list(DeadLetters.Filter.ALL, 0, 1_000).stream()
        .map(DeadLetters.Letter::cause).toList();
  }

  @Override
  public void close() {
    automation.close();
    workers.close();
    store.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
