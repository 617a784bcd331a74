package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.Journal;
import dev.fairway.core.journal.Journal.Start;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkKind;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two stores on one PostgreSQL, as two processes would have. */
class SharedPostgresTest {
  private record Job(int number) {}

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final WorkKind<Job> JOB = WorkKind.of("test.job", JsonCodec.of(Job.class));

  private final StorageConfig.Postgres config = PostgresServer.database(List.of());
  private final SqlStore one = SqlStore.open(config, Clock.systemUTC(), List.of());
  private final SqlStore two = SqlStore.open(config, Clock.systemUTC(), List.of());

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  @Test
  void workEnqueuedInOneIsSharedByBothAndRunsOnce() {
    Map<Integer, String> done = new ConcurrentHashMap<>();
    try (Workers first = workers(one, "one", done).start(); Workers second = workers(two, "two", done).start()) {
      for (int i = 0; i < 200; i++) {
        int number = i;
        one.run(tx -> {
          NewWork<Job> work = NewWork.of(JOB, new Job(number));
          tx.enqueue(number % 4 == 0 ? work.key("k" + number % 3) : work);
        });
      }
      await().atMost(SOON).until(() -> done.size() == 200);
      assertThat(first.running() + second.running()).isNotNegative();
    }
    assertThat(one.journal().end()).isEqualTo(200);
    assertThat(new WorkOverview(one).counts()).isEmpty();
  }

  private static Workers workers(SqlStore store, String name, Map<Integer, String> done) {
    Handlers handlers = new Handlers().add(JOB, delivery -> Outcome.done(tx -> {
      tx.append(new NewEvent("test.done", "" + delivery.payload().number(), "{}"));
      tx.afterCommit(() -> done.put(delivery.payload().number(), name));
    }));
    return new Workers(store.work(), handlers, Clock.systemUTC(), WorkersConfig.DEFAULT);
  }

  @Test
  void whoeverWaitsInOneIsWokenByTheOther() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> waiting = executor.submit(() -> two.journal().await(0, SOON));
      one.run(tx -> tx.append(new NewEvent("test.told", "s", "{}")));
      assertThat(waiting.get(90, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void oneProcessAtATimeFollowsUnderAName() {
    List<Long> seen = new CopyOnWriteArrayList<>();
    Journal.Handler handler = (tx, events) -> tx
        .afterCommit(() -> seen.addAll(events.stream().map(Event::offset).toList()));
    try (Journal.Follower first = one.journal().follow("f", Start.BEGINNING, handler);
        Journal.Follower second = two.journal().follow("f", Start.BEGINNING, handler)) {
      for (int i = 0; i < 20; i++) {
        SqlStore writer = i % 2 == 0 ? one : two;
        writer.run(tx -> tx.append(new NewEvent("test.told", "s", "{}")));
      }
      await().atMost(SOON).until(() -> first.offset() == 20 || second.offset() == 20);
    }
    assertThat(seen).hasSize(20).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void stepsThatHoldTheSameNameRunOneAfterAnother() throws Exception {
    one.run(tx -> Sql.on(tx).execute("CREATE TABLE seat (taken INT NOT NULL)"));
    one.run(tx -> Sql.on(tx).execute("INSERT INTO seat VALUES (0)"));
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> takers = new java.util.ArrayList<>();
      for (int i = 0; i < 40; i++) {
        SqlStore store = i % 2 == 0 ? one : two;
        takers.add(executor.submit(() -> store.write(tx -> {
          Sql.lock(tx, "seat");
          int taken = Sql.on(tx).createQuery("SELECT taken FROM seat").mapTo(Integer.class).one();
          return Sql.on(tx).createUpdate("UPDATE seat SET taken = ?").bind(0, taken + 1).execute() == 1;
        })));
      }
      for (Future<Boolean> taker : takers) {
        assertThat(taker.get(90, TimeUnit.SECONDS)).isTrue();
      }
    }
    assertThat(two.<Integer>read(view -> Sql.on(view).createQuery("SELECT taken FROM seat").mapTo(Integer.class).one()))
        .isEqualTo(40);
  }

  @Test
  void brokenConnectionsAreReplacedAndNothingIsWrittenTwice() throws SQLException {
    one.run(tx -> tx.append(new NewEvent("test.told", "before", "{}")));
    try (Connection admin = DriverManager.getConnection(config.url(), config.user(), "");
        Statement statement = admin.createStatement()) {
      statement
          .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'fairway%'");
    }
    await().atMost(SOON).ignoreExceptions().until(() -> {
      one.run(tx -> tx.append(new NewEvent("test.told", "after", "{}")));
      return true;
    });
    await().atMost(SOON).ignoreExceptions().untilAsserted(
        () -> assertThat(one.journal().read(0, 10)).extracting(Event::subject).containsExactly("before", "after"));
    await().atMost(SOON).ignoreExceptions().untilAsserted(() -> assertThat(two.journal().end()).isEqualTo(2));
  }

  @Test
  void aDatabaseThatIsNotThereIsToldWithItsUrl() {
    StorageConfig.Postgres nobody = new StorageConfig.Postgres("jdbc:postgresql://127.0.0.1:1/none", "u",
        new Secret("p"), 1, Duration.ZERO);
    assertThatThrownBy(() -> SqlStore.open(nobody, Clock.systemUTC(), List.of()))
        .isInstanceOfSatisfying(FairwayException.class, e -> {
          assertThat(e.code()).isEqualTo(ErrorCode.STORE_DOWN);
          assertThat(e).hasMessageContaining("127.0.0.1:1/none").hasMessageNotContaining("***");
        });
  }
}
