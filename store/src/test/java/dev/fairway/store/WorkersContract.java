package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.FailureClass;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkId;
import dev.fairway.core.work.WorkKind;
import dev.fairway.store.DeadLetters.Filter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the workers promise to those who write handlers: attempts, and what becomes of each. */
abstract class WorkersContract extends WorkersFixture {
  @Test
  void whatIsEnqueuedIsRunOnceAndInOrderOfItsKey() {
    handle(delivery -> Outcome.done());
    store.run(tx -> {
      tx.enqueue(NewWork.of(NOTE, new Note("one")).key("k"));
      tx.enqueue(NewWork.of(NOTE, new Note("two")).key("k"));
      tx.enqueue(NewWork.of(NOTE, new Note("three")));
    });
    assertThat(workers.runAll()).isEqualTo(3);
    assertThat(texts()).containsExactlyInAnyOrder("one", "two", "three").containsSubsequence("one", "two");
    assertThat(workers.runOnce()).isZero();
  }

  @Test
  void theAttemptIsCountedBeforeTheHandlerRuns() {
    AtomicInteger counted = new AtomicInteger();
    handle(delivery -> {
      counted.set(new WorkOverview(store).find(delivery.id()).orElseThrow().attempts());
      return Outcome.done();
    });
    enqueue("p");
    workers.runAll();
    assertThat(counted).hasValue(1);
  }

  @Test
  void theIdempotencyKeyIsTheSameOnEveryAttempt() {
    handle(delivery -> delivery.attempt() == 1 ? Outcome.retry("once more") : Outcome.done());
    enqueue("p");
    workers.runAll();
    clock.advance(DAY.dividedBy(2));
    workers.runAll();
    assertThat(seen).hasSize(2).extracting(Delivery::idempotencyKey).containsOnly(seen.getFirst().idempotencyKey());
  }

  @Test
  void retriesEndAndLeaveADeadLetterWithEveryError() {
    handle(delivery -> Outcome.retry("fault " + delivery.attempt()));
    WorkId id = enqueue("p");
    for (int i = 0; i < 5; i++) {
      workers.runAll();
      clock.advance(Duration.ofMinutes(2));
    }
    assertThat(seen).hasSize(3);
    DeadLetters.Opened opened = dead.show(id).orElseThrow();
    assertThat(opened.letter().attempts()).isEqualTo(3);
    assertThat(opened.text()).isEqualTo("{\"text\":\"p\"}");
    assertThat(opened.failures()).extracting(DeadLetters.Failed::why).containsExactly("fault 1", "fault 2", "fault 3");
    assertThat(opened.failures()).extracting(DeadLetters.Failed::failureClass).containsOnly(FailureClass.RETRY);
    assertThat(types()).containsExactly("work.dead");
  }

  @Test
  void theOtherSidesWaitIsKept() {
    handle(delivery -> delivery.attempt() == 1 ? Outcome.retryAfter(Duration.ofHours(2), "later") : Outcome.done());
    enqueue("p");
    workers.runAll();
    clock.advance(Duration.ofHours(2).minusSeconds(1));
    assertThat(workers.runAll()).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(workers.runAll()).isEqualTo(1);
  }

  @Test
  void ageIsBoundedForWorkThatIsOnlyPostponed() {
    handle(delivery -> Outcome.later(Duration.ofHours(5), "not yet"));
    WorkId id = enqueue("p");
    for (int i = 0; i < 10; i++) {
      workers.runAll();
      clock.advance(Duration.ofHours(5));
    }
    assertThat(seen).hasSize(5).extracting(Delivery::attempt).containsOnly(1);
    assertThat(dead.show(id).orElseThrow().failures()).singleElement()
        .satisfies(failed -> assertThat(failed.why()).contains("not yet"));
  }

  @Test
  void aFailureForGoodIsSetAsideAtOnceAndTheHandlerMaySayWhatItMeans() {
    handlers.add(NOTE, new WorkHandler<>() {
      @Override
      public Outcome run(Delivery<Note> delivery) {
        return Outcome.fail("no such port");
      }

      @Override
      public void onDead(Transaction tx, Delivery<Note> delivery, String why) {
        tx.append(new NewEvent("note.undeliverable", delivery.payload().text(), "{}"));
      }
    });
    enqueue("p");
    workers.runAll();
    assertThat(types()).containsExactlyInAnyOrder("work.dead", "note.undeliverable");
  }

  @Test
  void goneIsNoFailure() {
    handle(delivery -> Outcome.gone("withdrawn"));
    enqueue("p");
    assertThat(workers.runAll()).isEqualTo(1);
    assertThat(new WorkOverview(store).counts()).isEmpty();
    assertThat(types()).isEmpty();
  }

  @Test
  void whatIsThrownIsRetriedUnlessItsCodeSaysThatItCannotHelp() {
    handle(delivery -> {
      switch (delivery.payload().text()) {
        case "invalid" -> throw new FairwayException(ErrorCode.INVALID, "no");
        case "down" -> throw new FairwayException(ErrorCode.PEER_FAILED, "no");
        default -> throw new IllegalStateException("bug");
      }
    });
    enqueue("invalid");
    enqueue("down");
    enqueue("bug");
    workers.runAll();
    assertThat(dead.list(Filter.ALL, 0, 10)).singleElement()
        .satisfies(letter -> assertThat(letter.cause()).contains("INVALID"));
    assertThat(new WorkOverview(store).list(Optional.empty(), Optional.of(WorkOverview.State.SCHEDULED), 0, 10))
        .hasSize(2);
  }

  @Test
  void anUnknownOutcomeIsToldToTheNextAttempt() {
    handle(delivery -> delivery.maybeDone() ? Outcome.done() : Outcome.unknown("no answer"));
    enqueue("p");
    workers.runAll();
    clock.advance(Duration.ofMinutes(2));
    workers.runAll();
    assertThat(seen).extracting(Delivery::maybeDone).containsExactly(false, true);
  }

  @Test
  void aPayloadThatCannotBeReadIsSetAside() {
    handle(delivery -> Outcome.done());
    WorkId id = store
        .write(tx -> tx.enqueue(NewWork.of(WorkKind.of("test.note", JsonCodec.of(String.class)), "no note")));
    workers.runAll();
    assertThat(seen).isEmpty();
    assertThat(dead.show(id).orElseThrow().failures()).singleElement()
        .satisfies(failed -> assertThat(failed.why()).contains("cannot be read"));
  }

  @Test
  void oneEffectThatCannotBeWrittenSpoilsNothingForTheOthers() {
    handle(delivery -> Outcome.done(tx -> {
      if (delivery.payload().text().equals("bad") && delivery.attempt() == 1) {
        throw new IllegalStateException("effect");
      }
      tx.append(new NewEvent("note.done", delivery.payload().text(), "{}"));
    }));
    enqueue("good");
    enqueue("bad");
    enqueue("better");
    workers.runAll();
    assertThat(types()).containsExactly("note.done", "note.done");
    clock.advance(Duration.ofMinutes(2));
    workers.runAll();
    assertThat(types()).hasSize(3);
  }

  @Test
  void anOnDeadThatThrowsDoesNotKeepTheWorkAlive() {
    handlers.add(NOTE, new WorkHandler<>() {
      @Override
      public Outcome run(Delivery<Note> delivery) {
        return Outcome.fail("no");
      }

      @Override
      public void onDead(Transaction tx, Delivery<Note> delivery, String why) {
        throw new IllegalStateException("nor that");
      }
    });
    WorkId id = enqueue("p");
    workers.runAll();
    assertThat(dead.show(id).orElseThrow().failures()).singleElement()
        .satisfies(failed -> assertThat(failed.why()).contains("no").contains("nor that"));
  }

  @Test
  void aPoisonThatKillsItsProcessEndsAsADeadLetter() {
    handle(delivery -> Outcome.done());
    WorkId id = enqueue("p");
    for (int i = 0; i < 3; i++) {
      assertThat(store.work().lease(demand(), 10)).hasSize(1);
      die();
    }
    workers.runAll();
    assertThat(seen).isEmpty();
    assertThat(dead.show(id).orElseThrow().failures()).hasSize(4).extracting(DeadLetters.Failed::failureClass)
        .containsExactly(FailureClass.AMBIGUOUS, FailureClass.AMBIGUOUS, FailureClass.AMBIGUOUS,
            FailureClass.PERMANENT);
  }

  @Test
  void afterACrashTheHandlerIsToldThatItMayHaveBeenDone() {
    handle(delivery -> Outcome.done());
    enqueue("p");
    store.work().lease(demand(), 10);
    die();
    assertThat(workers.runAll()).isEqualTo(1);
    assertThat(seen).singleElement().satisfies(delivery -> {
      assertThat(delivery.attempt()).isEqualTo(2);
      assertThat(delivery.maybeDone()).isTrue();
    });
  }

  @Test
  void startedWorkersRunWhatIsEnqueuedAtOnceAndNoMoreAtOnceThanTheKindAllows() {
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    WorkKind<Note> narrow = NOTE.withConcurrency(3);
    handlers.add(narrow, delivery -> {
      most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
      atOnce.decrementAndGet();
      return Outcome.done(tx -> tx.afterCommit(done::incrementAndGet));
    });
    workers.start();
    for (int i = 0; i < 100; i++) {
      enqueue("p" + i);
    }
    await().atMost(SOON).untilAtomic(done, org.hamcrest.Matchers.is(100));
    assertThat(most.get()).isBetween(1, 3);
  }

  @Test
  void closingWaitsForTheHandlersUnderWay() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    handle(delivery -> {
      running.countDown();
      release.await();
      return Outcome.done(tx -> tx.afterCommit(() -> done.set(true)));
    });
    workers.start();
    enqueue("p");
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
    Thread closing = Thread.ofVirtual().start(workers::close);
    release.countDown();
    assertThat(closing.join(SOON)).isTrue();
    assertThat(done).isTrue();
    enqueue("q");
    assertThat(workers.running()).isZero();
  }
}
