package dev.fairway.node.bench;

import dev.fairway.automation.ledger.StoreLedger;
import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.runtime.Automation;
import dev.fairway.automation.runtime.AutomationConfig;
import dev.fairway.automation.runtime.AvailableType;
import dev.fairway.automation.runtime.IntegrationConfig;
import dev.fairway.automation.runtime.Ledgers;
import dev.fairway.automation.runtime.RunningIntegration;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.NoSettings;
import dev.fairway.automation.sdk.Response;
import dev.fairway.automation.sdk.WebhookResponse;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.Party;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.web.Door;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Integrations and the node's own ledger in this process, on a store of their own. */
final class AutomationBench implements AutoCloseable {
  private static final String TEMPLATES = """
      package: { name: bench, version: 1.0.0 }
      templates:
        Bench:Note:
          fields: { owner: Party }
          signatories: [owner]
          choices:
            See: { controllers: [owner] }
      """;

  /* What shares a commit is what is answered at once; a handler that computes and asks nobody can be many. */
  private static final int ANSWERED_AT_ONCE = 256;

  private final SqlStore store;
  private final Notes notes;
  private final Automation automation;
  private final Workers workers;

  AutomationBench(Path folder) {
    this(folder, Map.of());
  }

  /** @param others further ledgers that integrations can work on, by name */
  AutomationBench(Path folder, Map<String, Ledger> others) {
    store = SqlStore.open(new StorageConfig.Embedded(folder), Clock.systemUTC(), List.of("automation"));
    Ledger ledger = new StoreLedger(store, List.of());
    ledger.upload(TEMPLATES.getBytes(StandardCharsets.UTF_8));
    notes = new Notes(ledger, ledger.allocate("owner"));
    Handlers handlers = new Handlers();
    automation = new Automation(store, handlers, Ledgers.of(ledger, others), call -> {
      throw new UnsupportedOperationException("nothing is called here");
    }, Clock.systemUTC(), AutomationConfig.DEFAULT);
    workers = new Workers(store.work(), handlers, Clock.systemUTC(), WorkersConfig.DEFAULT).start();
  }

  /** Starts an integration made of what it registers; again after {@link #stop}. */
  RunningIntegration run(String name, Consumer<Events> registers) {
    return run(name, Ledgers.LOCAL, notes.owner(), (env, events) -> registers.accept(events));
  }

  /** The same on a ledger, as a party of it. */
  private RunningIntegration run(String name, String ledger, Party party, Registers registers) {
    automation.offer(new AvailableType(new PackageMetadata.IntegrationType(name, name, name, "bench", List.of(),
        Optional.empty(), Optional.empty(), Optional.empty(), List.of()), () -> new Registering(registers)));
    return automation.start(new IntegrationConfig(name, name, ledger, party, Map.of()));
  }

  private interface Registers {
    void in(Environment<NoSettings> env, Events events);
  }

  private record Registering(Registers registers) implements Integration<NoSettings> {
    @Override
    public Class<NoSettings> settings() {
      return NoSettings.class;
    }

    @Override
    public void start(Environment<NoSettings> env, Events events) {
      registers.in(env, events);
    }
  }

  /** Starts one that answers each note with a command, so many at once. */
  RunningIntegration answering(String ledger, Party party, int atOnce) {
    return run("answering", ledger, party, (env, events) -> events.ledger().created(Notes.NOTE.toString())
        .concurrency(atOnce)
        .handle(event -> Response.commands(Notes.seen(event.contract()))));
  }

  RunningIntegration answering() {
    return answering(Ledgers.LOCAL, notes.owner(), ANSWERED_AT_ONCE);
  }

  /** Starts one whose webhook puts what it is sent on a queue, and whose queue does nothing with it. */
  RunningIntegration queueing(String name, String suffix) {
    return run(name, Ledgers.LOCAL, notes.owner(), (env, events) -> {
      events.webhook().post(suffix).handle(request -> {
        env.queue().put(request.text());
        return WebhookResponse.ok();
      });
      events.queue().messages((message, attempt) -> Response.none());
    });
  }

  List<Door> doors() {
    return automation.doors();
  }

  void stop(String name) {
    automation.stop(name);
  }

  /** Puts so many contracts on the node's own ledger. */
  void write(int contracts) throws InterruptedException {
    notes.write(contracts);
  }

  /** Appends an event to the journal, durably. */
  void append(int number) {
    store.run(tx -> tx.append(new NewEvent("bench.note", "note-" + number, "{}")));
  }

  /** Waits until something is so, at most an hour. */
  static void await(String what, BooleanSupplier so) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofHours(1).toNanos();
    while (!so.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new FairwayException(ErrorCode.BUSY, what + " took more than an hour");
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    automation.close();
    workers.close();
    store.close();
  }
}
