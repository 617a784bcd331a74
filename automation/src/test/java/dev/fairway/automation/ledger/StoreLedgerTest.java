package dev.fairway.automation.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.testing.TestClock;
import dev.fairway.testing.ledger.ContractModel;
import dev.fairway.testing.ledger.LedgerContract;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreLedgerTest extends LedgerContract {
  private static final String QUOTA = """
      package: { name: quota, version: 1.0.0 }
      templates:
        Quota:LedgerRequest:
          fields: { user: Party, operator: Party, ledgerName: Text }
          signatories: [user]
          observers: [operator]
          choices:
            Accept:
              controllers: [operator]
              arguments: { ledgerId: Text }
              creates:
                - template: Quota:Ledger
                  with: { owner: $user, ledgerId: $argument.ledgerId, since: $now }
            Cancel: { controllers: [user] }
        Quota:Ledger:
          fields: { operator: Party, owner: Party, ledgerId: Text, since: Time }
          signatories: [operator, owner]
          key: { fields: [operator, ledgerId], maintainers: [operator] }
      """;

  @TempDir
  private Path folder;
  private final TestClock clock = new TestClock();
  private SqlStore store;

  @BeforeEach
  void openStore() {
    if (store == null) {
      store = SqlStore.open(new StorageConfig.Embedded(folder), clock, List.of("automation"));
    }
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Override
  protected Ledger open() {
    openStore();
    return new StoreLedger(store, List.of(ContractModel.MODEL));
  }

  @Test
  void commandIdIsFreeAgainAfterItsDeduplicationPeriod() {
    var ledger = new StoreLedger(store, List.of(ContractModel.MODEL));
    Party owner = ledger.allocate("owner");
    Submission submission = account("once-a-day", owner, 1);
    assertThat(ledger.submit(submission)).isInstanceOf(SubmitResult.Accepted.class);
    clock.advance(Submission.DEDUPLICATION.minusSeconds(1));
    assertThat(ledger.submit(submission)).isInstanceOf(SubmitResult.Accepted.class);
    clock.advance(Duration.ofSeconds(2));
    assertThat(ledger.submit(submission)).isInstanceOfSatisfying(SubmitResult.Rejected.class,
        why -> assertThat(why.code()).isEqualTo("DUPLICATE_CONTRACT_KEY"));
  }

  @Test
  void submissionInAStepHappensWithTheStepOrNotAtAll() {
    var ledger = new StoreLedger(store, List.of(ContractModel.MODEL));
    Party owner = ledger.allocate("owner");
    Submission submission = account("in-step", owner, 1);
    assertThatThrownBy(() -> store.run(tx -> {
      assertThat(ledger.take(tx, submission)).isInstanceOf(SubmitResult.Accepted.class);
      throw new IllegalStateException("the rest of the step failed");
    })).hasMessage("the rest of the step failed");
    assertThat(ledger.end()).isEqualTo(Offset.BEGIN);
    assertThat(ledger.outcome("in-step", Set.of(owner), Offset.BEGIN)).isInstanceOf(CommandOutcome.NotSeen.class);
    store.run(tx -> ledger.take(tx, submission));
    assertThat(ledger.outcome("in-step", Set.of(owner), Offset.BEGIN)).isInstanceOf(CommandOutcome.Accepted.class);
    Offset after = ledger.end();
    assertThat(ledger.submit(submission)).isInstanceOf(SubmitResult.Accepted.class);
    assertThat(ledger.end()).isEqualTo(after);
  }

  @Test
  void refusalInAStepLeavesNoTrace() {
    var ledger = new StoreLedger(store, List.of(ContractModel.MODEL));
    Party owner = ledger.allocate("owner");
    ledger.submit(account("first", owner, 1));
    store.run(tx -> assertThat(ledger.take(tx, account("second", owner, 1))).isInstanceOf(SubmitResult.Rejected.class));
    assertThat(ledger.outcome("second", Set.of(owner), Offset.BEGIN)).isInstanceOf(CommandOutcome.NotSeen.class);
  }

  private static Submission account(String commandId, Party owner, long balance) {
    return new Submission(commandId, owner,
        List.of(Command.create(ContractModel.MODEL.template(ContractModel.ACCOUNT),
            LedgerValue.struct("owner", LedgerValue.party(owner), "name", LedgerValue.text("x"))
                .with("balance", LedgerValue.int64(balance)))));
  }

  @Test
  void describedTemplatesWorkAndSurviveARestart() throws Exception {
    var ledger = new StoreLedger(store, List.of());
    ledger.upload(QUOTA.getBytes(StandardCharsets.UTF_8));
    ledger.upload(QUOTA.getBytes(StandardCharsets.UTF_8));
    var again = new StoreLedger(store, List.of());
    assertThat(again.packages()).singleElement().extracting(p -> p.name() + " " + p.templates().keySet())
        .isEqualTo("quota [Quota:LedgerRequest, Quota:Ledger]");
    Party user = again.allocate("user");
    Party operator = again.allocate("operator");
    var request = dev.fairway.core.ledger.TemplateId.parse("#quota:Quota:LedgerRequest");
    again.submit(new Submission("ask", user, List.of(Command.create(request,
        LedgerValue.struct("user", LedgerValue.party(user), "operator", LedgerValue.party(operator))
            .with("ledgerName", LedgerValue.text("mine"))))));
    try (LedgerStream stream = again.open(Query.all(operator), From.snapshot())) {
      var contract = ((LedgerEvent.Created) stream.read(1, Duration.ofSeconds(5)).getFirst()).contract();
      assertThat(again.submit(new Submission("yes", operator,
          List.of(Command.exercise(contract, "Accept", LedgerValue.struct("ledgerId", LedgerValue.text("l-1")))))))
          .isInstanceOf(SubmitResult.Accepted.class);
    }
    try (LedgerStream stream = again.open(Query.all(user), From.snapshot())) {
      var ledgerContract = ((LedgerEvent.Created) stream.read(1, Duration.ofSeconds(5)).getFirst()).contract();
      assertThat(ledgerContract.payload().text("ledgerId")).isEqualTo("l-1");
      assertThat(ledgerContract.payload().timestamp("since")).isEqualTo(clock.instant());
    }
  }

  @Test
  void readerBehindThePrunedPartIsTold() throws Exception {
    var ledger = new StoreLedger(store, List.of(ContractModel.MODEL));
    Party owner = ledger.allocate("owner");
    for (int i = 0; i < 3; i++) {
      ledger.submit(new Submission("c" + i, owner, List.of(Command.create(
          ContractModel.MODEL.template(ContractModel.ACCOUNT), LedgerValue.struct("owner", LedgerValue.party(owner),
              "name", LedgerValue.text("n" + i)).with("balance", LedgerValue.int64(i))))));
    }
    ledger.prune(new Offset("2"));
    try (LedgerStream stream = ledger.open(Query.all(owner), From.after(new Offset("1")))) {
      assertThat(stream.read(10, Duration.ofSeconds(1)))
          .containsExactly(new LedgerEvent.Pruned(java.util.Optional.of(new Offset("2"))));
    }
    try (LedgerStream stream = ledger.open(Query.all(owner), From.snapshot())) {
      assertThat(stream.read(10, Duration.ofSeconds(1))).hasSize(4);
    }
  }

  @Test
  void snapshotLargerThanAPageIsWhole() throws Exception {
    var ledger = new StoreLedger(store, List.of(ContractModel.MODEL));
    Party owner = ledger.allocate("owner");
    for (int batch = 0; batch < 3; batch++) {
      var commands = new java.util.ArrayList<Command>();
      for (int i = 0; i < 400; i++) {
        commands.add(Command.create(ContractModel.MODEL.template(ContractModel.REQUEST), LedgerValue
            .struct("requester", LedgerValue.party(owner), "operator", LedgerValue.party(owner))
            .with("text", LedgerValue.text(batch + "-" + i))));
      }
      ledger.submit(new Submission("batch-" + batch, owner, commands));
    }
    try (LedgerStream stream = ledger.open(Query.all(owner), From.snapshot())) {
      var seen = new java.util.HashSet<String>();
      boolean end = false;
      while (!end) {
        for (LedgerEvent event : stream.read(100, Duration.ofSeconds(5))) {
          if (event instanceof LedgerEvent.Created(var contract)) {
            assertThat(seen.add(contract.payload().text("text"))).isTrue();
          }
          end |= event instanceof LedgerEvent.SnapshotEnd;
        }
      }
      assertThat(seen).hasSize(1200);
    }
  }
}
