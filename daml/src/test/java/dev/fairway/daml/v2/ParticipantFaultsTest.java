package dev.fairway.daml.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.daml.AccessTokens;
import dev.fairway.daml.v2.V2Users.Right;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the contract cannot ask for: a participant that fails. */
class ParticipantFaultsTest {
  private static final TemplateId REQUEST = TemplateId.parse("#fairway-contract:Contract:Request");

  private final CantonDouble participant = CantonDouble.start();
  private final Numbered tokens = new Numbered();
  private final DamlLedgerV2 ledger = new DamlLedgerV2(participant.config());
  private Party alice = new Party("nobody");

  /** Token 1, and after each refusal the next number. */
  private static final class Numbered implements AccessTokens {
    private final AtomicInteger number = new AtomicInteger(1);

    @Override
    public Optional<Secret> current() {
      return Optional.of(new Secret("token-" + number));
    }

    @Override
    public boolean refused(Secret token) {
      int refused = Integer.parseInt(token.reveal().substring("token-".length()));
      number.compareAndSet(refused, refused + 1);
      return true;
    }
  }

  @BeforeEach
  void allocate() {
    alice = ledger.allocate("alice-" + UUID.randomUUID());
  }

  @AfterEach
  void stop() {
    ledger.close();
    participant.close();
  }

  private Submission submission(String text) {
    return new Submission("c-" + UUID.randomUUID(), alice,
        List.of(Command.create(REQUEST, LedgerValue.struct("requester", LedgerValue.party(alice), "operator",
            LedgerValue.party(alice)).with("text", LedgerValue.text(text)))));
  }

  private static List<String> texts(LedgerStream stream, int count) throws InterruptedException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; texts.size() < count && i < 200; i++) {
      for (LedgerEvent event : stream.read(10, Duration.ofMillis(100))) {
        if (event instanceof LedgerEvent.Created(var contract)) {
          texts.add(contract.payload().text("text"));
        }
      }
    }
    return texts;
  }

  @Test
  void tokenThatRunsOutInMidStreamIsReplacedWithoutAGap() throws Exception {
    participant.wantsToken("token-1");
    try (DamlLedgerV2 guarded = new DamlLedgerV2(participant.config().withTokens(tokens));
        LedgerStream stream = guarded.open(Query.all(alice), From.after(Offset.BEGIN))) {
      assertThat(guarded.submit(submission("one"))).isInstanceOf(SubmitResult.Accepted.class);
      assertThat(texts(stream, 1)).containsExactly("one");
      participant.wantsToken("token-2");
      participant.expire("token-1");
      assertThat(guarded.submit(submission("two"))).isInstanceOf(SubmitResult.Accepted.class);
      assertThat(texts(stream, 1)).containsExactly("two");
    }
  }

  @Test
  void tokenThatRanOutWhileNothingRanIsReplacedWhenReadingGoesOn() throws Exception {
    participant.wantsToken("token-1");
    Offset place;
    try (DamlLedgerV2 before = new DamlLedgerV2(participant.config().withTokens(tokens))) {
      assertThat(before.submit(submission("before"))).isInstanceOf(SubmitResult.Accepted.class);
      place = before.end();
    }
    participant.wantsToken("token-2");
    participant.expire("token-1");
    try (DamlLedgerV2 after = new DamlLedgerV2(participant.config().withTokens(tokens));
        LedgerStream stream = after.open(Query.all(alice), From.after(place))) {
      assertThat(after.submit(submission("after"))).isInstanceOf(SubmitResult.Accepted.class);
      assertThat(texts(stream, 1)).containsExactly("after");
    }
    try (DamlLedgerV2 anew = new DamlLedgerV2(participant.config().withTokens(tokens));
        LedgerStream stream = anew.open(Query.all(alice), From.snapshot())) {
      assertThat(texts(stream, 2)).containsExactly("before", "after");
    }
    assertThat(tokens.current()).contains(new Secret("token-2"));
  }

  @Test
  void tokenThatNobodyRenewsEndsTheStream() throws Exception {
    participant.wantsToken("secret");
    try (DamlLedgerV2 guarded = new DamlLedgerV2(
        participant.config().withTokens(AccessTokens.fixed(new Secret("wrong"))))) {
      assertThatThrownBy(guarded::end).isInstanceOfSatisfying(FairwayException.class, e -> {
        assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(e.getMessage()).doesNotContain("wrong");
      });
      assertThatThrownBy(() -> guarded.open(Query.all(alice), From.after(Offset.BEGIN)))
          .isInstanceOf(FairwayException.class);
    }
  }

  @Test
  void snapshotThatBreaksGoesOnWhereItBroke() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(ledger.submit(submission("t" + i))).isInstanceOf(SubmitResult.Accepted.class);
    }
    for (int i = 1; i <= 4; i++) {
      participant.wantsToken("token-" + i);
    }
    participant.breakSnapshots(3);
    try (DamlLedgerV2 guarded = new DamlLedgerV2(participant.config().withTokens(tokens));
        LedgerStream stream = guarded.open(Query.all(alice), From.snapshot())) {
      assertThat(texts(stream, 5)).containsExactly("t0", "t1", "t2", "t3", "t4");
    }
  }

  @Test
  void submissionWhoseAnswerIsLostIsUnknownAndThenFound() {
    Offset before = ledger.end();
    participant.loseAnswers(true);
    Submission lost = submission("lost");
    assertThat(ledger.submit(lost)).isInstanceOf(SubmitResult.Unknown.class);
    participant.loseAnswers(false);
    assertThat(ledger.outcome(lost.commandId(), Set.of(alice), before)).isInstanceOf(CommandOutcome.Accepted.class);
    assertThat(ledger.submit(lost)).isEqualTo(new SubmitResult.Accepted(Optional.empty()));
  }

  @Test
  void submissionToAParticipantThatIsDownMayBeSentAgain() {
    Submission submission = submission("later");
    assertThat(ledger.submit(submission)).isInstanceOf(SubmitResult.Accepted.class);
    participant.close();
    assertThat(ledger.submit(submission("never"))).isInstanceOfAny(SubmitResult.Unavailable.class,
        SubmitResult.Unknown.class);
    assertThatThrownBy(ledger::end).isInstanceOfSatisfying(FairwayException.class,
        e -> assertThat(e.code()).isEqualTo(ErrorCode.PEER_FAILED));
  }

  @Test
  void deduplicationLongerThanTheParticipantCanIsAsLongAsItCan() {
    Submission wished = submission("x");
    Submission longer = new Submission(wished.commandId(), wished.actAs(), Set.of(), wished.commands(),
        Optional.empty(),
        Duration.ofDays(30));
    assertThat(ledger.submit(longer)).isInstanceOf(SubmitResult.Accepted.class);
    assertThat(ledger.submit(longer)).isInstanceOf(SubmitResult.Accepted.class);
    assertThat(participant.ledger().active()).hasSize(1);
  }

  @Test
  void cutStreamSaysWhereItWas() throws Exception {
    try (LedgerStream stream = ledger.open(Query.all(alice), From.after(Offset.BEGIN))) {
      assertThat(ledger.submit(submission("one"))).isInstanceOf(SubmitResult.Accepted.class);
      assertThat(texts(stream, 1)).containsExactly("one");
      participant.cutStreams();
      assertThatThrownBy(() -> texts(stream, 1)).isInstanceOfSatisfying(FairwayException.class, e -> {
        assertThat(e.code()).isEqualTo(ErrorCode.PEER_FAILED);
        assertThat(e).hasMessageContaining("after 1");
      });
    }
  }

  @Test
  void prunedPastIsTold() throws Exception {
    ledger.submit(submission("one"));
    ledger.submit(submission("two"));
    participant.ledger().prune();
    try (LedgerStream stream = ledger.open(Query.all(alice), From.after(Offset.BEGIN))) {
      assertThat(stream.read(1, Duration.ofSeconds(20)))
          .containsExactly(new LedgerEvent.Pruned(Optional.of(new Offset("2"))));
    }
  }

  @Test
  void usersHaveTheRightsTheyAreGiven() {
    V2Users users = ledger.users();
    users.create("robot", Optional.empty(), List.of(new Right.ReadAs(alice)));
    assertThat(users.grant("robot", List.of(new Right.ActAs(alice), new Right.ReadAs(alice))))
        .containsExactly(new Right.ActAs(alice));
    assertThat(users.rights("robot")).containsExactlyInAnyOrder(new Right.ActAs(alice), new Right.ReadAs(alice));
    assertThat(users.revoke("robot", List.of(new Right.ReadAs(alice)))).containsExactly(new Right.ReadAs(alice));
    assertThat(users.list()).extracting(V2Users.User::id).containsExactly("robot");
    assertThat(ledger.version()).isEqualTo("3.4.0");
  }
}
