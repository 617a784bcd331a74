package dev.fairway.system.request;

import static dev.fairway.system.request.Desk.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.runtime.KnownRequest;
import dev.fairway.automation.runtime.RequestReason;
import dev.fairway.automation.runtime.RequestState;
import dev.fairway.automation.runtime.RunningIntegration;
import dev.fairway.automation.sdk.Answer;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.store.Store;
import dev.fairway.core.work.WorkId;
import dev.fairway.store.Audit;
import dev.fairway.store.DeadLetters.Failed;
import dev.fairway.store.DeadLetters.Filter;
import dev.fairway.system.request.FaultyLedger.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a requester and an operator may rely on, whatever the ledger: the guarantees G1 to G17. (G18 to G20 are of the
 * generator, and stand beside it.)
 */
@Timeout(300)
abstract class RequestGuaranteesContract {
  @TempDir
  private Path folder;
  private String name = "";

  /** The ledger, for a node on that store. */
  protected abstract Home home(Store store);

  @BeforeEach
  void nameParties(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName().replaceAll("(?<=g\\d{1,2}).*", "") + "-"
        + Long.toString(System.nanoTime(), 36);
  }

  private Desk open() {
    return new Desk(folder, this::home, UnaryOperator.identity(), name);
  }

  private static Answer<String> failing() {
    throw new IllegalStateException("inner secret");
  }

  @Test
  void g1RequestsFromBeforeTheStartAndFromLaterAreOffered() {
    try (Desk desk = open()) {
      desk.ask("before");
      desk.answer(request -> Answer.accept("yes " + request.payload()));
      eventually(() -> assertThat(desk.answers()).containsExactly("yes before"));
      desk.ask("after");
      eventually(() -> assertThat(desk.answers()).containsExactlyInAnyOrder("yes before", "yes after"));
    }
  }

  @Test
  void g1RequestsMadeWhileTheNodeWasDownAreOffered() {
    try (Desk desk = open()) {
      RunningIntegration running = desk.answer(request -> Answer.accept("first life"));
      eventually(() -> assertThat(running.ready()).isTrue());
    }
    try (Desk desk = open()) {
      desk.ask("while down");
      desk.answer(request -> Answer.accept("second life"));
      eventually(() -> assertThat(desk.answers()).containsExactly("second life"));
    }
  }

  @Test
  void g2OneContractIsOneWorkItemOverRestarts() {
    try (Desk desk = open()) {
      desk.ask("waits");
      desk.answer(request -> Answer.later(Duration.ofMillis(300), "not yet"));
      eventually(() -> assertThat(desk.offered).isNotEmpty());
    }
    try (Desk desk = open()) {
      desk.answer(request -> Answer.accept("now"));
      eventually(() -> assertThat(desk.answers()).containsExactly("now"));
      assertThat(desk.offered).containsExactly("waits");
    }
  }

  @Test
  void g3RequestsAreFirstOfferedInTheLedgersOrder() {
    try (Desk desk = open()) {
      for (String text : List.of("0", "1", "2", "3", "4")) {
        desk.ask(text);
      }
      desk.answer(accepting -> accepting.concurrency(1), request -> Answer.accept("ok"));
      eventually(() -> assertThat(desk.answers()).hasSize(5));
      assertThat(desk.offered).containsExactly("0", "1", "2", "3", "4");
    }
  }

  @Test
  void g4RequestTakenBackBeforeItIsSeenIsNotOffered() {
    try (Desk desk = open()) {
      desk.cancel(desk.ask("changed my mind"));
      desk.answer(request -> Answer.accept("ok"));
      desk.ask("stays");
      eventually(() -> assertThat(desk.answers()).hasSize(1));
      assertThat(desk.offered).containsExactly("stays");
    }
  }

  @Test
  void g5TheCursorNeverMovesPastWorkThatIsNotRecorded() {
    var failing = new AtomicBoolean();
    var failed = new AtomicInteger();
    Offset before;
    try (Desk desk = new Desk(folder, this::home, store -> new FailingStore(store, failing, failed), name)) {
      RunningIntegration running = desk.answer(request -> Answer.accept("ok"));
      eventually(() -> assertThat(running.ready()).isTrue());
      failing.set(true);
      before = running.place();
      Contract request = desk.ask("while the disk fails");
      eventually(() -> assertThat(failed.get()).isPositive());
      assertThat(running.place()).isEqualTo(before);
      assertThat(desk.known(request)).isEmpty();
    }
    try (Desk desk = open()) {
      RunningIntegration running = desk.answer(request -> Answer.accept("after all"));
      eventually(() -> assertThat(desk.answers()).containsExactly("after all"));
      assertThat(running.place()).isNotEqualTo(before);
    }
  }

  @Test
  void g6AttemptsAreBoundedAndOnesThatNeverCameToAnEndCount() {
    try (Desk desk = open()) {
      desk.ask("poison");
      desk.answer(accepting -> accepting.attempts(3), request -> {
        if (request.attempt().number() == 2) {
          throw new StackOverflowError("poison");
        }
        new CountDownLatch(1).await();
        return failing();
      });
      eventually(() -> assertThat(desk.offered).hasSize(1));
    }
    try (Desk desk = open()) {
      desk.answer(accepting -> accepting.attempts(3), request -> failing());
      eventually(() -> assertThat(desk.active("Ask")).singleElement()
          .satisfies(request -> assertThat(desk.state(request)).isEqualTo(RequestState.QUARANTINED)));
      assertThat(desk.offered).hasSize(2);
      assertThat(desk.known(desk.active("Ask").getFirst()).orElseThrow().attempts()).isEqualTo(3);
    }
  }

  @Test
  void g7WhatIsSetAsideDelaysNobodyAndPreventsNoStart() {
    try (Desk desk = open()) {
      desk.answer(accepting -> accepting.attempts(1),
          request -> request.payload().equals("poison") ? failing() : Answer.accept("ok"));
      Contract poison = desk.ask("poison");
      desk.ask("healthy");
      eventually(() -> assertThat(desk.answers()).containsExactly("ok"));
      desk.awaitState(poison, RequestState.QUARANTINED);
    }
    try (Desk desk = open()) {
      desk.answer(request -> Answer.accept("later"));
      desk.ask("next");
      eventually(() -> assertThat(desk.answers()).containsExactlyInAnyOrder("ok", "later"));
      assertThat(desk.offered).containsExactly("next");
    }
  }

  @Test
  void g8AttemptsAreCountedWithoutWritingToTheLedger() {
    try (Desk desk = open()) {
      desk.answer(accepting -> accepting.attempts(2), request -> failing());
      Contract request = desk.ask("x");
      Offset before = desk.ledgerEnd();
      desk.awaitState(request, RequestState.QUARANTINED);
      assertThat(desk.known(request).map(KnownRequest::attempts)).contains(2);
      assertThat(desk.ledgerEnd()).isEqualTo(before);
    }
  }

  @Test
  void g9WhatIsSetAsideIsListedReleasedDroppedOrRejectedAndEachActIsAudited() {
    try (Desk desk = open()) {
      var mended = new AtomicBoolean();
      desk.answer(accepting -> accepting.attempts(1),
          request -> mended.get() ? Answer.accept("after all") : failing());
      List<Contract> requests = List.of(desk.ask("release"), desk.ask("drop"), desk.ask("reject"), desk.ask("gone"));
      requests.forEach(request -> desk.awaitState(request, RequestState.QUARANTINED));
      assertThat(desk.book.newest(RequestState.QUARANTINED)).hasSize(4);
      assertThat(desk.letters.count(Filter.ALL)).isEqualTo(4);
      desk.cancel(requests.get(3));
      desk.awaitState(requests.get(3), RequestState.CANCELLED);
      mended.set(true);
      desk.letters.redrive(letter(desk, requests.get(0)), "olga");
      desk.awaitState(requests.get(0), RequestState.ACCEPTED);
      desk.letters.discard(letter(desk, requests.get(1)), "olga");
      desk.operator.reject(requests.get(2).id().value(), new RequestReason("NO", "by hand", Map.of(), false), "olga");
      desk.awaitState(requests.get(2), RequestState.REJECTED);
      assertThat(desk.state(requests.get(1))).isEqualTo(RequestState.QUARANTINED);
      assertThat(new Audit(desk.store).list(Optional.empty(), Long.MAX_VALUE, 10)).extracting(Audit.Entry::act)
          .contains("dead.redrive", "dead.discard", "request.reject");
    }
  }

  private static WorkId letter(Desk desk, Contract request) {
    return desk.known(request).flatMap(KnownRequest::work).orElseThrow();
  }

  @Test
  void g10WhatFailsForAWhileIsRetriedWithoutARestart() {
    try (Desk desk = open()) {
      var down = new AtomicInteger(2);
      desk.answer(request -> {
        if (down.getAndDecrement() > 0) {
          throw new FairwayException(ErrorCode.PEER_FAILED, "service down");
        }
        return Answer.accept("up again");
      });
      desk.ask("x");
      eventually(() -> assertThat(desk.answers()).containsExactly("up again"));
    }
  }

  @Test
  void g11RetriesAreBoundedInCountAndTimeAndWhatCannotGoBetterIsNotRetried() {
    try (Desk desk = open()) {
      desk.answer(accepting -> accepting.attempts(2).within(Duration.ofMinutes(1)),
          request -> switch (request.payload()) {
            case "hopeless" -> throw new FairwayException(ErrorCode.INVALID, "hopeless");
            case "never ready" -> Answer.later(Duration.ofMinutes(2), "longer than it may take");
            default -> failing();
          });
      List<Contract> requests = List.of(desk.ask("hopeless"), desk.ask("never ready"), desk.ask("fails"));
      requests.forEach(request -> desk.awaitState(request, RequestState.QUARANTINED));
      assertThat(desk.offered).containsExactlyInAnyOrder("hopeless", "never ready", "fails", "fails");
    }
  }

  @Test
  void g12WhatWaitsHoldsUpNobody() {
    try (Desk desk = open()) {
      desk.answer(accepting -> accepting.concurrency(1),
          request -> request.payload().equals("slow")
              ? Answer.later(Duration.ofHours(1), "waits for a person")
              : Answer.accept("fast"));
      List.of("slow", "quick", "quicker").forEach(desk::ask);
      eventually(() -> assertThat(desk.answers()).hasSize(2));
    }
  }

  @Test
  void g12RequestsOfOneKeyAreAnsweredStrictlyInOrder() {
    try (Desk desk = open()) {
      var before = new ConcurrentLinkedQueue<Integer>();
      var tries = new AtomicInteger();
      List.of("first", "second", "third").forEach(desk::ask);
      desk.answer(accepting -> accepting.inOrderOf(payload -> "all"), request -> {
        before.add(desk.answers().size());
        if (request.payload().equals("first") && tries.incrementAndGet() < 2) {
          return failing();
        }
        return Answer.accept(request.payload());
      });
      eventually(() -> assertThat(desk.answers()).hasSize(3));
      assertThat(desk.offered).containsExactly("first", "first", "second", "third");
      assertThat(before).as("answers on the ledger when each was offered").containsExactly(0, 0, 1, 2);
    }
  }

  @Test
  void g13ForOneRequestThereIsAtMostOneEffect() {
    var faults = new ConcurrentLinkedQueue<Fault>();
    var reached = new AtomicInteger();
    try (Desk desk = new Desk(folder, store -> home(store).through(to -> new FaultyLedger(to, faults, reached)),
        UnaryOperator.identity(), name)) {
      List<Contract> requests = List.of(desk.ask("a"), desk.ask("b"));
      faults.addAll(List.of(Fault.ANSWER_LOST, Fault.DOWN, Fault.ANSWER_LOST));
      reached.set(0);
      desk.answer(request -> Answer.accept(request.payload()));
      requests.forEach(request -> desk.awaitState(request, RequestState.ACCEPTED));
      assertThat(desk.answers()).containsExactlyInAnyOrder("a", "b");
      assertThat(reached.get()).as("submissions that reached the ledger").isEqualTo(2);
    }
  }

  @Test
  void g14ReleasingNeverLosesTheErrors() {
    try (Desk desk = open()) {
      desk.answer(accepting -> accepting.attempts(2), request -> failing());
      Contract request = desk.ask("x");
      desk.awaitState(request, RequestState.QUARANTINED);
      WorkId letter = letter(desk, request);
      desk.letters.redrive(letter, "olga");
      eventually(() -> assertThat(desk.offered).hasSize(4));
      eventually(() -> assertThat(desk.letters.show(letter).orElseThrow().failures()).extracting(Failed::why)
          .hasSize(4).allMatch(why -> why.contains("inner secret")));
    }
  }

  @Test
  void g15EachRequestHasOneEndingThatCanBeAskedForAndG17ReasonsReachTheRequesterUnchanged() {
    var no = new Answer.Reject<String>("QUOTA", "three ledgers are enough", Map.of("limit", "3"), true);
    try (Desk desk = open()) {
      desk.answer(accepting -> accepting.attempts(1), request -> switch (request.payload()) {
        case "yes" -> Answer.accept("ok");
        case "no" -> no;
        case "fail" -> failing();
        default -> Answer.later(Duration.ofHours(1), "waits");
      });
      Contract yes = desk.ask("yes");
      Contract refused = desk.ask("no");
      Contract fail = desk.ask("fail");
      Contract wait = desk.ask("wait");
      desk.cancel(wait);
      desk.awaitState(yes, RequestState.ACCEPTED);
      desk.awaitState(refused, RequestState.REJECTED);
      desk.awaitState(fail, RequestState.QUARANTINED);
      // Taken back before it was seen, it never became a request of this node.
      eventually(() -> assertThat(desk.known(wait).map(KnownRequest::state).orElse(RequestState.CANCELLED))
          .isEqualTo(RequestState.CANCELLED));
      assertThat(desk.known(refused).flatMap(KnownRequest::reason))
          .contains(new RequestReason(no.code(), no.message(), no.details(), no.retryable()));
      LedgerValue.Struct reason = desk.active("Refused").getFirst().payload().struct("reason");
      assertThat(List.of(reason.text("code"), reason.text("message"))).containsExactly(no.code(), no.message());
      assertThat(reason.get("details")).isEqualTo(LedgerValue.textMap(Map.of("limit", LedgerValue.text("3"))));
      assertThat(reason.get("retryable")).isEqualTo(LedgerValue.bool(true));
    }
  }

  @Test
  void g16RejectionIsNoError() {
    try (Desk desk = open()) {
      RunningIntegration running = desk.answer(request -> Answer.reject("QUOTA", "enough"));
      desk.ask("x");
      eventually(() -> assertThat(desk.active("Refused")).hasSize(1));
      assertThat(running.totals().errors()).isZero();
      assertThat(desk.offered).hasSize(1);
    }
  }

  @Test
  void g17InternalErrorsAreNotToldToTheRequester() {
    try (Desk desk = open()) {
      desk.answer(accepting -> accepting.attempts(1).rejectingWhatIsSetAside(), request -> failing());
      desk.ask("x");
      eventually(() -> assertThat(desk.active("Refused")).hasSize(1));
      LedgerValue.Struct reason = desk.active("Refused").getFirst().payload().struct("reason");
      assertThat(reason.text("code")).isEqualTo("UNPROCESSABLE");
      assertThat(reason.text("message")).doesNotContain("secret");
    }
  }

  @Test
  void requestTakenBackInMidWorkIsSeenAndEndsAsCancelled() throws Exception {
    try (Desk desk = open()) {
      var started = new CountDownLatch(1);
      desk.answer(request -> {
        started.countDown();
        Awaitility.await().atMost(Desk.SOON).until(request::cancelled);
        desk.offered.add("noticed");
        return Answer.accept("too late");
      });
      Contract request = desk.ask("x");
      started.await();
      desk.cancel(request);
      eventually(() -> assertThat(desk.offered).containsExactly("x", "noticed"));
      desk.awaitState(request, RequestState.CANCELLED);
      assertThat(desk.answers()).isEmpty();
    }
  }
}
