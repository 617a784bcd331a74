package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.FailureClass;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.RetryPolicy;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkId;
import dev.fairway.core.work.WorkKind;
import dev.fairway.core.work.WorkQueue.Demand;
import dev.fairway.store.DeadLetters.Filter;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.testing.TestClock;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the workers promise to those who write handlers, and the dead letters to those who mend. */
abstract class WorkersContract {
  record Note(String text) {}

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration DAY = Duration.ofDays(1);
  private static final RetryPolicy THREE_TIMES = new RetryPolicy(3, DAY, Duration.ofSeconds(1), Duration.ofMinutes(1));
  private static final WorkKind<Note> NOTE = WorkKind.of("test.note", JsonCodec.of(Note.class)).withRetry(THREE_TIMES);

  private final TestClock clock = new TestClock();
  private final List<Delivery<Note>> seen = new CopyOnWriteArrayList<>();
  private final Handlers handlers = new Handlers();
  private TemporaryStore temporary;
  private SqlStore store;
  private Workers workers;
  private DeadLetters dead;

  abstract TemporaryStore temporary(Clock clock);

  @BeforeEach
  void open() {
    temporary = temporary(clock);
    opened(temporary.store());
  }

  private void opened(SqlStore fresh) {
    store = fresh;
    workers = new Workers(store.work(), handlers, clock, WorkersConfig.DEFAULT);
    dead = new DeadLetters(store, handlers);
  }

  @AfterEach
  void close() {
    workers.close();
    temporary.close();
  }

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

  /** The process ends without settling, and another one starts. */
  private void die() {
    opened(temporary.reopen());
    if (store.shared()) {
      clock.advance(NOTE.lease());
      store.work().takeBack();
    }
  }

  private static List<Demand> demand() {
    return List.of(new Demand(NOTE.name(), 10, NOTE.lease()));
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
  void aRowIsRunInOrderAndEndsAtItsFirstFailure() {
    handlers.add(NOTE.inRowsOf(10), delivery -> {
      seen.add(delivery);
      return delivery.payload().text().equals("b") && delivery.attempt() == 1
          ? Outcome.retryAfter(Duration.ofMinutes(2), "not yet")
          : Outcome.done();
    });
    for (String text : List.of("a", "b", "c", "d")) {
      enqueue(text);
    }
    assertThat(workers.runOnce()).isEqualTo(4);
    assertThat(texts()).containsExactly("a", "b");
    workers.runAll();
    assertThat(texts()).containsExactly("a", "b", "c", "d");
    clock.advance(Duration.ofMinutes(2));
    workers.runAll();
    assertThat(texts()).containsExactly("a", "b", "c", "d", "b");
    assertThat(seen).extracting(Delivery::attempt).containsExactly(1, 1, 1, 1, 2);
  }

  @Test
  void whatWaitsInARowTakesNobodysPlace() {
    workers = new Workers(store.work(), handlers, clock, new WorkersConfig(2, Duration.ofSeconds(10)));
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean other = new AtomicBoolean();
    handlers.add(NOTE.inRowsOf(10), delivery -> {
      seen.add(delivery);
      release.await();
      return Outcome.done();
    });
    WorkKind<Note> quick = WorkKind.of("test.quick", NOTE.codec());
    handlers.add(quick, delivery -> Outcome.done(tx -> tx.afterCommit(() -> other.set(true))));
    enqueue("a");
    enqueue("b");
    workers.start();
    await().atMost(SOON).until(() -> workers.running() == 2);
    store.run(tx -> tx.enqueue(NewWork.of(quick, new Note("c"))));
    await().atMost(SOON).untilTrue(other);
    assertThat(texts()).containsExactly("a");
    release.countDown();
  }

  @Test
  void ofARowThatDiesWithItsProcessEachIsTriedAgainAlone() {
    WorkKind<Note> inRows = NOTE.inRowsOf(10);
    handlers.add(inRows, delivery -> {
      seen.add(delivery);
      return Outcome.done();
    });
    enqueue("a");
    enqueue("b");
    assertThat(store.work().lease(List.of(new Demand(NOTE.name(), 10, NOTE.lease(), true)), 10)).hasSize(2);
    die();
    assertThat(workers.runOnce()).isEqualTo(1);
    assertThat(workers.runAll()).isEqualTo(1);
    assertThat(texts()).containsExactly("a", "b");
    assertThat(seen).allMatch(Delivery::maybeDone);
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

  @Test
  void deadLettersAreListedByPageAndFilterAndGroupedByCause() {
    handle(delivery -> Outcome.fail("port " + delivery.payload().text() + " is closed"));
    for (int i = 0; i < 5; i++) {
      int number = i;
      store.run(tx -> tx.enqueue(NewWork.of(NOTE, new Note("" + number)).key("k" + number)));
    }
    workers.runAll();
    List<DeadLetters.Letter> page = dead.list(Filter.ALL, 0, 2);
    assertThat(page).extracting(letter -> letter.key().orElse("")).containsExactly("k0", "k1");
    assertThat(dead.list(Filter.ALL, page.getLast().place(), 10)).hasSize(3);
    assertThat(dead.list(filter("", "k3", ""), 0, 10)).hasSize(1);
    assertThat(dead.list(filter("test.note", "", "PORT"), 0, 10)).hasSize(5);
    assertThat(dead.list(filter("test.other", "", ""), 0, 10)).isEmpty();
    assertThat(dead.list(filter("", "", "100%"), 0, 10)).isEmpty();
    assertThat(dead.count(Filter.ALL)).isEqualTo(5);
    assertThat(dead.groups()).singleElement().satisfies(group -> {
      assertThat(group.cause()).isEqualTo("port … is closed");
      assertThat(group.count()).isEqualTo(5);
    });
  }

  @Test
  void redrivenLettersRunAgainAsIfNewAndTheActIsAudited() {
    AtomicBoolean mended = new AtomicBoolean();
    handle(delivery -> mended.get() ? Outcome.done() : Outcome.fail("broken"));
    WorkId id = enqueue("p");
    workers.runAll();
    mended.set(true);
    dead.redrive(id, "ada");
    assertThat(workers.runAll()).isEqualTo(1);
    assertThat(seen.getLast().attempt()).isEqualTo(1);
    assertThat(new WorkOverview(store).counts()).isEmpty();
    assertThat(new Audit(store).list(Optional.of(id.toString()), Long.MAX_VALUE, 10)).singleElement()
        .satisfies(entry -> {
          assertThat(entry.actor()).isEqualTo("ada");
          assertThat(entry.act()).isEqualTo("dead.redrive");
        });
    assertThatThrownBy(() -> dead.redrive(id, "ada")).isInstanceOfSatisfying(FairwayException.class,
        e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }

  @Test
  void lettersAreRedrivenByTheThousand() {
    AtomicBoolean mended = new AtomicBoolean();
    handle(delivery -> mended.get() ? Outcome.done() : Outcome.fail("broken"));
    store.run(tx -> {
      for (int i = 0; i < 2_500; i++) {
        NewWork<Note> work = NewWork.of(NOTE.withConcurrency(1_000), new Note("" + i));
        tx.enqueue(i % 10 == 0 ? work.key("k" + i % 3) : work);
      }
    });
    workers.runAll();
    assertThat(dead.redrive(Filter.ofKind("test.other"), "ada")).isZero();
    assertThat(dead.redrive(Filter.ofKind("test.note"), "ada")).isEqualTo(2_500);
    mended.set(true);
    assertThat(workers.runAll()).isEqualTo(2_500);
    assertThat(new Audit(store).list(Optional.empty(), Long.MAX_VALUE, 10)).hasSize(3);
  }

  @Test
  void discardedLettersAreGoneAndLetTheirKeyGoOn() {
    WorkKind<Note> strict = NOTE.blockingKeyWhenDead();
    handlers.add(strict, delivery -> delivery.payload().text().equals("bad") ? Outcome.fail("bad") : Outcome.done());
    store.run(tx -> {
      tx.enqueue(NewWork.of(strict, new Note("bad")).key("k"));
      tx.enqueue(NewWork.of(strict, new Note("good")).key("k"));
    });
    assertThat(workers.runAll()).isEqualTo(1);
    WorkId bad = dead.list(Filter.ALL, 0, 1).getFirst().id();
    dead.discard(bad, "ada");
    assertThat(dead.show(bad)).isEmpty();
    assertThat(workers.runAll()).isEqualTo(1);
    assertThat(new WorkOverview(store).counts()).isEmpty();
  }

  @Test
  void aRedrivenLetterThatBlocksItsKeyRunsBeforeTheYounger() {
    AtomicBoolean mended = new AtomicBoolean();
    WorkKind<Note> strict = NOTE.blockingKeyWhenDead();
    handlers.add(strict, delivery -> {
      seen.add(delivery);
      return mended.get() ? Outcome.done() : Outcome.fail("bad");
    });
    store.run(tx -> {
      tx.enqueue(NewWork.of(strict, new Note("first")).key("k"));
      tx.enqueue(NewWork.of(strict, new Note("second")).key("k"));
    });
    workers.runAll();
    mended.set(true);
    dead.redrive(Filter.ALL, "ada");
    workers.runAll();
    assertThat(texts()).containsExactly("first", "first", "second");
  }

  @Test
  void anEditedPayloadMustBeOneOfItsKind() {
    handle(delivery -> delivery.payload().text().equals("good") ? Outcome.done() : Outcome.fail("bad"));
    WorkId id = enqueue("bad");
    workers.runAll();
    assertThatThrownBy(() -> dead.edit(id, "[]".getBytes(StandardCharsets.UTF_8), "ada"))
        .isInstanceOfSatisfying(FairwayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    assertThat(dead.show(id).orElseThrow().text()).isEqualTo("{\"text\":\"bad\"}");
    dead.edit(id, "{\"text\":\"good\"}".getBytes(StandardCharsets.UTF_8), "ada");
    dead.redrive(id, "ada");
    assertThat(workers.runAll()).isEqualTo(1);
    assertThat(dead.count(Filter.ALL)).isZero();
    assertThat(new Audit(store).list(Optional.of(id.toString()), Long.MAX_VALUE, 10)).extracting(Audit.Entry::act)
        .containsExactly("dead.redrive", "dead.edit");
  }

  @Test
  void aDryRunTellsWhatWouldHappenAndWritesNothing() {
    handle(delivery -> delivery.dryRun()
        ? Outcome.done(tx -> tx.append(new NewEvent("note.done", "s", "{}")))
        : Outcome.fail("bad"));
    WorkId id = enqueue("p");
    workers.runAll();
    assertThat(dead.tryDry(id, "ada")).isEqualTo(new DeadLetters.Tried("done", ""));
    assertThat(types()).containsExactly("work.dead");
    assertThat(dead.show(id)).isPresent();
    assertThat(new Audit(store).list(Optional.of(id.toString()), Long.MAX_VALUE, 10)).extracting(Audit.Entry::act)
        .containsExactly("dead.try");
  }

  @Test
  void theOverviewCountsByKindAndStateAndTellsTheOldestAge() {
    store.run(tx -> {
      tx.enqueue(NewWork.of(NOTE, new Note("ready")));
      tx.enqueue(NewWork.of(NOTE, new Note("later")).after(DAY));
    });
    clock.advance(Duration.ofMinutes(5));
    assertThat(new WorkOverview(store).counts()).containsExactly(
        new WorkOverview.Count("test.note", WorkOverview.State.READY, 1, Duration.ofMinutes(5)),
        new WorkOverview.Count("test.note", WorkOverview.State.SCHEDULED, 1, Duration.ZERO));
  }

  private void handle(WorkHandler<Note> handler) {
    handlers.add(NOTE, delivery -> {
      seen.add(delivery);
      return handler.run(delivery);
    });
  }

  private WorkId enqueue(String text) {
    return store.write(tx -> tx.enqueue(NewWork.of(NOTE, new Note(text))));
  }

  private List<String> texts() {
    return seen.stream().map(delivery -> delivery.payload().text()).toList();
  }

  private List<String> types() {
    return store.journal().read(0, 100).stream().map(event -> event.type())
        .filter(type -> !type.equals("work.redriven") && !type.equals("work.discarded")).toList();
  }

  private static Filter filter(String kind, String key, String text) {
    return new Filter(given(kind), given(key), Optional.empty(), given(text));
  }

  private static Optional<String> given(String value) {
    return Optional.of(value).filter(v -> !v.isEmpty());
  }
}
