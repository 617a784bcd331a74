package dev.fairway.testing.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.View;
import dev.fairway.testing.TestClock;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Store} promises. */
public abstract class StoreContract {
  protected final TestClock clock = new TestClock(Instant.parse("2026-03-01T12:00:00.123456789Z"));
  private Store store;

  /** Opens a store that nothing has been written to; called once for each test. */
  protected abstract Store open(Clock clock) throws IOException;

  @BeforeEach
  void openStore() throws IOException {
    store = open(clock);
    store
        .run(tx -> execute(tx, "CREATE TABLE IF NOT EXISTS contract_note (name TEXT PRIMARY KEY, text TEXT NOT NULL)"));
    store.run(tx -> execute(tx, "DELETE FROM contract_note"));
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void whatAStepWroteIsThereWhenItReturns() {
    store.run(tx -> put(tx, "a", "1"));
    assertThat(store.<List<String>>read(StoreContract::names)).containsExactly("a");
  }

  @Test
  void aStepAnswers() {
    assertThat(store.<Integer>write(tx -> {
      put(tx, "a", "1");
      return 7;
    })).isEqualTo(7);
  }

  @Test
  void aStepThatThrowsWritesNothingAndItsExceptionComesOutUnchanged() {
    IllegalArgumentException own = new IllegalArgumentException("own");
    AtomicInteger after = new AtomicInteger();
    assertThatThrownBy(() -> store.run(tx -> {
      put(tx, "a", "1");
      tx.append(new NewEvent("contract.note", "a", "{}"));
      tx.afterCommit(after::incrementAndGet);
      throw own;
    })).isSameAs(own);
    assertThat(store.<List<String>>read(StoreContract::names)).isEmpty();
    assertThat(store.journal().end()).isZero();
    assertThat(after).hasValue(0);
  }

  @Test
  void aStepSeesWhatEarlierStepsWrote() {
    store.run(tx -> put(tx, "a", "1"));
    assertThat(store.<List<String>>write(StoreContract::names)).containsExactly("a");
  }

  @Test
  void afterCommitRunsOnceAndBeforeTheCallerGoesOn() {
    AtomicInteger after = new AtomicInteger();
    store.run(tx -> {
      put(tx, "a", "1");
      tx.afterCommit(after::incrementAndGet);
    });
    assertThat(after).hasValue(1);
  }

  @Test
  void stepsThatThrowSpoilNothingForThoseTheyShareACommitWith() throws Exception {
    int callers = 200;
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      int number = i;
      calls.add(() -> {
        try {
          store.run(tx -> {
            put(tx, "n" + number, "x");
            tx.append(new NewEvent("contract.note", "n" + number, "{}"));
            if (number % 10 == 3) {
              throw new IllegalArgumentException("step " + number);
            }
          });
          return true;
        } catch (IllegalArgumentException e) {
          assertThat(e).hasMessage("step " + number);
          return false;
        }
      });
    }
    List<Boolean> kept = all(calls);
    assertThat(kept).hasSize(callers);
    assertThat(kept.stream().filter(k -> k).count()).isEqualTo(180);
    assertThat(store.<List<String>>read(StoreContract::names)).hasSize(180);
    assertThat(store.journal().end()).isEqualTo(180);
  }

  @Test
  void aConstraintViolatedByOneStepIsItsOwnAffair() throws Exception {
    store.run(tx -> put(tx, "taken", "first"));
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String name = i % 2 == 0 ? "taken" : "free" + i;
      calls.add(() -> {
        try {
          store.run(tx -> put(tx, name, "x"));
          return true;
        } catch (IllegalStateException e) {
          return false;
        }
      });
    }
    assertThat(all(calls).stream().filter(k -> k).count()).isEqualTo(25);
    assertThat(store.<List<String>>read(StoreContract::names)).hasSize(26);
  }

  @Test
  void countersOfManyCallersLoseNothing() throws Exception {
    store.run(tx -> put(tx, "count", "0"));
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      calls.add(() -> {
        store.run(
            tx -> execute(tx,
                "UPDATE contract_note SET text = cast(cast(text AS int) + 1 AS text) WHERE name = 'count'"));
        return true;
      });
    }
    all(calls);
    assertThat(store.<String>read(view -> text(view, "count"))).isEqualTo("300");
  }

  @Test
  void aReadSeesOneStateFromBeginningToEnd() throws Exception {
    store.run(tx -> put(tx, "a", "1"));
    CountDownLatch looked = new CountDownLatch(1);
    CountDownLatch written = new CountDownLatch(1);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Integer>> reader = executor.submit(() -> store.read(view -> {
        int before = names(view).size();
        looked.countDown();
        await(written);
        return List.of(before, names(view).size());
      }));
      await(looked);
      store.run(tx -> put(tx, "b", "2"));
      written.countDown();
      assertThat(reader.get(30, TimeUnit.SECONDS)).containsExactly(1, 1);
    }
    assertThat(store.<List<String>>read(StoreContract::names)).hasSize(2);
  }

  @Test
  void aReadCannotWrite() {
    assertThatThrownBy(() -> store.<Boolean>read(view -> {
      put(view, "a", "1");
      return true;
    })).isInstanceOf(RuntimeException.class);
    assertThat(store.<List<String>>read(StoreContract::names)).isEmpty();
  }

  @Test
  void theTimeOfAStepStandsStillAndHasMicroseconds() {
    assertThat(store.<Boolean>write(tx -> {
      Instant first = tx.now();
      clock.advance(Duration.ofSeconds(1));
      return first.equals(tx.now()) && first.equals(first.truncatedTo(ChronoUnit.MICROS));
    })).isTrue();
  }

  @Test
  void aStepCannotEndItsTransactionItself() {
    assertThatThrownBy(() -> store.run(tx -> tx.connection().commit())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.run(tx -> tx.connection().rollback())).isInstanceOf(IllegalStateException.class);
    store.run(tx -> tx.connection().close());
    store.run(tx -> put(tx, "a", "1"));
    assertThat(store.<List<String>>read(StoreContract::names)).containsExactly("a");
  }

  @Test
  void aStepThatCallsTheStoreAgainIsToldSo() {
    assertThatThrownBy(() -> store.run(tx -> store.run(inner -> put(inner, "a", "1"))))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("transaction it was given");
  }

  @Test
  void anInterruptedCallerStillLearnsTheOutcome() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> caller = executor.submit(() -> {
        Thread.currentThread().interrupt();
        store.run(tx -> put(tx, "a", "1"));
        return Thread.currentThread().isInterrupted();
      });
      assertThat(caller.get(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(store.<List<String>>read(StoreContract::names)).containsExactly("a");
  }

  @Test
  void aClosedStoreSaysSoAndMayBeClosedAgain() {
    store.close();
    assertThatThrownBy(() -> store.run(tx -> put(tx, "a", "1"))).isInstanceOfSatisfying(FairwayException.class,
        e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_DOWN));
    assertThatThrownBy(() -> store.<Boolean>read(view -> true)).isInstanceOfSatisfying(FairwayException.class,
        e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_DOWN));
    store.close();
  }

  @Test
  void aReadUnderWayWhenTheStoreIsClosedEndsAsIfItWereNot() throws Exception {
    store.run(tx -> put(tx, "a", "1"));
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<String>> read = executor.submit(() -> store.<List<String>>read(view -> {
        reading.countDown();
        await(goOn);
        return names(view);
      }));
      await(reading);
      Future<?> close = executor.submit(store::close);
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::isClosed);
      goOn.countDown();
      assertThat(read.get(30, TimeUnit.SECONDS)).containsExactly("a");
      close.get(30, TimeUnit.SECONDS);
    }
  }

  private boolean isClosed() {
    try {
      store.<Boolean>read(view -> true);
      return false;
    } catch (FairwayException e) {
      return e.code() == ErrorCode.STORE_DOWN;
    }
  }

  private static List<Boolean> all(List<Callable<Boolean>> calls) throws Exception {
    List<Boolean> answers = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> call : executor.invokeAll(calls)) {
        answers.add(call.get(60, TimeUnit.SECONDS));
      }
    }
    return answers;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void execute(View view, String sql) throws SQLException {
    try (PreparedStatement statement = view.connection().prepareStatement(sql)) {
      statement.execute();
    }
  }

  private static void put(View view, String name, String text) throws SQLException {
    try (PreparedStatement statement = view.connection()
        .prepareStatement("INSERT INTO contract_note (name, text) VALUES (?, ?)")) {
      statement.setString(1, name);
      statement.setString(2, text);
      statement.executeUpdate();
    }
  }

  private static List<String> names(View view) throws SQLException {
    try (
        PreparedStatement statement = view.connection()
            .prepareStatement("SELECT name FROM contract_note ORDER BY name");
        ResultSet rows = statement.executeQuery()) {
      List<String> names = new ArrayList<>();
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    }
  }

  private static String text(View view, String name) throws SQLException {
    try (PreparedStatement statement = view.connection()
        .prepareStatement("SELECT text FROM contract_note WHERE name = ?")) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getString(1) : "";
      }
    }
  }
}
