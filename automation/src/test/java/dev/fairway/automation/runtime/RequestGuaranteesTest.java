package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static dev.fairway.core.ledger.LedgerValue.struct;
import static dev.fairway.core.ledger.LedgerValue.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.sdk.Answer;
import dev.fairway.automation.sdk.RequestHandler;
import dev.fairway.automation.sdk.Requests.Accepting;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a requester and an operator may rely on, G1 to G17, on the local ledger. */
@Timeout(120)
class RequestGuaranteesTest {
  private static final String MODEL = """
      package: { name: asking, version: 1.0.0 }
      types:
        Asking:Reason:
          record: { code: Text, message: Text, details: TextMap Text, retryable: Bool }
      templates:
        Asking:Ask:
          fields: { requester: Party, operator: Party, text: Text }
          signatories: [requester]
          observers: [operator]
          choices:
            Yes:
              controllers: [operator]
              arguments: { answer: Text }
              creates: [{ template: Asking:Done, with: { text: $argument.answer } }]
            No:
              controllers: [operator]
              arguments: { reason: "Asking:Reason" }
              creates: [{ template: Asking:Refused, with: { reason: $argument.reason } }]
            Cancel: { controllers: [requester] }
        Asking:Done:
          fields: { requester: Party, operator: Party, text: Text }
          signatories: [requester, operator]
        Asking:Refused:
          fields: { requester: Party, operator: Party, text: Text, reason: "Asking:Reason" }
          signatories: [requester, operator]
      """;
  private static final TemplateId ASK = TemplateId.parse("#asking:Asking:Ask");

  @TempDir
  private Path folder;
  private final List<String> offered = new CopyOnWriteArrayList<>();

  private Node open(UnaryOperator<Ledger> around) {
    var node = new Node(folder, around);
    node.ledger.upload(MODEL.getBytes(StandardCharsets.UTF_8));
    return node;
  }

  private Node open() {
    return open(ledger -> {
      ledger.upload(MODEL.getBytes(StandardCharsets.UTF_8));
      return ledger;
    });
  }

  private static void ask(Node node, String text) {
    assertThat(node.submit(node.alice, Command.create(ASK, Node.request(node.alice, node.bob, text))))
        .isInstanceOf(SubmitResult.Accepted.class);
  }

  private static Contract request(Node node, String text) {
    return node.active(node.alice, "Asking:Ask").stream().filter(c -> c.payload().text("text").equals(text)).findFirst()
        .orElseThrow();
  }

  private RunningIntegration answering(Node node, RequestHandler<String, String> handler) {
    return answering(node, accepting -> accepting, handler);
  }

  private RunningIntegration answering(Node node, UnaryOperator<Accepting<String, String>> how,
      RequestHandler<String, String> handler) {
    return node.run("desk", (env, events) -> {
      Accepting<String, String> accepting = events.request().on("Asking:Ask").reading(p -> p.text("text"))
          .accepting("Yes", answer -> struct("answer", text(answer)));
      how.apply(accepting.rejecting("No")).handle(request -> {
        offered.add(request.payload());
        return handler.handle(request);
      });
    });
  }

  private static List<String> done(Node node) {
    return node.active(node.alice, "Asking:Done").stream().map(c -> c.payload().text("text")).toList();
  }

  private static Optional<RequestTables.Row> row(Node node, String contract) {
    return node.store.read(view -> RequestTables.find(view, "desk", contract));
  }

  private static List<RequestTables.Row> rows(Node node) {
    return node.store.read(view -> RequestTables.newest(view, 10));
  }

  private static String state(Node node, String contract) {
    return row(node, contract).map(RequestTables.Row::state).orElse("unknown");
  }

  @Test
  void g1RequestsFromBeforeTheStartAndFromLaterAreOffered() {
    try (Node node = open()) {
      ask(node, "before");
      answering(node, request -> Answer.accept("yes " + request.payload()));
      eventually(() -> assertThat(done(node)).containsExactly("yes before"));
      ask(node, "after");
      eventually(() -> assertThat(done(node)).containsExactly("yes before", "yes after"));
    }
  }

  @Test
  void g1RequestsMadeWhileTheNodeWasDownAreOffered() {
    try (Node node = open()) {
      answering(node, request -> Answer.accept("first life"));
      eventually(() -> assertThat(node.automation.find("desk").orElseThrow().ready()).isTrue());
    }
    try (Node node = open()) {
      ask(node, "while down");
      answering(node, request -> Answer.accept("second life"));
      eventually(() -> assertThat(done(node)).containsExactly("second life"));
    }
  }

  @Test
  void g2OneContractIsOneWorkItemOverRestarts() {
    try (Node node = open()) {
      ask(node, "waits");
      answering(node, request -> Answer.later(Duration.ofMillis(300), "not yet"));
      eventually(() -> assertThat(offered).isNotEmpty());
    }
    offered.clear();
    try (Node node = open()) {
      answering(node, request -> Answer.accept("now"));
      eventually(() -> assertThat(done(node)).containsExactly("now"));
      assertThat(offered).containsExactly("waits");
    }
  }

  @Test
  void g3RequestsAreFirstOfferedInTheLedgersOrder() {
    try (Node node = open()) {
      for (int i = 0; i < 10; i++) {
        ask(node, Integer.toString(i));
      }
      answering(node, accepting -> accepting.concurrency(1), request -> Answer.accept("ok"));
      eventually(() -> assertThat(done(node)).hasSize(10));
      assertThat(offered).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }
  }

  @Test
  void g4RequestTakenBackBeforeItIsSeenIsNotOffered() {
    try (Node node = open()) {
      ask(node, "changed my mind");
      node.submit(node.alice, Command.archive(request(node, "changed my mind")));
      answering(node, request -> Answer.accept("ok"));
      ask(node, "stays");
      eventually(() -> assertThat(done(node)).hasSize(1));
      assertThat(offered).containsExactly("stays");
    }
  }

  @Test
  void g6AttemptsAreBoundedAndG7WhatIsSetAsideDelaysNobody() {
    try (Node node = open()) {
      answering(node, accepting -> accepting.attempts(2), request -> {
        if (request.payload().equals("poison")) {
          throw new StackOverflowError("poison");
        }
        return Answer.accept("ok");
      });
      ask(node, "poison");
      ask(node, "healthy");
      eventually(() -> assertThat(done(node)).containsExactly("ok"));
      String id = request(node, "poison").id().value();
      eventually(() -> assertThat(state(node, id)).isEqualTo("quarantined"));
      assertThat(offered).filteredOn("poison"::equals).hasSize(2);
      assertThat(row(node, id).orElseThrow().attempts()).isEqualTo(2);
    }
  }

  @Test
  void g7QuarantineNeverPreventsAStart() {
    try (Node node = open()) {
      answering(node, accepting -> accepting.attempts(1), request -> {
        throw new IllegalStateException("no");
      });
      ask(node, "poison");
      String id = request(node, "poison").id().value();
      eventually(() -> assertThat(state(node, id)).isEqualTo("quarantined"));
    }
    offered.clear();
    try (Node node = open()) {
      answering(node, request -> Answer.accept("ok"));
      ask(node, "next");
      eventually(() -> assertThat(done(node)).containsExactly("ok"));
      assertThat(offered).containsExactly("next");
    }
  }

  @Test
  void g8AttemptsAreCountedWithoutWritingToTheLedger() {
    try (Node node = open()) {
      answering(node, accepting -> accepting.attempts(2), request -> {
        throw new IllegalStateException("no");
      });
      ask(node, "x");
      Offset before = node.ledger.end();
      String id = request(node, "x").id().value();
      eventually(() -> assertThat(state(node, id)).isEqualTo("quarantined"));
      assertThat(node.ledger.end()).isEqualTo(before);
    }
  }

  @Test
  void g9QuarantinedRequestThatIsTakenBackIsCancelled() {
    try (Node node = open()) {
      answering(node, accepting -> accepting.attempts(1), request -> {
        throw new IllegalStateException("no");
      });
      ask(node, "x");
      Contract request = request(node, "x");
      eventually(() -> assertThat(state(node, request.id().value())).isEqualTo("quarantined"));
      node.submit(node.alice, Command.exercise(request, "Cancel", struct()));
      eventually(() -> assertThat(state(node, request.id().value())).isEqualTo("cancelled"));
    }
  }

  @Test
  void g10WhatFailsForAWhileIsRetriedWithoutARestart() {
    try (Node node = open()) {
      var down = new AtomicInteger(2);
      answering(node, request -> {
        if (down.getAndDecrement() > 0) {
          throw new FairwayException(ErrorCode.PEER_FAILED, "service down");
        }
        return Answer.accept("up again");
      });
      ask(node, "x");
      eventually(() -> assertThat(done(node)).containsExactly("up again"));
    }
  }

  @Test
  void g11WhatCannotGoBetterIsNotRetried() {
    try (Node node = open()) {
      answering(node, request -> {
        throw new FairwayException(ErrorCode.INVALID, "hopeless");
      });
      ask(node, "x");
      String id = request(node, "x").id().value();
      eventually(() -> assertThat(state(node, id)).isEqualTo("quarantined"));
      assertThat(offered).hasSize(1);
    }
  }

  @Test
  void g12WhatWaitsHoldsUpNobody() {
    try (Node node = open()) {
      answering(node, accepting -> accepting.concurrency(1),
          request -> request.payload().equals("slow")
              ? Answer.later(Duration.ofHours(1), "waits for a person")
              : Answer.accept("fast"));
      ask(node, "slow");
      for (int i = 0; i < 5; i++) {
        ask(node, "quick");
      }
      eventually(() -> assertThat(done(node)).hasSize(5));
    }
  }

  @Test
  void g12SameKeyIsAnsweredInOrder() {
    try (Node node = open()) {
      var tries = new AtomicInteger();
      answering(node, accepting -> accepting.inOrderOf(payload -> "all"), request -> {
        if (request.payload().equals("first") && tries.incrementAndGet() < 2) {
          throw new IllegalStateException("not yet");
        }
        return Answer.accept(request.payload());
      });
      ask(node, "first");
      ask(node, "second");
      eventually(() -> assertThat(done(node)).hasSize(2));
      assertThat(offered).containsExactly("first", "first", "second");
    }
  }

  @Test
  void g13LostAnswerIsLookedUpAndNotSentTwice() {
    var faults = new ConcurrentLinkedQueue<>(List.of("lost", "down", "lost"));
    var flaky = new AtomicInteger();
    try (Node node = open(ledger -> {
      ledger.upload(MODEL.getBytes(StandardCharsets.UTF_8));
      return new FlakyLedger(ledger, faults, flaky);
    })) {
      answering(node, request -> Answer.accept(request.payload()));
      ask(node, "a");
      ask(node, "b");
      eventually(() -> assertThat(done(node)).containsExactlyInAnyOrder("a", "b"));
      eventually(() -> assertThat(rows(node))
          .allMatch(row -> row.state().equals("accepted")).hasSize(2));
      assertThat(flaky.get()).as("submissions that reached the ledger").isEqualTo(2);
    }
  }

  @Test
  void g15EveryEndingCanBeAskedForAndG17ReasonsReachTheRequesterUnchanged() {
    try (Node node = open()) {
      answering(node, accepting -> accepting.attempts(1),
          request -> switch (request.payload()) {
            case "yes" -> Answer.accept("ok");
            case "no" -> new Answer.Reject<>("QUOTA", "three ledgers are enough", Map.of("limit", "3"), true);
            case "fail" -> throw new IllegalStateException("inner secret");
            default -> Answer.later(Duration.ofHours(1), "waits");
          });
      for (String text : List.of("yes", "no", "fail", "wait")) {
        ask(node, text);
      }
      eventually(() -> assertThat(rows(node))
          .extracting(RequestTables.Row::state)
          .containsExactlyInAnyOrder("accepted", "rejected", "quarantined", "ready"));
      node.submit(node.alice, Command.exercise(request(node, "wait"), "Cancel", struct()));
      eventually(() -> assertThat(rows(node))
          .extracting(RequestTables.Row::state)
          .containsExactlyInAnyOrder("accepted", "rejected", "quarantined", "cancelled"));
      LedgerValue.Struct reason = node.active(node.alice, "Asking:Refused").getFirst().payload().struct("reason");
      assertThat(StoredValue.write(reason)).isEqualTo(StoredValue.write(struct("code", text("QUOTA"), "message",
          text("three ledgers are enough")).with("details", LedgerValue.textMap(Map.of("limit", text("3"))))
          .with("retryable", LedgerValue.bool(true))));
    }
  }

  @Test
  void g16RejectionIsNoError() {
    try (Node node = open()) {
      RunningIntegration desk = answering(node, request -> Answer.reject("QUOTA", "enough"));
      ask(node, "x");
      eventually(() -> assertThat(node.active(node.alice, "Asking:Refused")).hasSize(1));
      assertThat(desk.registrations().requests.values()).allMatch(r -> r.counters().snapshot().errors() == 0);
      assertThat(offered).hasSize(1);
    }
  }

  @Test
  void g17InternalErrorsAreNotToldToTheRequester() {
    try (Node node = open()) {
      answering(node, accepting -> accepting.attempts(1).rejectingWhatIsSetAside(), request -> {
        throw new IllegalStateException("inner secret");
      });
      ask(node, "x");
      eventually(() -> assertThat(node.active(node.alice, "Asking:Refused")).hasSize(1));
      LedgerValue.Struct reason = node.active(node.alice, "Asking:Refused").getFirst().payload().struct("reason");
      assertThat(reason.text("code")).isEqualTo("UNPROCESSABLE");
      assertThat(reason.text("message")).doesNotContain("secret");
    }
  }

  @Test
  void requestTakenBackInMidWorkIsSeenAndEndsAsCancelled() throws Exception {
    try (Node node = open()) {
      var started = new CountDownLatch(1);
      answering(node, request -> {
        started.countDown();
        Awaitility.await().until(request::cancelled);
        offered.add("noticed");
        return Answer.accept("too late");
      });
      ask(node, "x");
      Contract request = request(node, "x");
      started.await();
      node.submit(node.alice, Command.exercise(request, "Cancel", struct()));
      eventually(() -> assertThat(offered).containsExactly("x", "noticed"));
      eventually(() -> assertThat(state(node, request.id().value())).isEqualTo("cancelled"));
      assertThat(done(node)).isEmpty();
    }
  }

  /** A ledger far away: some submissions get through and their answers do not, others do not get through. */
  private record FlakyLedger(Ledger to, ConcurrentLinkedQueue<String> faults, AtomicInteger reached)
      implements
        Ledger {
    @Override
    public SubmitResult submit(Submission submission) {
      String fault = faults.poll();
      if ("down".equals(fault)) {
        return new SubmitResult.Unavailable(Optional.of(Duration.ofMillis(10)), "down");
      }
      reached.incrementAndGet();
      SubmitResult result = to.submit(submission);
      return fault == null ? result : new SubmitResult.Unknown("the answer was lost");
    }

    @Override
    public String id() {
      return to.id();
    }

    @Override
    public LedgerStream open(Query query, From from) {
      return to.open(query, from);
    }

    @Override
    public boolean looksBack() {
      return to.looksBack();
    }

    @Override
    public CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
      return to.outcome(commandId, actAs, since);
    }

    @Override
    public Offset end() {
      return to.end();
    }

    @Override
    public List<Party> parties() {
      return to.parties();
    }

    @Override
    public Party allocate(String hint) {
      return to.allocate(hint);
    }

    @Override
    public List<LedgerPackage> packages() {
      return to.packages();
    }

    @Override
    public void upload(byte[] archive) {
      to.upload(archive);
    }

    @Override
    public void close() {
      to.close();
    }
  }
}
