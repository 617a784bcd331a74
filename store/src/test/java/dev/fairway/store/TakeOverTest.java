package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.Journal;
import dev.fairway.core.journal.Journal.Start;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.work.FailureClass;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.WorkKind;
import dev.fairway.core.work.WorkQueue.Demand;
import dev.fairway.core.work.WorkQueue.Lease;
import dev.fairway.testing.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two processes on one PostgreSQL, of which one is heard of no more: the other has what it held as soon as the lease has run
 * out, and not a microsecond before. The time is that of the clock leases are written by, however busy the machine is.
 */
class TakeOverTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration WORK_LEASE = Duration.ofSeconds(30);
  private static final Duration FOLLOWER_LEASE = Duration.ofSeconds(15);
  private static final Duration MICROSECOND = Duration.ofNanos(1_000);
  private static final WorkKind<String> JOB = WorkKind.of("test.job", JsonCodec.of(String.class));

  private final TestClock clock = new TestClock();
  private final StorageConfig.Postgres config = PostgresServer.database(List.of());
  private final SqlStore dead = SqlStore.open(config, clock, List.of());
  private final SqlStore living = SqlStore.open(config, clock, List.of());

  @AfterEach
  void close() {
    dead.close();
    living.close();
  }

  private static List<Lease> lease(SqlStore store) {
    return store.work().lease(List.of(new Demand(JOB.name(), 1, WORK_LEASE)), 1);
  }

  @Test
  void workIsTakenOverWhenItsLeaseHasRunOutAndNotBefore() {
    dead.run(tx -> tx.enqueue(NewWork.of(JOB, "unload")));
    assertThat(lease(dead)).hasSize(1);
    clock.advance(WORK_LEASE.minus(MICROSECOND));
    assertThat(living.work().takeBack()).isZero();
    assertThat(lease(living)).isEmpty();
    clock.advance(MICROSECOND);
    assertThat(living.work().takeBack()).isEqualTo(1);
    assertThat(lease(living)).singleElement().satisfies(lease -> {
      assertThat(lease.attempt()).isEqualTo(2);
      assertThat(lease.previous()).contains(FailureClass.AMBIGUOUS);
    });
  }

  @Test
  void aFollowerIsTakenOverWhenItsLeaseHasRunOutAndNotBeforeAndGoesOnWhereItStopped() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    Journal.Follower first = dead.journal().follow("f", Start.BEGINNING, noting("dead", seen));
    tell("one");
    await().atMost(SOON).until(() -> seen.size() == 1);
    // Its thread ends as with its process; nobody gives its lease back.
    first.close();
    assertThat(leasedUntil()).isEqualTo(Micros.of(clock.instant().plus(FOLLOWER_LEASE)));
    tell("two");
    // By hand: a follower's own thread tries again only every few seconds of the machine's time.
    SqlFollower second = ((SqlJournal) living.journal()).follower("f", Start.BEGINNING,
        events -> tx -> noting("living", seen).apply(tx, events));
    clock.advance(FOLLOWER_LEASE.minus(MICROSECOND));
    assertThat(second.leads()).isFalse();
    clock.advance(MICROSECOND);
    assertThat(second.leads()).isTrue();
    assertThat(second.turn()).isEqualTo(1);
    assertThat(second.offset()).isEqualTo(2);
    assertThat(seen).containsExactly("dead one", "living two");
  }

  private static Journal.Handler noting(String who, List<String> seen) {
    return (tx, events) -> tx
        .afterCommit(() -> events.stream().map(Event::subject).forEach(subject -> seen.add(who + " " + subject)));
  }

  private void tell(String subject) {
    living.run(tx -> tx.append(new NewEvent("test.told", subject, "{}")));
  }

  private long leasedUntil() {
    return living.read(view -> Sql.on(view).createQuery("SELECT lease_until FROM journal_follower WHERE name = 'f'")
        .mapTo(Long.class).one());
  }
}
