package dev.fairway.testing.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.Journal;
import dev.fairway.core.journal.Journal.Start;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.testing.TestClock;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Journal} promises. */
public abstract class JournalContract {
  private static final Duration SOON = Duration.ofSeconds(30);

  protected final TestClock clock = new TestClock();
  private Store store;
  private Journal journal;

  /** A store whose journal is empty; called once for each test. */
  protected abstract Store open(Clock clock) throws IOException;

  @BeforeEach
  void openJournal() throws IOException {
    store = open(clock);
    journal = store.journal();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void anEmptyJournalEndsAtZero() {
    assertThat(journal.end()).isZero();
    assertThat(journal.read(0, 10)).isEmpty();
  }

  @Test
  void eventsComeBackAsTheyWereTold() {
    store.run(tx -> tx.append(new NewEvent("contract.told", "AU:1", "{\"a\":\"ü\"}")));
    assertThat(journal.read(0, 10)).singleElement().satisfies(event -> {
      assertThat(event.offset()).isEqualTo(1);
      assertThat(event.type()).isEqualTo("contract.told");
      assertThat(event.subject()).isEqualTo("AU:1");
      assertThat(event.body()).isEqualTo("{\"a\":\"ü\"}");
      assertThat(event.time()).isEqualTo(clock.instant());
    });
    assertThat(journal.end()).isEqualTo(1);
  }

  @Test
  void readingGoesOnFromAnOffset() {
    tell(5);
    assertThat(offsets(journal.read(0, 2))).containsExactly(1L, 2L);
    assertThat(offsets(journal.read(2, 2))).containsExactly(3L, 4L);
    assertThat(offsets(journal.read(4, 2))).containsExactly(5L);
    assertThat(journal.read(5, 2)).isEmpty();
  }

  @Test
  void theIdOfAnEventIsItsOwnAndStays() {
    tell(3);
    assertThat(journal.read(0, 10).stream().map(Event::id).distinct()).hasSize(3);
    assertThat(journal.read(0, 10)).isEqualTo(journal.read(0, 10));
  }

  @Test
  void theNewestAboutASubjectAreFoundOldestFirst() {
    for (int i = 1; i <= 6; i++) {
      String subject = i % 2 == 0 ? "even" : "odd";
      store.run(tx -> tx.append(new NewEvent("contract.told", subject, "{}")));
    }
    assertThat(offsets(journal.about("even", 2))).containsExactly(4L, 6L);
    assertThat(journal.about("neither", 2)).isEmpty();
  }

  @Test
  void offsetsHaveNoGapsAndNothingAppearsBehindWhatWasSeen() throws Exception {
    int writers = 8;
    int each = 60;
    List<Long> seen = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> tasks = new ArrayList<>();
      for (int w = 0; w < writers; w++) {
        tasks.add(executor.submit(() -> {
          for (int i = 0; i < each; i++) {
            boolean fails = i % 5 == 4;
            try {
              store.run(tx -> {
                tx.append(new NewEvent("contract.told", "s", "{}"));
                if (fails) {
                  throw new IllegalArgumentException("own");
                }
              });
            } catch (IllegalArgumentException e) {
              assertThat(fails).isTrue();
            }
          }
          return true;
        }));
      }
      long expected = (long) writers * each * 4 / 5;
      long last = 0;
      while (last < expected) {
        assertThat(journal.await(last, SOON)).isTrue();
        for (Event event : journal.read(last, 1_000)) {
          seen.add(event.offset());
          last = event.offset();
        }
      }
      for (Future<Boolean> task : tasks) {
        assertThat(task.get(30, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(seen).containsExactlyElementsOf(LongStream.rangeClosed(1, expected).boxed().toList());
    }
  }

  @Test
  void whoeverWaitsIsWokenByAnEvent() throws Exception {
    assertThat(journal.await(0, Duration.ofMillis(1))).isFalse();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> waiting = executor.submit(() -> journal.await(0, SOON));
      tell(1);
      assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(journal.await(0, Duration.ZERO)).isTrue();
    assertThat(journal.await(1, Duration.ofMillis(1))).isFalse();
  }

  @Test
  void aNewFollowerBeginsWhereItIsToldTo() throws Exception {
    tell(3);
    List<Long> all = new CopyOnWriteArrayList<>();
    List<Long> fresh = new CopyOnWriteArrayList<>();
    try (Journal.Follower a = journal.follow("all", Start.BEGINNING, (tx, events) -> all.addAll(offsets(events)));
        Journal.Follower b = journal.follow("fresh", Start.END, (tx, events) -> fresh.addAll(offsets(events)))) {
      tell(1);
      await().atMost(SOON).until(() -> a.offset() == 4 && b.offset() == 4);
    }
    assertThat(all).containsExactly(1L, 2L, 3L, 4L);
    assertThat(fresh).containsExactly(4L);
  }

  @Test
  void aFollowerGoesOnWhereItStopped() {
    tell(2);
    List<Long> seen = new CopyOnWriteArrayList<>();
    followUntil(2, seen);
    tell(2);
    followUntil(4, seen);
    assertThat(seen).containsExactly(1L, 2L, 3L, 4L);
  }

  private void followUntil(long offset, List<Long> seen) {
    try (Journal.Follower follower = journal.follow("f", Start.BEGINNING,
        (tx, events) -> tx.afterCommit(() -> seen.addAll(offsets(events))))) {
      await().atMost(SOON).until(() -> follower.offset() == offset);
    }
  }

  @Test
  void whatAHandlerWritesAndItsPlaceAreWrittenTogether() {
    tell(10);
    AtomicBoolean fail = new AtomicBoolean(true);
    try (Journal.Follower follower = journal.follow("f", Start.BEGINNING, (tx, events) -> {
      for (Event event : events) {
        if (event.type().equals("contract.told")) {
          tx.append(new NewEvent("contract.echo", "of " + event.offset(), "{}"));
          if (event.offset() == 7 && fail.get()) {
            throw new IOException("seven is not for me");
          }
        }
      }
    })) {
      await().atMost(SOON).until(() -> follower.trouble().isPresent());
      assertThat(follower.trouble().orElseThrow()).contains("seven is not for me");
      fail.set(false);
      await().atMost(SOON).until(() -> follower.offset() == 20);
      assertThat(follower.trouble()).isEmpty();
    }
    List<String> echoes = journal.read(0, 100).stream().filter(event -> event.type().equals("contract.echo"))
        .map(Event::subject).toList();
    assertThat(echoes).doesNotHaveDuplicates().hasSize(10);
  }

  @Test
  void aPlanIsMadeOfABatchAndWrittenWithItsPlace() {
    tell(10);
    AtomicBoolean fail = new AtomicBoolean(true);
    try (Journal.Follower follower = journal.follow("f", Start.BEGINNING, (Journal.Plan) events -> {
      List<NewEvent> echoes = events.stream().filter(event -> event.type().equals("contract.told"))
          .map(event -> new NewEvent("contract.echo", "of " + event.offset(), "{}")).toList();
      if (fail.get()) {
        throw new IOException("no plan for " + events.size());
      }
      return tx -> echoes.forEach(tx::append);
    })) {
      await().atMost(SOON).until(() -> follower.trouble().orElse("").contains("no plan for"));
      fail.set(false);
      await().atMost(SOON).until(() -> follower.offset() == 20);
    }
    assertThat(journal.read(0, 100).stream().filter(event -> event.type().equals("contract.echo")).map(Event::subject))
        .doesNotHaveDuplicates().hasSize(10);
  }

  @Test
  void oneProcessFollowsUnderANameOnce() {
    try (Journal.Follower follower = journal.follow("f", Start.END, (tx, events) -> {})) {
      assertThatThrownBy(() -> journal.follow("f", Start.END, (tx, events) -> {}))
          .isInstanceOf(IllegalStateException.class).hasMessageContaining("f");
      assertThat(follower.trouble()).isEmpty();
    }
  }

  @Test
  void retentionTakesOldEventsAndReadersBehindItAreTold() {
    tell(3);
    clock.advance(Duration.ofDays(1));
    tell(2);
    assertThat(journal.trim(clock.instant())).isEqualTo(3);
    assertThat(journal.trim(clock.instant())).isZero();
    assertThatThrownBy(() -> journal.read(0, 10)).isInstanceOfSatisfying(FairwayException.class, e -> {
      assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
      assertThat(e).hasMessageContaining("4");
    });
    assertThat(offsets(journal.read(3, 10))).containsExactly(4L, 5L);
    assertThat(journal.end()).isEqualTo(5);
  }

  @Test
  void offsetsGoOnAfterEverythingWasTrimmed() {
    tell(3);
    clock.advance(Duration.ofDays(1));
    assertThat(journal.trim(clock.instant())).isEqualTo(3);
    tell(1);
    assertThat(offsets(journal.read(3, 10))).containsExactly(4L);
    List<Long> seen = new CopyOnWriteArrayList<>();
    try (Journal.Follower follower = journal.follow("late", Start.BEGINNING,
        (tx, events) -> seen.addAll(offsets(events)))) {
      await().atMost(SOON).until(() -> follower.offset() == 4);
    }
    assertThat(seen).containsExactly(4L);
  }

  @Test
  void retentionLeavesWhatAFollowerHasNotSeen() {
    tell(2);
    followUntil(2, new CopyOnWriteArrayList<>());
    tell(2);
    clock.advance(Duration.ofDays(1));
    assertThat(journal.trim(clock.instant())).isEqualTo(2);
    assertThat(offsets(journal.read(2, 10))).containsExactly(3L, 4L);
  }

  private void tell(int events) {
    for (int i = 0; i < events; i++) {
      store.run(tx -> tx.append(new NewEvent("contract.told", "s", "{}")));
    }
  }

  private static List<Long> offsets(List<Event> events) {
    return events.stream().map(Event::offset).toList();
  }
}
