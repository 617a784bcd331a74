package dev.fairway.automation.runtime;

import static dev.fairway.core.ledger.LedgerValue.struct;
import static dev.fairway.core.ledger.LedgerValue.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.runtime.FlawedEngine.CrashesNotCounted;
import dev.fairway.automation.runtime.FlawedEngine.Flaw;
import dev.fairway.automation.runtime.FlawedEngine.FreshCommandIds;
import dev.fairway.automation.runtime.SimulatedRequest.Nature;
import dev.fairway.automation.sdk.Answer;
import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.NoSettings;
import dev.fairway.automation.sdk.Request;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.model.LedgerModel;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkKind;
import dev.fairway.core.work.WorkQueue;
import dev.fairway.store.DeadLetters;
import dev.fairway.store.SqlStore;
import dev.fairway.store.WorkOverview;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.testing.TestClock;
import dev.fairway.testing.ledger.MemoryLedger;
import dev.fairway.testing.ledger.MemoryLedger.Fault;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/**
 * A requester, an engine and a ledger, one step after another, everything drawn from one seed: requests are made and
 * taken back, the ledger is down, loses answers and forgets, operators release what was set aside, and the engine's
 * process dies between any two writes and is started again. At the end everything is let come to rest, and each request
 * must have the one ending that it should.
 */
final class RequestSimulation {
  private static final LedgerModel MODEL = LedgerModel.named("sim", "1.0.0")
      .template("Sim:Ask",
          t -> t.party("requester").party("operator").text("text").signatories("requester").observers("operator")
              .choice("Yes", c -> c.controllers("operator").does(x -> LedgerValue.contract(x.create("Sim:Done",
                  x.payload()))).returns(new LedgerType.ContractOf(Optional.empty())))
              .choice("No", c -> c.controllers("operator").does(x -> LedgerValue.contract(x.create("Sim:Refused",
                  x.payload()))).returns(new LedgerType.ContractOf(Optional.empty())))
              .choice("Cancel", c -> c.controllers("requester")))
      .template("Sim:Done",
          t -> t.party("requester").party("operator").text("text").signatories("requester", "operator"))
      .template("Sim:Refused",
          t -> t.party("requester").party("operator").text("text").signatories("requester", "operator"))
      .build();
  private static final Party ALICE = new Party("alice");
  private static final Party DESK = new Party("desk");
  private static final List<Fault> FAULTS = List.of(Fault.values());
  private static final int STEPS = 60;
  private static final int MOST_ROUNDS = 60;

  private final Random random;
  private final Flaw flaw;
  private final SqlStore store;
  private final TestClock clock;
  private final MemoryLedger ledger;
  private final String id;
  private final TimeLimits limits;
  private final Map<String, SimulatedRequest> requests = new LinkedHashMap<>();
  private final List<AssertionError> violations = new ArrayList<>();
  private Supplier<Fault> weather = () -> Fault.NONE;
  private boolean requesterActs;
  private Life life;
  private int lives;
  private int made;

  RequestSimulation(long seed, Flaw flaw, SqlStore store, TestClock clock, TimeLimits limits) {
    this.random = new Random(seed);
    this.flaw = flaw;
    this.store = store;
    this.clock = clock;
    this.limits = limits;
    // One store for all: each simulation has an integration of its own, and leaves no work behind that others could
    // find.
    this.id = "sim" + seed;
    this.ledger = new MemoryLedger(clock, MODEL);
    ledger.allocate(ALICE.name());
    ledger.allocate(DESK.name());
    // The requester's own way to the ledger is always good.
    ledger.weather(() -> requesterActs ? Fault.NONE : weather.get());
    this.life = new Life();
  }

  /** Plays the seed to its end, and checks what came of it. */
  void play() {
    for (int step = 0; step < STEPS; step++) {
      survive(this::step);
    }
    weather = () -> Fault.NONE;
    for (int round = 0; round < MOST_ROUNDS && !atRest(); round++) {
      survive(life::read);
      survive(() -> life.workers.runAll());
      clock.advance(Duration.ofMinutes(10));
    }
    check();
    letters().discard(DeadLetters.Filter.ALL, "simulation");
  }

  /* Nothing waits, and everything has been read. */
  private boolean atRest() {
    return new WorkOverview(store).counts().stream().allMatch(count -> count.state() == WorkOverview.State.DEAD)
        && store.read(view -> IntegrationTables.place(view, id)).filter(place -> place.offset().equals(ledger.end()))
            .isPresent();
  }

  private void survive(Runnable step) {
    try {
      step.run();
    } catch (Crash e) {
      life = new Life();
      // Its leases run out, or are taken back by whoever comes next.
      clock.advance(Duration.ofSeconds(31));
    }
  }

  private void step() {
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> ask();
      case 3 -> takeBack();
      case 4, 5 -> life.read();
      case 6, 7, 8 -> life.workers.runOnce();
      case 9 -> clock.advance(Duration.ofSeconds(random.nextInt(120)));
      case 10 -> life.process.dieAt(1 + random.nextInt(6));
      default -> trouble();
    }
  }

  private void trouble() {
    switch (random.nextInt(3)) {
      case 0 -> weather = random.nextBoolean()
          ? () -> Fault.NONE
          : () -> FAULTS.get(random.nextInt(FAULTS.size()));
      case 1 -> ledger.prune();
      default -> {
        requests.values().stream()
            .filter(request -> state(request).filter(RequestState.QUARANTINED::equals).isPresent())
            .forEach(request -> request.tries = 0);
        letters().redrive(DeadLetters.Filter.ALL, "simulation");
      }
    }
  }

  private DeadLetters letters() {
    return new DeadLetters(store, life.handlers);
  }

  private void ask() {
    String text = "r" + made++;
    submit(text, Command.create(MODEL.template("Sim:Ask"),
        struct("requester", LedgerValue.party(ALICE), "operator", LedgerValue.party(DESK)).with("text", text(text))));
    active("Sim:Ask", text).forEach(contract -> requests.put(text,
        new SimulatedRequest(contract.id(), text, SimulatedRequest.nature(random))));
  }

  private void takeBack() {
    List<Contract> open = ledger.active().stream().filter(c -> c.template().entity().equals("Ask")).toList();
    if (!open.isEmpty()) {
      Contract one = open.get(random.nextInt(open.size()));
      if (submit("cancel-" + one.payload().text("text"), Command.exercise(one, "Cancel", struct()))) {
        Objects.requireNonNull(requests.get(one.payload().text("text"))).takenBack = true;
      }
    }
  }

  private boolean submit(String commandId, Command command) {
    requesterActs = true;
    try {
      return ledger.submit(new Submission(commandId, ALICE, List.of(command))) instanceof SubmitResult.Accepted;
    } finally {
      requesterActs = false;
    }
  }

  private List<Contract> active(String template, String text) {
    return ledger.active().stream()
        .filter(c -> c.template().name().equals(template) && c.payload().text("text").equals(text)).toList();
  }

  /* What a handler throws is tried again, so what it sees and must not see is kept for the end. */
  private void mustHold(boolean holds, String what) {
    if (!holds) {
      violations.add(new AssertionError(what));
    }
  }

  private Answer<String> handle(Request<String> given) {
    SimulatedRequest request = Objects.requireNonNull(requests.get(given.payload()));
    request.tries++;
    mustHold(request.tries <= 5, "tried too often: " + request);
    String key = given.attempt().idempotencyKey();
    mustHold(request.idempotencyKey == null || request.idempotencyKey.equals(key), "two keys for " + request);
    request.idempotencyKey = key;
    return switch (request.nature) {
      case GOOD -> Answer.accept("yes");
      case REFUSED -> Answer.reject("NO", "not this one");
      case FLAKY -> {
        if (given.attempt().number() <= 2) {
          throw new IllegalStateException("not yet");
        }
        yield Answer.accept("yes");
      }
      case SLOW -> {
        if (request.answered++ < 2) {
          request.tries--;
          yield Answer.later(Duration.ofSeconds(30), "not yet");
        }
        yield Answer.accept("yes");
      }
      case HOPELESS -> throw new FairwayException(ErrorCode.INVALID, "hopeless");
      case POISON -> throw life.process.die();
    };
  }

  private Optional<KnownRequest> known(SimulatedRequest request) {
    return store.read(view -> RequestTables.find(view, id, request.contract.value()));
  }

  private Optional<RequestState> state(SimulatedRequest request) {
    return known(request).map(KnownRequest::state);
  }

  private void check() {
    violations.forEach(violation -> {
      throw violation;
    });
    for (SimulatedRequest request : requests.values()) {
      Optional<KnownRequest> known = known(request);
      boolean open = !active("Sim:Ask", request.text).isEmpty();
      int done = active("Sim:Done", request.text).size();
      int refused = active("Sim:Refused", request.text).size();
      assertThat(done + refused).as("effects of %s", request).isLessThanOrEqualTo(1);
      if (known.isEmpty()) {
        assertThat(request.takenBack).as("%s was never seen, so it was taken back before", request).isTrue();
        continue;
      }
      RequestState ending = known.get().state();
      RequestState truth = done == 1
          ? RequestState.ACCEPTED
          : refused == 1 ? RequestState.REJECTED : open ? RequestState.QUARANTINED : RequestState.CANCELLED;
      assertThat(ending).as("ending of %s", request).isEqualTo(truth);
      if (ending == RequestState.QUARANTINED) {
        boolean deserved = request.nature == Nature.HOPELESS || request.nature == Nature.POISON;
        assertThat(deserved || known.get().attempts() >= Requests.MOST_CRASHES || known.get().crashes() > 0)
            .as("%s was set aside after %d tries", request, known.get().attempts()).isTrue();
      }
    }
  }

  /** One life of the process that answers. */
  private final class Life implements WorkHandler<Payloads.LedgerDelivery> {
    private final Crash.Mortal process = new Crash.Mortal(random);
    private final Crash.OfStore reached = new Crash.OfStore(process, store);
    private final Handlers handlers = new Handlers();
    private final RunningIntegration running;
    private final Workers workers;
    private boolean hasRead;

    Life() {
      lives++;
      var shared = new RunningIntegration.Shared(reached, clock, call -> {
        throw new UnsupportedOperationException("no calls to the outside here");
      }, limits, AutomationConfig.DEFAULT);
      var type = new AvailableType(new PackageMetadata.IntegrationType(id, id, id, "test", List.of(), Optional.empty(),
          Optional.empty(), Optional.empty(), List.of()), Desk::new);
      Ledger far = new Crash.OfLedger(process, ledger, () -> {});
      var on = new RunningIntegration.OnLedger(far, Optional.empty(), () -> {});
      running = RunningIntegration.start(new IntegrationConfig(id, id, DESK, Map.of()), type, new Desk(),
          new NoSettings(), on, shared);
      for (WorkKind<Payloads.LedgerDelivery> kind : running.lanes().ledgerKinds()) {
        handlers.add(kind, this);
      }
      var outbox = new Outbox(Ledgers.of(far), name -> Optional.of(running));
      handlers.add(Outbox.SUBMIT, flaw == Flaw.FRESH_COMMAND_IDS ? new FreshCommandIds(outbox) : outbox);
      handlers.add(RequestDesk.FORGET, delivery -> Outcome.done());
      WorkQueue queue = new Crash.OfQueue(process, store.work(), clock::instant, random);
      workers = new Workers(flaw == Flaw.CRASHES_NOT_COUNTED ? new CrashesNotCounted(queue) : queue, handlers, clock,
          new WorkersConfig(1, Duration.ZERO));
    }

    private Registrations.OnRequest<?, ?> request() {
      return running.registrations().requests.values().iterator().next();
    }

    @Override
    public Outcome run(Delivery<Payloads.LedgerDelivery> delivery) throws Exception {
      return running.requests().run(request(), delivery, new Attempt(
          delivery.idempotencyKey(), delivery.attempt(), delivery.maybeDone()));
    }

    @Override
    public void onDead(Transaction tx, Delivery<Payloads.LedgerDelivery> delivery, String why) throws SQLException {
      running.requests().dead(tx, request(), delivery);
    }

    /** Reads the ledger up to its end. */
    void read() {
      if (flaw == Flaw.LIVE_STREAM_ONLY && lives > 1 && !hasRead) {
        store.run(tx -> IntegrationTables.move(tx, id, ledger.end()));
      }
      hasRead = true;
      var term = new Leadership.Term();
      Ledger far = new Crash.OfLedger(process, ledger, term::end);
      new Feed(reached, far, id, DESK, running.registrations(), running.tellings(), new Leadership(reached, clock, id),
          () -> {}, new StateEvents(reached, id)).run(term);
    }
  }

  private final class Desk implements Integration<NoSettings> {
    @Override
    public Class<NoSettings> settings() {
      return NoSettings.class;
    }

    @Override
    public void start(Environment<NoSettings> env, Events events) {
      events.request().on("Sim:Ask").reading(payload -> payload.text("text"))
          .<String>accepting("Yes", answer -> struct()).rejecting("No", no -> struct())
          .handle(RequestSimulation.this::handle);
    }
  }
}
