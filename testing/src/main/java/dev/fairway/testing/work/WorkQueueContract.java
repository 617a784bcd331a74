package dev.fairway.testing.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.work.FailureClass;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkQueue;
import dev.fairway.core.work.WorkQueue.Demand;
import dev.fairway.core.work.WorkQueue.Failure;
import dev.fairway.core.work.WorkQueue.Lease;
import dev.fairway.core.work.WorkQueue.SettleResult;
import dev.fairway.core.work.WorkQueue.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every {@link WorkQueue} promises of leases and what becomes of them. */
public abstract class WorkQueueContract extends WorkQueueFixture {
  @Test
  void enqueuedWorkIsLeasedWithAllThatWasSaid() {
    store.run(tx -> tx.enqueue(NewWork.of(SEND, "p").key("k")));
    assertThat(lease(SEND)).singleElement().satisfies(lease -> {
      assertThat(lease.kind()).isEqualTo("contract.send");
      assertThat(lease.key()).contains("k");
      assertThat(TEXT.decode(lease.payload())).isEqualTo("p");
      assertThat(lease.attempt()).isEqualTo(1);
      assertThat(lease.previous()).isEmpty();
      assertThat(lease.enqueuedAt()).isEqualTo(clock.instant());
      assertThat(lease.firstDue()).isEqualTo(clock.instant());
    });
  }

  @Test
  void leasedWorkIsNotLeasedAgain() {
    enqueue(SEND, "p");
    assertThat(lease(SEND)).hasSize(1);
    assertThat(lease(SEND)).isEmpty();
  }

  @Test
  void onlyTheKindsAskedForAreLeasedAndNoMoreThanAskedFor() {
    for (int i = 0; i < 5; i++) {
      enqueue(SEND, "s" + i);
      enqueue(PRINT, "p" + i);
    }
    assertThat(queue.lease(List.of(new Demand(SEND.name(), 3, LEASE)), 100)).hasSize(3)
        .allMatch(lease -> lease.kind().equals(SEND.name()));
    assertThat(queue.lease(List.of(new Demand(SEND.name(), 9, LEASE), new Demand(PRINT.name(), 9, LEASE)), 4))
        .hasSize(4);
    assertThat(queue.lease(List.of(new Demand(SEND.name(), 9, LEASE), new Demand(PRINT.name(), 9, LEASE)), 100))
        .hasSize(3);
  }

  @Test
  void delayedWorkIsLeasedWhenItIsDueAndNotBefore() {
    store.run(tx -> tx.enqueue(NewWork.of(SEND, "p").after(HOUR)));
    assertThat(lease(SEND)).isEmpty();
    assertThat(queue.nextDue()).contains(clock.instant().plus(HOUR));
    clock.advance(HOUR.minusMillis(1));
    assertThat(lease(SEND)).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(lease(SEND)).singleElement()
        .satisfies(lease -> assertThat(lease.firstDue()).isEqualTo(clock.instant()));
  }

  @Test
  void finishedWorkIsGoneAndItsEffectIsWritten() {
    enqueue(SEND, "p");
    Lease lease = lease(SEND).getFirst();
    assertThat(settle(new Settlement.Finish(lease, tell("finished")))).isEqualTo(SettleResult.SETTLED);
    clock.advance(HOUR);
    assertThat(queue.takeBack()).isZero();
    assertThat(lease(SEND)).isEmpty();
    assertThat(told()).containsExactly("contract.finished");
    assertThat(queue.nextDue()).isEmpty();
  }

  @Test
  void failedWorkComesBackWhenItIsDueAndTellsHowItEnded() {
    enqueue(SEND, "p");
    Lease first = lease(SEND).getFirst();
    settle(new Settlement.Again(first, clock.instant().plus(HOUR), new Failure(FailureClass.AMBIGUOUS, "no answer"),
        Outcome.NOTHING));
    assertThat(lease(SEND)).isEmpty();
    clock.advance(HOUR);
    assertThat(lease(SEND)).singleElement().satisfies(lease -> {
      assertThat(lease.attempt()).isEqualTo(2);
      assertThat(lease.previous()).contains(FailureClass.AMBIGUOUS);
      assertThat(lease.firstDue()).isEqualTo(first.firstDue());
    });
  }

  @Test
  void postponedWorkDoesNotCountTheAttempt() {
    enqueue(SEND, "p");
    settle(new Settlement.Postpone(lease(SEND).getFirst(), clock.instant().plus(HOUR), Outcome.NOTHING));
    clock.advance(HOUR);
    assertThat(lease(SEND)).singleElement().satisfies(lease -> {
      assertThat(lease.attempt()).isEqualTo(1);
      assertThat(lease.previous()).isEmpty();
    });
  }

  @Test
  void buriedWorkIsNotLeasedAndTheJournalSaysSo() {
    enqueue(SEND, "p");
    settle(new Settlement.Bury(lease(SEND).getFirst(), new Failure(FailureClass.PERMANENT, "no such port"),
        tell("undeliverable")));
    clock.advance(HOUR);
    queue.takeBack();
    assertThat(lease(SEND)).isEmpty();
    assertThat(told()).containsExactlyInAnyOrder("contract.undeliverable", "work.dead");
  }

  @Test
  void aLeaseThatRanOutIsHandedOutAgainAsAmbiguous() {
    enqueue(SEND, "p");
    lease(SEND);
    assertThat(queue.takeBack()).isZero();
    assertThat(queue.nextDue()).contains(clock.instant().plus(LEASE));
    clock.advance(LEASE);
    assertThat(queue.takeBack()).isEqualTo(1);
    assertThat(lease(SEND)).singleElement().satisfies(lease -> {
      assertThat(lease.attempt()).isEqualTo(2);
      assertThat(lease.previous()).contains(FailureClass.AMBIGUOUS);
    });
  }

  @Test
  void whoeverLostItsLeaseWritesNothing() {
    enqueue(SEND, "p");
    Lease lost = lease(SEND).getFirst();
    clock.advance(LEASE);
    queue.takeBack();
    assertThat(settle(new Settlement.Finish(lost, tell("late")))).isEqualTo(SettleResult.LEASE_LOST);
    Lease second = lease(SEND).getFirst();
    assertThat(settle(new Settlement.Finish(lost, tell("late")))).isEqualTo(SettleResult.LEASE_LOST);
    assertThat(settle(
        new Settlement.Again(lost, clock.instant(), new Failure(FailureClass.RETRY, "late"), tell("late"))))
        .isEqualTo(SettleResult.LEASE_LOST);
    assertThat(settle(new Settlement.Postpone(lost, clock.instant(), tell("late")))).isEqualTo(SettleResult.LEASE_LOST);
    assertThat(settle(new Settlement.Bury(lost, new Failure(FailureClass.RETRY, "late"), tell("late"))))
        .isEqualTo(SettleResult.LEASE_LOST);
    assertThat(queue.renew(List.of(lost), LEASE)).containsExactly(lost);
    assertThat(settle(new Settlement.Finish(second, tell("second")))).isEqualTo(SettleResult.SETTLED);
    assertThat(told()).containsExactly("contract.second");
  }

  @Test
  void settlingTwiceHasItsEffectOnce() {
    enqueue(SEND, "p");
    Lease lease = lease(SEND).getFirst();
    assertThat(settle(new Settlement.Finish(lease, tell("finished")))).isEqualTo(SettleResult.SETTLED);
    assertThat(settle(new Settlement.Finish(lease, tell("finished")))).isEqualTo(SettleResult.LEASE_LOST);
    assertThat(told()).containsExactly("contract.finished");
  }

  @Test
  void aRenewedLeaseHoldsLonger() {
    enqueue(SEND, "p");
    Lease lease = lease(SEND).getFirst();
    clock.advance(LEASE.minusSeconds(1));
    assertThat(queue.renew(List.of(lease), LEASE)).isEmpty();
    clock.advance(LEASE.minusSeconds(1));
    assertThat(queue.takeBack()).isZero();
    assertThat(settle(new Settlement.Finish(lease, Outcome.NOTHING))).isEqualTo(SettleResult.SETTLED);
  }

  @Test
  void aSettlementWhoseEffectThrowsSettlesNothing() {
    enqueue(SEND, "one");
    enqueue(SEND, "two");
    List<Lease> leases = lease(SEND);
    IllegalArgumentException own = new IllegalArgumentException("own");
    assertThatThrownBy(() -> queue.settle(List.of(new Settlement.Finish(leases.get(0), tell("one")),
        new Settlement.Finish(leases.get(1), tx -> {
          throw own;
        })))).isSameAs(own);
    assertThat(told()).isEmpty();
    assertThat(settle(new Settlement.Finish(leases.get(0), Outcome.NOTHING))).isEqualTo(SettleResult.SETTLED);
  }

  @Test
  void settlementsAreAnsweredInOrder() {
    enqueue(SEND, "a");
    enqueue(SEND, "b");
    enqueue(SEND, "c");
    List<Lease> leases = lease(SEND);
    settle(new Settlement.Finish(leases.get(1), Outcome.NOTHING));
    Failure failure = new Failure(FailureClass.RETRY, "x");
    assertThat(queue.settle(List.of(new Settlement.Again(leases.get(0), clock.instant(), failure, Outcome.NOTHING),
        new Settlement.Finish(leases.get(1), Outcome.NOTHING),
        new Settlement.Bury(leases.get(2), failure, Outcome.NOTHING))))
        .containsExactly(SettleResult.SETTLED, SettleResult.LEASE_LOST, SettleResult.SETTLED);
  }

  @Test
  void anEffectMayEnqueueTheNextWork() {
    store.run(tx -> tx.enqueue(NewWork.of(SEND, "first").key("k")));
    settle(new Settlement.Finish(lease(SEND).getFirst(), tx -> tx.enqueue(NewWork.of(SEND, "next").key("k"))));
    assertThat(texts(lease(SEND))).containsExactly("next");
  }

  @Test
  void listenersHearOfWorkAfterItsCommit() {
    AtomicInteger heard = new AtomicInteger();
    queue.onWork(heard::incrementAndGet);
    int before = heard.get();
    enqueue(SEND, "p");
    assertThat(heard.get()).isGreaterThan(before);
  }

  @Test
  void workThatWasRolledBackNeverWas() {
    assertThatThrownBy(() -> store.run(tx -> {
      tx.enqueue(NewWork.of(SEND, "p"));
      throw new IllegalArgumentException("own");
    })).isInstanceOf(IllegalArgumentException.class);
    assertThat(lease(SEND)).isEmpty();
  }

  @Test
  void manyLeasersShareWorkWithoutOverlap() throws Exception {
    int pieces = 400;
    store.run(tx -> {
      for (int i = 0; i < pieces; i++) {
        NewWork<String> work = NewWork.of(SEND, "p" + i);
        tx.enqueue(i % 3 == 0 ? work.key("k" + i % 7) : work);
      }
    });
    ConcurrentHashMap<String, Integer> seen = new ConcurrentHashMap<>();
    List<Callable<Boolean>> leasers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      leasers.add(() -> {
        int idle = 0;
        while (idle < 20) {
          List<Lease> leases = queue.lease(List.of(new Demand(SEND.name(), 10, LEASE)), 10);
          idle = leases.isEmpty() ? idle + 1 : 0;
          leases.forEach(lease -> seen.merge(TEXT.decode(lease.payload()), 1, Integer::sum));
          queue.settle(leases.stream().<Settlement>map(l -> new Settlement.Finish(l, Outcome.NOTHING)).toList());
        }
        return true;
      });
    }
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> leaser : executor.invokeAll(leasers)) {
        assertThat(leaser.get(60, TimeUnit.SECONDS)).isTrue();
      }
    }
    assertThat(seen).hasSize(pieces).allSatisfy((text, times) -> assertThat(times).as(text).isEqualTo(1));
  }
}
