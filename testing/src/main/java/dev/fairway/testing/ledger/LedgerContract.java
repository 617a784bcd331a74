package dev.fairway.testing.ledger;

import static dev.fairway.testing.ledger.ContractModel.account;
import static dev.fairway.testing.ledger.ContractModel.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.SubmitResult.Reason;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.TemplatePattern;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link Ledger} promises. A subclass brings a ledger that has the templates of {@link ContractModel}; it may
 * be one that other tests have used before.
 */
@Timeout(120)
public abstract class LedgerContract {
  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(200);

  private Ledger ledger;
  private Party alice;
  private Party bob;
  private Party carol;
  private TemplateId requestId;
  private TemplateId answerId;
  private TemplateId accountId;

  /** A connection of its own to the ledger under test. */
  protected abstract Ledger open() throws Exception;

  /** Whether templates may have keys. */
  protected boolean hasKeys() {
    return true;
  }

  /** Whether {@link Ledger#outcome} can tell of a rejection after the fact. */
  protected boolean remembersRejections() {
    return true;
  }

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

  @Test
  void createdContractIsInTheNextSnapshot() throws Exception {
    create("one");
    Contract found = only(snapshot(Query.all(alice)));
    assertThat(found.template()).isEqualTo(requestId);
    assertThat(found.payload()).isEqualTo(request(alice, bob, "one"));
    assertThat(found.signatories()).containsExactly(alice);
    assertThat(found.observers()).containsExactly(bob);
  }

  @Test
  void snapshotIsFollowedByWhatHappensAfterIt() throws Exception {
    create("before");
    try (LedgerStream stream = ledger.open(Query.all(bob), From.snapshot())) {
      List<LedgerEvent> first = until(stream, LedgerEvent.SnapshotEnd.class);
      create("after");
      List<LedgerEvent> then = until(stream, LedgerEvent.TransactionEnd.class);
      assertThat(texts(first)).containsExactly("before");
      assertThat(texts(then)).containsExactly("after");
    }
  }

  @Test
  void snapshotAndStreamHaveNoGapAndNoOverlap() throws Exception {
    int all = 40;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var started = new CountDownLatch(1);
      Future<?> writer = threads.submit(() -> {
        for (int i = 0; i < all; i++) {
          create(Integer.toString(i));
          started.countDown();
        }
      });
      started.await();
      var seen = new ArrayList<String>();
      try (LedgerStream stream = ledger.open(Query.all(bob), From.snapshot())) {
        while (seen.size() < all) {
          List<LedgerEvent> events = stream.read(7, WAIT);
          assertThat(events).as("after %s", seen).isNotEmpty();
          seen.addAll(texts(events));
        }
      }
      writer.get();
      assertThat(seen).doesNotHaveDuplicates().hasSize(all);
    }
  }

  @Test
  void streamAfterAnOffsetTellsExactlyWhatFollows() throws Exception {
    create("one");
    Offset offset = ledger.end();
    create("two");
    create("three");
    assertThat(texts(read(Query.all(bob), From.after(offset), 2))).containsExactly("two", "three");
  }

  @Test
  void everyBoundaryIsAPlaceToGoOnFrom() throws Exception {
    Offset start = ledger.end();
    create("one");
    create("two");
    create("three");
    List<LedgerEvent> all = read(Query.all(bob), From.after(start), 3);
    Offset afterFirst = all.stream().filter(LedgerEvent.TransactionEnd.class::isInstance)
        .map(LedgerEvent.TransactionEnd.class::cast).findFirst().orElseThrow().offset();
    assertThat(texts(read(Query.all(bob), From.after(afterFirst), 2))).containsExactly("two", "three");
  }

  @Test
  void snapshotAsOfAnOffsetShowsWhatWasActiveThen() throws Exception {
    if (!ledger.looksBack()) {
      return;
    }
    Contract one = create("one");
    Offset then = ledger.end();
    accepted(alice, Command.exercise(one, "Cancel", LedgerValue.struct()));
    create("two");
    try (LedgerStream stream = ledger.open(Query.all(bob), new From.SnapshotAt(then))) {
      assertThat(texts(until(stream, LedgerEvent.SnapshotEnd.class))).containsExactly("one");
      List<LedgerEvent> after = transactions(stream, 2);
      assertThat(after).contains(new LedgerEvent.Archived(one.id(), requestId, one.packageName()));
      assertThat(texts(after)).containsExactly("two");
    }
  }

  @Test
  void consumingChoiceArchivesAndCreatesInOneTransaction() throws Exception {
    Contract request = create("question");
    Offset before = ledger.end();
    accepted(bob, Command.exercise(request, "Accept", LedgerValue.struct("answer", LedgerValue.text("yes"))));
    List<LedgerEvent> events = read(Query.all(alice), From.after(before), 1);
    assertThat(events.getFirst()).isInstanceOf(LedgerEvent.TransactionBegin.class);
    assertThat(events.getLast()).isInstanceOf(LedgerEvent.TransactionEnd.class);
    assertThat(events).filteredOn(LedgerEvent.Archived.class::isInstance)
        .containsExactly(new LedgerEvent.Archived(request.id(), requestId, request.packageName()));
    Contract answer = only(created(events));
    assertThat(answer.template()).isEqualTo(answerId);
    assertThat(answer.signatories()).containsExactlyInAnyOrder(alice, bob);
    assertThat(only(snapshot(Query.all(alice)))).extracting(Contract::id).isEqualTo(answer.id());
  }

  @Test
  void nonConsumingChoiceLeavesTheContract() throws Exception {
    Contract request = create("stays");
    accepted(bob, Command.exercise(request, "Touch", LedgerValue.struct()));
    assertThat(snapshot(Query.all(alice))).extracting(Contract::id).containsExactly(request.id());
  }

  @Test
  void signatoryArchives() throws Exception {
    Contract request = create("gone");
    accepted(alice, Command.archive(request));
    assertThat(snapshot(Query.all(alice))).isEmpty();
  }

  @Test
  void contractThatComesAndGoesInOneTransactionIsNotTold() throws Exception {
    Contract request = create("stays");
    Offset before = ledger.end();
    accepted(alice, Command.exercise(request, "Flash", LedgerValue.struct()));
    create("next");
    List<LedgerEvent> events = untilText(Query.all(bob), From.after(before), "next");
    assertThat(texts(events)).containsExactly("next");
    assertThat(events).noneMatch(LedgerEvent.Archived.class::isInstance);
  }

  @Test
  void strangersSeeNothing() throws Exception {
    Offset before = ledger.end();
    create("private");
    accepted(carol, Command.create(requestId, request(carol, carol, "own")));
    assertThat(snapshot(Query.all(carol))).extracting(c -> c.payload().text("text")).containsExactly("own");
    assertThat(texts(untilText(Query.all(carol), From.after(before), "own"))).containsExactly("own");
  }

  @Test
  void readerOfSeveralPartiesSeesAContractOnce() throws Exception {
    create("shared");
    var both = new Query(Set.of(alice, bob), List.of(TemplatePattern.ALL));
    assertThat(snapshot(both)).hasSize(1);
  }

  @Test
  void templatePatternsNarrowWhatIsTold() throws Exception {
    Contract request = create("question");
    Offset before = ledger.end();
    accepted(bob, Command.exercise(request, "Accept", LedgerValue.struct("answer", LedgerValue.text("yes"))));
    assertThat(snapshot(Query.of(alice, requestId))).isEmpty();
    assertThat(snapshot(Query.of(alice, answerId))).hasSize(1);
    List<LedgerEvent> events = read(Query.of(alice, answerId), From.after(before), 1);
    assertThat(events).noneMatch(LedgerEvent.Archived.class::isInstance);
    assertThat(texts(events)).containsExactly("yes");
  }

  @Test
  void submitterIsToldItsCommandId() throws Exception {
    Offset before = ledger.end();
    String commandId = commandId();
    assertThat(
        ledger.submit(new Submission(commandId, alice, List.of(Command.create(requestId, request(alice, bob, "x"))))))
        .isInstanceOf(SubmitResult.Accepted.class);
    assertThat(read(Query.all(alice), From.after(before), 1).getFirst())
        .isInstanceOfSatisfying(LedgerEvent.TransactionBegin.class, begin -> {
          assertThat(begin.commandId()).contains(commandId);
          assertThat(begin.transactionId()).isNotEmpty();
        });
  }

  @Test
  void readWaitsForNewsAndIsEmptyWithoutAny() throws Exception {
    try (LedgerStream stream = ledger.open(Query.all(carol), From.after(ledger.end()))) {
      assertThat(stream.read(10, SHORT)).allMatch(LedgerEvent.Checkpoint.class::isInstance);
      Party signatory = carol;
      Thread.ofVirtual().start(() -> accepted(signatory, Command.create(requestId, request(signatory, bob, "news"))));
      assertThat(texts(transactions(stream, 1))).containsExactly("news");
    }
  }

  @Test
  void closedStreamReadsNoMore() {
    LedgerStream stream = ledger.open(Query.all(alice), From.snapshot());
    stream.close();
    assertThatThrownBy(() -> stream.read(1, SHORT)).isInstanceOf(FairwayException.class);
  }

  @Test
  void offsetPastTheEndIsRefused() {
    assertThatThrownBy(() -> {
      try (LedgerStream stream = ledger.open(Query.all(alice), From.after(new Offset("999999999999")))) {
        stream.read(1, WAIT);
      }
    }).isInstanceOf(FairwayException.class);
  }

  @Test
  void commandsOfASubmissionHappenTogetherOrNotAtAll() throws Exception {
    Contract spent = create("spent");
    accepted(alice, Command.archive(spent));
    SubmitResult result = submit(alice, Command.create(requestId, request(alice, bob, "half")),
        Command.exercise(spent, "Cancel", LedgerValue.struct()));
    assertThat(result).isInstanceOf(SubmitResult.Rejected.class);
    assertThat(snapshot(Query.all(alice))).isEmpty();

    Offset before = ledger.end();
    accepted(alice, Command.create(requestId, request(alice, bob, "a")),
        Command.create(requestId, request(alice, bob, "b")));
    assertThat(texts(read(Query.all(alice), From.after(before), 1))).containsExactly("a", "b");
  }

  @Test
  void createAndExerciseIsOneTransaction() throws Exception {
    Offset before = ledger.end();
    accepted(alice, new Command.CreateAndExercise(requestId, request(alice, alice, "quick"), "Accept",
        LedgerValue.struct("answer", LedgerValue.text("done"))));
    List<LedgerEvent> events = read(Query.all(alice), From.after(before), 1);
    assertThat(created(events)).extracting(Contract::template).containsExactly(answerId);
  }

  @Test
  void spentContractIsGone() throws Exception {
    Contract request = create("once");
    accepted(alice, Command.exercise(request, "Cancel", LedgerValue.struct()));
    assertRejected(submit(bob, Command.exercise(request, "Accept",
        LedgerValue.struct("answer", LedgerValue.text("late")))), Reason.CONTRACT_GONE);
  }

  @Test
  void contractOfOthersIsGoneToAStranger() throws Exception {
    Contract request = create("private");
    assertRejected(submit(carol, Command.exercise(request, "Touch", LedgerValue.struct())), Reason.CONTRACT_GONE,
        Reason.FORBIDDEN);
  }

  @Test
  void onlyControllersExercise() throws Exception {
    Contract request = create("guarded");
    assertRejected(submit(bob, Command.exercise(request, "Cancel", LedgerValue.struct())), Reason.FORBIDDEN);
    assertThat(snapshot(Query.all(alice))).hasSize(1);
  }

  @Test
  void nobodySignsForOthers() {
    assertRejected(submit(bob, Command.create(requestId, request(alice, bob, "forged"))), Reason.FORBIDDEN);
  }

  @Test
  void severalPartiesActTogether() throws Exception {
    var together = new Submission(commandId(), Set.of(alice, bob), Set.of(),
        List.of(Command.create(answerId, request(alice, bob, "both"))), Optional.empty(), Submission.DEDUPLICATION);
    assertThat(ledger.submit(together)).isInstanceOf(SubmitResult.Accepted.class);
    assertThat(snapshot(Query.all(bob))).hasSize(1);
  }

  @Test
  void malformedCommandsAreInvalid() throws Exception {
    Contract request = create("fine");
    assertRejected(
        submit(alice, Command.create(requestId, request(alice, bob, "x").with("text", LedgerValue.int64(1)))),
        Reason.INVALID);
    assertRejected(submit(alice, Command.create(requestId, LedgerValue.struct("requester", LedgerValue.party(alice)))),
        Reason.INVALID);
    assertRejected(submit(alice, Command.exercise(request, "NoSuchChoice", LedgerValue.struct())), Reason.INVALID);
    assertRejected(submit(alice, Command.create(new TemplateId(requestId.pkg(), "Contract", "Nothing"),
        request(alice, bob, "x"))), Reason.INVALID);
    assertThat(snapshot(Query.all(alice))).hasSize(1);
  }

  @Test
  void sameCommandIdHasNoSecondEffect() throws Exception {
    var submission = new Submission(commandId(), alice,
        List.of(Command.create(requestId, request(alice, bob, "once"))));
    assertThat(ledger.submit(submission)).isInstanceOf(SubmitResult.Accepted.class);
    assertThat(ledger.submit(submission)).isInstanceOf(SubmitResult.Accepted.class);
    assertThat(snapshot(Query.all(alice))).hasSize(1);
  }

  @Test
  void sameCommandIdOfAnotherPartyIsAnotherCommand() throws Exception {
    String commandId = commandId();
    accepted(
        ledger.submit(new Submission(commandId, alice, List.of(Command.create(requestId, request(alice, bob, "a"))))));
    accepted(
        ledger.submit(new Submission(commandId, bob, List.of(Command.create(requestId, request(bob, alice, "b"))))));
    assertThat(snapshot(Query.all(alice))).hasSize(2);
  }

  @Test
  void commandIdOfARejectedCommandMayBeUsedAgain() throws Exception {
    String commandId = commandId();
    assertThat(ledger.submit(new Submission(commandId, alice,
        List.of(Command.create(requestId, request(bob, alice, "forged")))))).isInstanceOf(SubmitResult.Rejected.class);
    assertThat(ledger.submit(new Submission(commandId, alice,
        List.of(Command.create(requestId, request(alice, bob, "mended")))))).isInstanceOf(SubmitResult.Accepted.class);
    assertThat(snapshot(Query.all(alice))).hasSize(1);
  }

  @Test
  void manySendersOfOneCommandIdHaveOneEffect() throws Exception {
    var submission = new Submission(commandId(), alice,
        List.of(Command.create(requestId, request(alice, bob, "once"))));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = new ArrayList<Future<SubmitResult>>();
      for (int i = 0; i < 8; i++) {
        results.add(threads.submit(() -> ledger.submit(submission)));
      }
      for (Future<SubmitResult> result : results) {
        // One that meets another still under way may be told to come back.
        assertThat(result.get()).isNotInstanceOf(SubmitResult.Rejected.class);
      }
    }
    assertThat(snapshot(Query.all(alice))).hasSize(1);
  }

  @Test
  void outcomeOfAnAcceptedCommandIsKnown() {
    Offset before = ledger.end();
    String commandId = commandId();
    accepted(
        ledger.submit(new Submission(commandId, alice, List.of(Command.create(requestId, request(alice, bob, "x"))))));
    assertThat(ledger.outcome(commandId, Set.of(alice), before)).isInstanceOf(CommandOutcome.Accepted.class);
  }

  @Test
  void outcomeOfARejectedCommandIsNotAccepted() {
    Offset before = ledger.end();
    String commandId = commandId();
    assertThat(
        ledger.submit(new Submission(commandId, bob, List.of(Command.create(requestId, request(alice, bob, "x"))))))
        .isInstanceOf(SubmitResult.Rejected.class);
    assertThat(ledger.outcome(commandId, Set.of(bob), before)).isInstanceOf(
        remembersRejections() ? CommandOutcome.Rejected.class : CommandOutcome.NotSeen.class);
  }

  @Test
  void commandThatWasNeverSentIsNotSeen() {
    assertThat(ledger.outcome(commandId(), Set.of(alice), ledger.end())).isInstanceOf(CommandOutcome.NotSeen.class);
  }

  @Test
  void keyFindsTheContract() throws Exception {
    if (!hasKeys()) {
      return;
    }
    accepted(alice, Command.create(accountId, account(alice, "main", 1)));
    LedgerValue key = LedgerValue.struct("owner", LedgerValue.party(alice), "name", LedgerValue.text("main"));
    assertThat(only(snapshot(Query.all(alice))).key()).contains(key);
    accepted(alice,
        new Command.ExerciseByKey(accountId, key, "SetBalance", LedgerValue.struct("balance", LedgerValue.int64(7))));
    assertThat(only(snapshot(Query.all(alice))).payload().int64("balance")).isEqualTo(7);
  }

  @Test
  void keyIsTakenOnlyOnce() throws Exception {
    if (!hasKeys()) {
      return;
    }
    accepted(alice, Command.create(accountId, account(alice, "main", 1)));
    SubmitResult second = submit(alice, Command.create(accountId, account(alice, "main", 2)));
    assertThat(second).isNotInstanceOf(SubmitResult.Accepted.class);
    assertThat(snapshot(Query.all(alice))).hasSize(1);
    LedgerValue missing = LedgerValue.struct("owner", LedgerValue.party(alice), "name", LedgerValue.text("other"));
    assertRejected(submit(alice, new Command.ExerciseByKey(accountId, missing, "SetBalance",
        LedgerValue.struct("balance", LedgerValue.int64(7)))), Reason.CONTRACT_GONE);
  }

  @Test
  void valuesOfAllTypesComeBackAsTheyWent() throws Exception {
    TemplateId values = new TemplateId(requestId.pkg(), "Contract", "Values");
    LedgerValue.Struct payload = LedgerValue
        .struct("owner", LedgerValue.party(alice), "int", LedgerValue.int64(Long.MIN_VALUE))
        .with("decimal", LedgerValue.numeric("-1234567890123.0000000001"))
        .with("text", LedgerValue.text("naïve \"quotes\" \n 日本 \uD83D\uDEA2")).with("bool", LedgerValue.bool(true))
        .with("date", LedgerValue.date(LocalDate.of(1969, 7, 20)))
        .with("time", LedgerValue.timestamp(Instant.parse("1969-07-20T20:17:40.123456Z")))
        .with("maybe", LedgerValue.some(LedgerValue.text("")))
        .with("list", LedgerValue.list(LedgerValue.int64(1), LedgerValue.int64(2)))
        .with("map", LedgerValue.textMap(Map.of("b", LedgerValue.int64(2), "a", LedgerValue.int64(1))))
        .with("colour", new LedgerValue.Enumeration("Green"))
        .with("shape", new LedgerValue.Variant("Label", LedgerValue.text("x")));
    accepted(alice, Command.create(values, payload));
    assertThat(only(snapshot(Query.all(alice))).payload()).isEqualTo(payload);
  }

  @Test
  void packagesTellTemplatesChoicesAndFields() {
    LedgerPackage pkg = ledger.packages().stream().filter(p -> p.id().equals(requestId.pkg().orElseThrow())).findFirst()
        .orElseThrow();
    assertThat(pkg.templates()).hasEntrySatisfying(ContractModel.REQUEST, template -> {
      assertThat(template.choices()).containsKeys("Cancel");
      assertThat(template.choices()).hasEntrySatisfying("Accept", choice -> assertThat(choice.consuming()).isTrue());
      assertThat(template.choices()).hasEntrySatisfying("Touch", choice -> assertThat(choice.consuming()).isFalse());
    });
    assertThat(pkg.templates()).hasEntrySatisfying(ContractModel.ACCOUNT,
        template -> assertThat(template.key().isPresent()).isEqualTo(hasKeys()));
    assertThat(pkg.types().get(ContractModel.REQUEST)).isInstanceOfSatisfying(
        LedgerType.Definition.Struct.class,
        struct -> assertThat(struct.fields().keySet()).containsExactly("requester", "operator", "text"));
  }

  @Test
  void allocatedPartiesAreListed() {
    assertThat(ledger.parties()).contains(alice, bob, carol);
  }

  @Test
  void idIsTheSameOnEveryConnection() throws Exception {
    try (Ledger again = open()) {
      assertThat(again.id()).isEqualTo(ledger.id()).isNotEmpty();
    }
  }

  private Contract create(String text) {
    Offset before = ledger.end();
    accepted(alice, Command.create(requestId, request(alice, bob, text)));
    try {
      return created(untilText(Query.all(alice), From.after(before), text)).stream()
          .filter(c -> c.payload().text("text").equals(text)).findFirst().orElseThrow();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void accepted(Party party, Command... commands) {
    accepted(submit(party, commands));
  }

  private static void accepted(SubmitResult result) {
    assertThat(result).isInstanceOf(SubmitResult.Accepted.class);
  }

  private SubmitResult submit(Party party, Command... commands) {
    return ledger.submit(new Submission(commandId(), party, List.of(commands)));
  }

  private static void assertRejected(SubmitResult result, Reason... reasons) {
    assertThat(result).isInstanceOfSatisfying(SubmitResult.Rejected.class,
        rejected -> assertThat(rejected.reason()).as(rejected.toString()).isIn((Object[]) reasons));
  }

  private static String commandId() {
    return "contract-" + UUID.randomUUID();
  }

  private List<Contract> snapshot(Query query) throws InterruptedException {
    try (LedgerStream stream = ledger.open(query, From.snapshot())) {
      return created(until(stream, LedgerEvent.SnapshotEnd.class));
    }
  }

  /** Reads until so many visible transactions are complete. */
  private List<LedgerEvent> read(Query query, From from, int transactions) throws InterruptedException {
    try (LedgerStream stream = ledger.open(query, from)) {
      return transactions(stream, transactions);
    }
  }

  private static List<LedgerEvent> transactions(LedgerStream stream, int count) throws InterruptedException {
    var events = new ArrayList<LedgerEvent>();
    for (int i = 0; i < count; i++) {
      events.addAll(until(stream, LedgerEvent.TransactionEnd.class));
    }
    return events;
  }

  private List<LedgerEvent> untilText(Query query, From from, String text) throws InterruptedException {
    try (LedgerStream stream = ledger.open(query, from)) {
      var events = new ArrayList<LedgerEvent>();
      do {
        events.addAll(until(stream, LedgerEvent.TransactionEnd.class));
      } while (!texts(events).contains(text));
      return events;
    }
  }

  /* Reads one by one, so that nothing after the wanted event is taken away from who reads next. Checkpoints may come at any time. */
  private static List<LedgerEvent> until(LedgerStream stream, Class<? extends LedgerEvent> last)
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

  private static List<Contract> created(List<LedgerEvent> events) {
    return events.stream().filter(LedgerEvent.Created.class::isInstance)
        .map(event -> ((LedgerEvent.Created) event).contract()).toList();
  }

  private static List<String> texts(List<LedgerEvent> events) {
    return created(events).stream().map(c -> c.payload().text("text")).toList();
  }

  private static Contract only(List<Contract> contracts) {
    assertThat(contracts).hasSize(1);
    return contracts.getFirst();
  }
}
