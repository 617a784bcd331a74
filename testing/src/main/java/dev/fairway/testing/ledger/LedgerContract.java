package dev.fairway.testing.ledger;

import static dev.fairway.testing.ledger.ContractModel.account;
import static dev.fairway.testing.ledger.ContractModel.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.SubmitResult.Reason;
import dev.fairway.core.ledger.TemplateId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Ledger} promises: here of commands, outcomes, packages and parties; {@link LedgerReadingContract} is
 * the part about reading. A subclass brings a ledger that has the templates of {@link ContractModel}; it may be one that
 * other tests have used before.
 */
public abstract class LedgerContract extends LedgerReadingContract {
  /** Whether templates may have keys. */
  protected boolean hasKeys() {
    return true;
  }

  /** Whether {@link Ledger#outcome} can tell of a rejection after the fact. */
  protected boolean remembersRejections() {
    return true;
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
  void valueOfTheWrongTypeIsToldWithItsPlace() throws Exception {
    Contract request = create("stays");
    LedgerValue number = LedgerValue.int64(4711);
    assertInvalid(submit(alice, Command.create(requestId, request(alice, bob, "x").with("text", number))), "text",
        "4711");
    assertInvalid(submit(bob, Command.exercise(request, "Accept", LedgerValue.struct("answer", number))), "answer",
        "4711");
    assertInvalid(submit(bob, Command.exercise(request, "Accept", LedgerValue.struct())), "answer");
    assertThat(snapshot(Query.all(alice))).hasSize(1);
  }

  private static void assertInvalid(SubmitResult result, String... told) {
    assertRejected(result, Reason.INVALID);
    assertThat(((SubmitResult.Rejected) result).detail()).contains(told);
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
}
