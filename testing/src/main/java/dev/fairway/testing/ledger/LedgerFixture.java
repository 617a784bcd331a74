package dev.fairway.testing.ledger;

import static dev.fairway.testing.ledger.ContractModel.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.SubmitResult.Reason;
import dev.fairway.core.ledger.TemplateId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * A ledger under test, three parties of the test's own, and what the tests do with both again and again. A subclass brings
 * a ledger that has the templates of {@link ContractModel}; it may be one that other tests have used before.
 */
@Timeout(120)
abstract class LedgerFixture {
  static final Duration WAIT = Duration.ofSeconds(30);
  static final Duration SHORT = Duration.ofMillis(200);

  Ledger ledger;
  Party alice;
  Party bob;
  Party carol;
  TemplateId requestId;
  TemplateId answerId;
  TemplateId accountId;

  /** A connection of its own to the ledger under test. */
  protected abstract Ledger open() throws Exception;

  @BeforeEach
  void openLedger() throws Exception {
    ledger = open();
    String run = UUID.randomUUID().toString().substring(0, 8);
    alice = ledger.allocate("alice-" + run);
    bob = ledger.allocate("bob-" + run);
    carol = ledger.allocate("carol-" + run);
    String pkg = ContractModel.packageId(ledger.packages());
    requestId = TemplateId.parse(ContractModel.REQUEST).in(pkg);
    answerId = TemplateId.parse(ContractModel.ANSWER).in(pkg);
    accountId = TemplateId.parse(ContractModel.ACCOUNT).in(pkg);
  }

  @AfterEach
  void closeLedger() {
    ledger.close();
  }

  Contract create(String text) {
    Offset before = ledger.end();
    accepted(alice, Command.create(requestId, request(alice, bob, text)));
    try {
      return created(untilText(Query.all(alice), From.after(before), text)).stream()
          .filter(c -> c.payload().text("text").equals(text)).findFirst().orElseThrow();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  void accepted(Party party, Command... commands) {
    accepted(submit(party, commands));
  }

  static void accepted(SubmitResult result) {
    assertThat(result).isInstanceOf(SubmitResult.Accepted.class);
  }

  SubmitResult submit(Party party, Command... commands) {
    return ledger.submit(new Submission(commandId(), party, List.of(commands)));
  }

  static void assertRejected(SubmitResult result, Reason... reasons) {
    assertThat(result).isInstanceOfSatisfying(SubmitResult.Rejected.class,
        rejected -> assertThat(rejected.reason()).as(rejected.toString()).isIn((Object[]) reasons));
  }

  static String commandId() {
    return "contract-" + UUID.randomUUID();
  }

  List<Contract> snapshot(Query query) throws InterruptedException {
    try (LedgerStream stream = ledger.open(query, From.snapshot())) {
      return created(until(stream, LedgerEvent.SnapshotEnd.class));
    }
  }

  /** Reads until so many visible transactions are complete. */
  List<LedgerEvent> read(Query query, From from, int transactions) throws InterruptedException {
    try (LedgerStream stream = ledger.open(query, from)) {
      return transactions(stream, transactions);
    }
  }

  static List<LedgerEvent> transactions(LedgerStream stream, int count) throws InterruptedException {
    var events = new ArrayList<LedgerEvent>();
    for (int i = 0; i < count; i++) {
      events.addAll(until(stream, LedgerEvent.TransactionEnd.class));
    }
    return events;
  }

  List<LedgerEvent> untilText(Query query, From from, String text) throws InterruptedException {
    try (LedgerStream stream = ledger.open(query, from)) {
      var events = new ArrayList<LedgerEvent>();
      do {
        events.addAll(until(stream, LedgerEvent.TransactionEnd.class));
      } while (!texts(events).contains(text));
      return events;
    }
  }

  /* Reads one by one, so that nothing after the wanted event is taken away from who reads next. Checkpoints may come at any time. */
  static List<LedgerEvent> until(LedgerStream stream, Class<? extends LedgerEvent> last)
      throws InterruptedException {
    var events = new ArrayList<LedgerEvent>();
    long deadline = System.nanoTime() + WAIT.toNanos();
    while (System.nanoTime() < deadline) {
      for (LedgerEvent event : stream.read(1, SHORT)) {
        if (!(event instanceof LedgerEvent.Checkpoint)) {
          events.add(event);
        }
        if (last.isInstance(event)) {
          return events;
        }
      }
    }
    throw new AssertionError("no " + last.getSimpleName() + " within " + WAIT + " after " + events);
  }

  static List<Contract> created(List<LedgerEvent> events) {
    return events.stream().filter(LedgerEvent.Created.class::isInstance)
        .map(event -> ((LedgerEvent.Created) event).contract()).toList();
  }

  static List<String> texts(List<LedgerEvent> events) {
    return created(events).stream().map(c -> c.payload().text("text")).toList();
  }

  static Contract only(List<Contract> contracts) {
    assertThat(contracts).hasSize(1);
    return contracts.getFirst();
  }
}
