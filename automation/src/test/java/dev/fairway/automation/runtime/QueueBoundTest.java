package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.automation.ledger.StoreLedger;
import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.NoSettings;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.store.Store;
import dev.fairway.store.SqlStore;
import dev.fairway.store.TemporaryStore;
import dev.fairway.store.workers.Handlers;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bound on an integration's queues, with nobody there to empty them. */
@Timeout(120)
class QueueBoundTest {
  private static final int MORE_THAN_FIT = 640;

  @Test
  void twoProcessesOnOneDatabaseShareOneBound() throws Exception {
    try (var temporary = TemporaryStore.postgres(Clock.systemUTC(), "automation");
        var other = SqlStore.open(temporary.config(), Clock.systemUTC(), List.of("automation"));
        var one = automation(temporary.store());
        var two = automation(other)) {
      assertThat(put(List.of(run(one), run(two)))).isEqualTo(Lane.QUEUE_SIZE);
    }
  }

  @Test
  void oneProcessKeepsItHoweverManyPutAtOnce() throws Exception {
    try (var temporary = TemporaryStore.embedded(Clock.systemUTC(), "automation");
        var only = automation(temporary.store())) {
      RunningIntegration running = run(only);
      assertThat(put(List.of(running))).isEqualTo(Lane.QUEUE_SIZE);
      assertThat(running.lane().pending()).isEqualTo(Lane.QUEUE_SIZE);
      assertThat(running.lane().skipped()).isEqualTo(MORE_THAN_FIT - Lane.QUEUE_SIZE);
      assertThatThrownBy(() -> running.put("default", "one more")).isInstanceOf(FairwayException.class)
          .hasMessageContaining("512 are waiting");
    }
  }

  @Test
  void putThatIsCommittedTogetherWithManyMessagesDoesNotHideThem() throws Exception {
    try (var temporary = TemporaryStore.embedded(Clock.systemUTC(), "automation");
        var only = automation(temporary.store())) {
      Store store = temporary.store();
      RunningIntegration running = run(only);
      var writing = new CountDownLatch(1);
      var hold = new CountDownLatch(1);
      Thread writer = Thread.ofPlatform().start(() -> store.run(tx -> {
        writing.countDown();
        Awaitility.await().until(() -> hold.getCount() == 0);
      }));
      writing.await();
      Thread many = queued(() -> store.run(tx -> {
        for (int i = 0; i < 500; i++) {
          running.lane().take(tx, "default", Optional.empty(), "message");
        }
      }));
      Thread single = queued(() -> running.put("default", "message"));
      hold.countDown();
      for (Thread thread : List.of(writer, many, single)) {
        thread.join();
      }
      assertThat(put(List.of(running))).isEqualTo(Lane.QUEUE_SIZE - 501);
    }
  }

  private static Thread queued(Runnable write) {
    Thread thread = Thread.ofPlatform().start(write);
    eventually(() -> assertThat(thread.getState()).isIn(Thread.State.WAITING, Thread.State.TIMED_WAITING));
    return thread;
  }

  /** Puts from many threads, through each of them in turn; how many found room. */
  private static int put(List<RunningIntegration> through) throws InterruptedException {
    var taken = new AtomicInteger();
    Queue<Throwable> refused = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < MORE_THAN_FIT; i++) {
      RunningIntegration integration = through.get(i % through.size());
      threads.add(Thread.ofVirtual().start(() -> {
        try {
          integration.put("default", "message");
          taken.incrementAndGet();
        } catch (Throwable e) {
          refused.add(e);
        }
      }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(refused).hasSize(MORE_THAN_FIT - taken.get()).allSatisfy(why -> assertThat(why)
        .isInstanceOfSatisfying(FairwayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY)));
    return taken.get();
  }

  private static RunningIntegration run(Automation automation) {
    automation.offer(new AvailableType(new PackageMetadata.IntegrationType("full", "full", "full", "test", List.of(),
        Optional.empty(), Optional.empty(), Optional.empty(), List.of()), Full::new));
    return automation.start(new IntegrationConfig("full", "full", new Party("bob"), Map.of()));
  }

  private static Automation automation(Store store) {
    return new Automation(store, new Handlers(), Ledgers.of(new StoreLedger(store, List.of())), call -> {
      throw new UnsupportedOperationException("no calls to the outside here");
    }, Clock.systemUTC(), AutomationConfig.DEFAULT);
  }

  /** Has a queue. */
  private static final class Full implements Integration<NoSettings> {
    @Override
    public Class<NoSettings> settings() {
      return NoSettings.class;
    }

    @Override
    public void start(Environment<NoSettings> env, Events events) {
      events.queue().messages((message, attempt) -> Response.none());
    }
  }
}
