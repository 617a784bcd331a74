package dev.fairway.testing.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.work.FailureClass;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkQueue;
import dev.fairway.core.work.WorkQueue.Demand;
import dev.fairway.core.work.WorkQueue.Failure;
import dev.fairway.core.work.WorkQueue.Lease;
import dev.fairway.core.work.WorkQueue.Settlement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link WorkQueue} promises of who comes first: urgent, by turns, in the order of a key, in a row. */
public abstract class WorkOrderContract extends WorkQueueFixture {
  @Test
  void aRowIsOfFirstAttemptsAndWhatWasTriedIsLeasedAlone() {
    for (String text : List.of("a", "b", "c", "d")) {
      enqueue(SEND, text);
    }
    Lease tried = row(1).getFirst();
    settle(new Settlement.Again(tried, clock.instant(), new Failure(FailureClass.RETRY, "no"), Outcome.NOTHING));
    assertThat(texts(row(3))).containsExactly("a");
    assertThat(texts(row(2))).containsExactly("b", "c");
    assertThat(texts(row(9))).containsExactly("d");
  }

  @Test
  void aRowIsShorterWhereItsPiecesAreLarge() {
    for (int i = 0; i < 12; i++) {
      enqueue(SEND, ("" + i).repeat(900_000 / ("" + i).length()));
    }
    List<Lease> first = row(100);
    assertThat(first).hasSizeBetween(2, 8);
    assertThat(texts(first)).startsWith("0".repeat(900_000), "1".repeat(900_000));
    assertThat(row(1)).hasSize(1);
  }

  private List<Lease> row(int atMost) {
    return queue.lease(List.of(new Demand(SEND.name(), atMost, LEASE, true)), 100);
  }

  @Test
  void urgentWorkComesFirstThenOlderAcrossKinds() {
    store.run(tx -> {
      tx.enqueue(NewWork.of(SEND, "usual 1"));
      tx.enqueue(NewWork.of(PRINT, "usual 2"));
      tx.enqueue(NewWork.of(SEND, "bulk").priority(0));
      tx.enqueue(NewWork.of(PRINT, "urgent").priority(9));
    });
    assertThat(texts(queue.lease(List.of(new Demand(SEND.name(), 9, LEASE), new Demand(PRINT.name(), 9, LEASE)), 9)))
        .containsExactly("urgent", "usual 1", "usual 2", "bulk");
  }

  @Test
  void workOfOneKeyRunsOneAfterAnotherInOrder() {
    store.run(tx -> {
      tx.enqueue(NewWork.of(SEND, "a1").key("a"));
      tx.enqueue(NewWork.of(SEND, "a2").key("a"));
      tx.enqueue(NewWork.of(SEND, "b1").key("b"));
    });
    store.run(tx -> tx.enqueue(NewWork.of(SEND, "a3").key("a").priority(9)));
    List<Lease> first = lease(SEND);
    assertThat(texts(first)).containsExactly("a1", "b1");
    assertThat(lease(SEND)).isEmpty();
    settle(new Settlement.Again(first.getFirst(), clock.instant().plus(HOUR), new Failure(FailureClass.RETRY, "x"),
        Outcome.NOTHING));
    assertThat(lease(SEND)).as("a retry keeps its place").isEmpty();
    clock.advance(HOUR);
    Lease again = lease(SEND).getFirst();
    assertThat(TEXT.decode(again.payload())).isEqualTo("a1");
    settle(new Settlement.Finish(again, Outcome.NOTHING));
    Lease second = lease(SEND).getFirst();
    assertThat(TEXT.decode(second.payload())).isEqualTo("a2");
    settle(new Settlement.Finish(second, Outcome.NOTHING));
    assertThat(texts(lease(SEND))).containsExactly("a3");
  }

  @Test
  void theSameKeyOfAnotherKindIsAnotherKey() {
    store.run(tx -> {
      tx.enqueue(NewWork.of(SEND, "s").key("k"));
      tx.enqueue(NewWork.of(PRINT, "p").key("k"));
    });
    assertThat(lease(SEND)).hasSize(1);
    assertThat(lease(PRINT)).hasSize(1);
  }

  @Test
  void delayedWorkHoldsBackYoungerWorkOfItsKey() {
    store.run(tx -> {
      tx.enqueue(NewWork.of(SEND, "first").key("k").after(HOUR));
      tx.enqueue(NewWork.of(SEND, "second").key("k"));
    });
    assertThat(lease(SEND)).isEmpty();
    clock.advance(HOUR);
    assertThat(texts(lease(SEND))).containsExactly("first");
  }

  @Test
  void aDeadLetterHoldsItsKeyBackOnlyIfItsKindSaysSo() {
    store.run(tx -> {
      tx.enqueue(NewWork.of(SEND, "free 1").key("k"));
      tx.enqueue(NewWork.of(SEND, "free 2").key("k"));
      tx.enqueue(NewWork.of(STRICT, "strict 1").key("k"));
      tx.enqueue(NewWork.of(STRICT, "strict 2").key("k"));
    });
    Failure failure = new Failure(FailureClass.PERMANENT, "no");
    settle(new Settlement.Bury(lease(SEND).getFirst(), failure, Outcome.NOTHING));
    settle(new Settlement.Bury(lease(STRICT).getFirst(), failure, Outcome.NOTHING));
    assertThat(texts(lease(SEND))).containsExactly("free 2");
    assertThat(lease(STRICT)).isEmpty();
    store.run(tx -> tx.enqueue(NewWork.of(STRICT, "strict 3").key("k")));
    assertThat(lease(STRICT)).isEmpty();
  }

  @Test
  void uniqueWorkExistsOnceUntilItIsDone() {
    store.run(tx -> {
      tx.enqueue(NewWork.of(SEND, "first").unique("u"));
      tx.enqueue(NewWork.of(SEND, "second").unique("u"));
      tx.enqueue(NewWork.of(PRINT, "other kind").unique("u"));
    });
    store.run(tx -> tx.enqueue(NewWork.of(SEND, "third").unique("u")));
    List<Lease> leases = lease(SEND);
    assertThat(texts(leases)).containsExactly("first");
    assertThat(lease(PRINT)).hasSize(1);
    store.run(tx -> tx.enqueue(NewWork.of(SEND, "while it runs").unique("u")));
    assertThat(lease(SEND)).isEmpty();
    settle(new Settlement.Finish(leases.getFirst(), Outcome.NOTHING));
    store.run(tx -> tx.enqueue(NewWork.of(SEND, "after").unique("u")));
    assertThat(texts(lease(SEND))).containsExactly("after");
  }

  @Test
  void uniqueWorkThatIsDroppedHoldsNoKeyBack() {
    store.run(tx -> tx.enqueue(NewWork.of(SEND, "first").unique("u")));
    store.run(tx -> {
      tx.enqueue(NewWork.of(SEND, "dropped").unique("u").key("k"));
      tx.enqueue(NewWork.of(SEND, "kept").key("k"));
    });
    assertThat(texts(lease(SEND))).containsExactlyInAnyOrder("first", "kept");
  }
}
