package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static dev.fairway.core.ledger.LedgerValue.struct;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.testing.ledger.ContractModel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a ledger can do to an integration, and that nothing is lost or done twice by it. */
@Timeout(180)
class LedgerTroubleTest {
  @TempDir
  private Path folder;

  private final AtomicReference<TroubledLedger> wrapped = new AtomicReference<>();
  private Node node;
  private TroubledLedger ledger;

  @BeforeEach
  void start() {
    node = new Node(folder, behind -> {
      wrapped.set(new TroubledLedger(behind));
      return wrapped.get();
    });
    ledger = wrapped.get();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private void runAnswering() {
    node.run("answering",
        (env, events) -> events.ledger().created(ContractModel.REQUEST).handle(event -> Response.commands(
            Command.exercise(event.contract(), "Accept", struct("answer", event.contract().payload().get("text"))))));
  }

  private void awaitStream() {
    eventually(() -> assertThat(node.automation.find("answering").orElseThrow().ready()).isTrue());
  }

  @ParameterizedTest
  @EnumSource
  void refusalOfAnyKindIsToldAndHoldsUpNothing(SubmitResult.Reason reason) {
    ledger.answerNext(new SubmitResult.Rejected(reason, "SOME_CODE", "because"));
    runAnswering();
    node.ask("refused");
    eventually(() -> assertThat(ledger.submitted()).hasSize(1));
    node.ask("next");
    eventually(() -> assertThat(node.answers()).containsExactly("next"));
    if (reason == SubmitResult.Reason.CONTRACT_GONE) {
      // Not an error: somebody else was faster.
      assertThat(node.setAside()).isEmpty();
    } else {
      eventually(() -> assertThat(node.setAside()).singleElement().asString().contains("SOME_CODE"));
    }
  }

  @Test
  void ledgerThatIsTooBusyIsAskedAgainUnderTheSameCommandId() {
    ledger.answerNext(new SubmitResult.Unavailable(Optional.empty(), "back pressure"));
    ledger.answerNext(new SubmitResult.Unavailable(Optional.empty(), "back pressure"));
    runAnswering();
    node.ask("patience");
    eventually(() -> assertThat(node.answers()).containsExactly("patience"));
    assertThat(ledger.submitted()).hasSize(3);
    assertThat(new HashSet<>(ledger.submitted())).hasSize(1);
  }

  @Test
  void unknownOutcomeIsLookedUpBeforeAnythingIsSentAgain() {
    ledger.loseNextAnswer();
    runAnswering();
    node.ask("lost");
    eventually(() -> assertThat(ledger.lookUps()).isPositive());
    eventually(() -> assertThat(node.automation.find("answering").orElseThrow().registrations().contracts.values())
        .singleElement().satisfies(handler -> assertThat(handler.counters().snapshot().commands()).isEqualTo(1)));
    assertThat(node.answers()).containsExactly("lost");
    assertThat(ledger.submitted()).hasSize(1);
  }

  @Test
  void streamThatIsCutGoesOnWhereItWas() {
    runAnswering();
    node.ask("before");
    eventually(() -> assertThat(node.answers()).containsExactly("before"));
    ledger.cutStreams();
    node.ask("after");
    eventually(() -> assertThat(node.answers()).containsExactlyInAnyOrder("before", "after"));
    assertThat(ledger.submitted()).hasSize(2);
  }

  @Test
  void whatWasPrunedUnreadIsMadeUpForFromASnapshot() {
    runAnswering();
    awaitStream();
    ledger.prune();
    node.ask("behind the pruned part");
    eventually(() -> assertThat(node.answers()).containsExactly("behind the pruned part"));
    assertThat(ledger.submitted()).hasSize(1);
  }

  @Test
  void ledgerThatIsDownAtTheStartIsWaitedForAndNothingIsMissed() {
    ledger.down(true);
    node.ask("meanwhile");
    runAnswering();
    assertThat(node.automation.find("answering").orElseThrow().ready()).isFalse();
    ledger.down(false);
    eventually(() -> assertThat(node.answers()).containsExactly("meanwhile"));
  }
}
