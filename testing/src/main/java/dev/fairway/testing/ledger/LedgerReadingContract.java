package dev.fairway.testing.ledger;

import static dev.fairway.testing.ledger.ContractModel.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
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
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.TemplatePattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every {@link Ledger} promises to who reads it. */
abstract class LedgerReadingContract extends LedgerFixture {
  @Test
  void createdContractIsInTheNextSnapshot() throws Exception {
    create("one");
    Contract found = only(snapshot(Query.all(alice)));
    assertThat(found.template()).isEqualTo(requestId);
    assertThat(found.payload()).isEqualTo(request(alice, bob, "one"));
    assertThat(found.signatories()).containsExactly(alice);
    assertThat(found.observers()).containsExactly(bob);
  }

  @Test
  void snapshotIsFollowedByWhatHappensAfterIt() throws Exception {
    create("before");
    try (LedgerStream stream = ledger.open(Query.all(bob), From.snapshot())) {
      List<LedgerEvent> first = until(stream, LedgerEvent.SnapshotEnd.class);
      create("after");
      List<LedgerEvent> then = until(stream, LedgerEvent.TransactionEnd.class);
      assertThat(texts(first)).containsExactly("before");
      assertThat(texts(then)).containsExactly("after");
    }
  }

  @Test
  void snapshotAndStreamHaveNoGapAndNoOverlap() throws Exception {
    int all = 40;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var started = new CountDownLatch(1);
      Future<?> writer = threads.submit(() -> {
        for (int i = 0; i < all; i++) {
          create(Integer.toString(i));
          started.countDown();
        }
      });
      started.await();
      var seen = new ArrayList<String>();
      try (LedgerStream stream = ledger.open(Query.all(bob), From.snapshot())) {
        while (seen.size() < all) {
          List<LedgerEvent> events = stream.read(7, WAIT);
          assertThat(events).as("after %s", seen).isNotEmpty();
          seen.addAll(texts(events));
        }
      }
      writer.get();
      assertThat(seen).doesNotHaveDuplicates().hasSize(all);
    }
  }

  @Test
  void streamAfterAnOffsetTellsExactlyWhatFollows() throws Exception {
    create("one");
    Offset offset = ledger.end();
    create("two");
    create("three");
    assertThat(texts(read(Query.all(bob), From.after(offset), 2))).containsExactly("two", "three");
  }

  @Test
  void everyBoundaryIsAPlaceToGoOnFrom() throws Exception {
    Offset start = ledger.end();
    create("one");
    create("two");
    create("three");
    List<LedgerEvent> all = read(Query.all(bob), From.after(start), 3);
    Offset afterFirst = all.stream().filter(LedgerEvent.TransactionEnd.class::isInstance)
        .map(LedgerEvent.TransactionEnd.class::cast).findFirst().orElseThrow().offset();
    assertThat(texts(read(Query.all(bob), From.after(afterFirst), 2))).containsExactly("two", "three");
  }

  @Test
  void snapshotAsOfAnOffsetShowsWhatWasActiveThen() throws Exception {
    if (!ledger.looksBack()) {
      return;
    }
    Contract one = create("one");
    Offset then = ledger.end();
    accepted(alice, Command.exercise(one, "Cancel", LedgerValue.struct()));
    create("two");
    try (LedgerStream stream = ledger.open(Query.all(bob), new From.SnapshotAt(then))) {
      assertThat(texts(until(stream, LedgerEvent.SnapshotEnd.class))).containsExactly("one");
      List<LedgerEvent> after = transactions(stream, 2);
      assertThat(after).contains(new LedgerEvent.Archived(one.id(), requestId, one.packageName()));
      assertThat(texts(after)).containsExactly("two");
    }
  }

  @Test
  void contractThatComesAndGoesInOneTransactionIsNotTold() throws Exception {
    Contract request = create("stays");
    Offset before = ledger.end();
    accepted(alice, Command.exercise(request, "Flash", LedgerValue.struct()));
    create("next");
    List<LedgerEvent> events = untilText(Query.all(bob), From.after(before), "next");
    assertThat(texts(events)).containsExactly("next");
    assertThat(events).noneMatch(LedgerEvent.Archived.class::isInstance);
  }

  @Test
  void strangersSeeNothing() throws Exception {
    Offset before = ledger.end();
    create("private");
    accepted(carol, Command.create(requestId, request(carol, carol, "own")));
    assertThat(snapshot(Query.all(carol))).extracting(c -> c.payload().text("text")).containsExactly("own");
    assertThat(texts(untilText(Query.all(carol), From.after(before), "own"))).containsExactly("own");
  }

  @Test
  void readerOfSeveralPartiesSeesAContractOnce() throws Exception {
    create("shared");
    var both = new Query(Set.of(alice, bob), List.of(TemplatePattern.ALL));
    assertThat(snapshot(both)).hasSize(1);
  }

  @Test
  void templatePatternsNarrowWhatIsTold() throws Exception {
    Contract request = create("question");
    Offset before = ledger.end();
    accepted(bob, Command.exercise(request, "Accept", LedgerValue.struct("answer", LedgerValue.text("yes"))));
    assertThat(snapshot(Query.of(alice, requestId))).isEmpty();
    assertThat(snapshot(Query.of(alice, answerId))).hasSize(1);
    List<LedgerEvent> events = read(Query.of(alice, answerId), From.after(before), 1);
    assertThat(events).noneMatch(LedgerEvent.Archived.class::isInstance);
    assertThat(texts(events)).containsExactly("yes");
  }

  @Test
  void templateThatDoesNotExistYetIsNoErrorAndHidesNothing() throws Exception {
    var notYet = new TemplateId(requestId.pkg(), "Contract", "NotYet");
    var inNoPackage = notYet.in("0".repeat(64));
    create("before");
    assertThat(snapshot(Query.of(alice, notYet))).isEmpty();
    var query = new Query(Set.of(alice),
        List.of(TemplatePattern.of(notYet), TemplatePattern.of(inNoPackage), TemplatePattern.of(requestId)));
    try (LedgerStream stream = ledger.open(query, From.snapshot())) {
      assertThat(texts(until(stream, LedgerEvent.SnapshotEnd.class))).containsExactly("before");
      create("after");
      assertThat(texts(transactions(stream, 1))).containsExactly("after");
    }
  }

  @Test
  void submitterIsToldItsCommandId() throws Exception {
    Offset before = ledger.end();
    String commandId = commandId();
    assertThat(
        ledger.submit(new Submission(commandId, alice, List.of(Command.create(requestId, request(alice, bob, "x"))))))
        .isInstanceOf(SubmitResult.Accepted.class);
    assertThat(read(Query.all(alice), From.after(before), 1).getFirst())
        .isInstanceOfSatisfying(LedgerEvent.TransactionBegin.class, begin -> {
          assertThat(begin.commandId()).contains(commandId);
          assertThat(begin.transactionId()).isNotEmpty();
        });
  }

  @Test
  void readWaitsForNewsAndIsEmptyWithoutAny() throws Exception {
    try (LedgerStream stream = ledger.open(Query.all(carol), From.after(ledger.end()))) {
      assertThat(stream.read(10, SHORT)).allMatch(LedgerEvent.Checkpoint.class::isInstance);
      Party signatory = carol;
      Thread writer = Thread.ofVirtual()
          .start(() -> accepted(signatory, Command.create(requestId, request(signatory, bob, "news"))));
      assertThat(texts(transactions(stream, 1))).containsExactly("news");
      writer.join();
    }
  }

  @Test
  void closedStreamReadsNoMore() {
    LedgerStream stream = ledger.open(Query.all(alice), From.snapshot());
    stream.close();
    assertThatThrownBy(() -> stream.read(1, SHORT)).isInstanceOf(FairwayException.class);
  }

  @Test
  void offsetPastTheEndIsRefused() {
    assertThatThrownBy(() -> {
      try (LedgerStream stream = ledger.open(Query.all(alice), From.after(new Offset("999999999999")))) {
        stream.read(1, WAIT);
      }
    }).isInstanceOf(FairwayException.class);
  }
}
