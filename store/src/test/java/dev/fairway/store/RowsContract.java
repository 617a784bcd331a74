package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkKind;
import dev.fairway.core.work.WorkQueue.Demand;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What the workers promise of work that is run in rows: its order, its end, and what a row costs others. */
abstract class RowsContract extends WorkersFixture {
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
  void postponedWorkEndsItsRowToo() {
    handlers.add(NOTE.inRowsOf(10), delivery -> {
      boolean before = texts().contains("a");
      seen.add(delivery);
      return before ? Outcome.done() : Outcome.later(Duration.ofMinutes(2), "not yet");
    });
    enqueue("a");
    enqueue("b");
    assertThat(workers.runOnce()).isEqualTo(2);
    assertThat(texts()).containsExactly("a");
    workers.runAll();
    assertThat(texts()).containsExactly("a", "b");
    clock.advance(Duration.ofMinutes(2));
    workers.runAll();
    assertThat(texts()).containsExactly("a", "b", "a");
    assertThat(seen).extracting(Delivery::attempt).containsOnly(1);
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
}
