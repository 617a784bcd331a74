package dev.fairway.connectors.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TaskLoopTest {
  private static final Duration SOON = Duration.ofSeconds(3);
  private static final Duration HOUR = Duration.ofHours(1);
  private final BackOff backOff = new BackOff();

  @Test
  void anErrorIsAFailureAndTheTaskIsTriedAgain() {
    AtomicInteger runs = new AtomicInteger();
    TaskLoop.Step tooDeep = new TaskLoop.Step() {
      @Override
      public void run() {
        runs.incrementAndGet();
        throw new StackOverflowError("too deep");
      }

      @Override
      public void stop() {}
    };
    try (TaskLoop loop = new TaskLoop("acme/task", () -> tooDeep, Duration.ofMinutes(5), false, Clock.systemUTC())) {
      Awaitility.await().atMost(Duration.ofMinutes(1))
          .until(() -> runs.get() > 1 && loop.status().phase() == TaskLoop.Phase.FAILED);
      assertThat(loop.status().reason()).contains("StackOverflowError").contains("too deep");
    }
  }

  /** A session that lasts until it is stopped. */
  private static final class Lasting implements TaskLoop.Step {
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public void run() throws InterruptedException {
      stopped.await();
    }

    @Override
    public void stop() {
      stopped.countDown();
    }
  }

  @Test
  void aStopThatComesBetweenTheTurnAndTheSessionEndsTheSession() {
    AtomicInteger sessions = new AtomicInteger();
    Lasting lasting = new Lasting();
    AtomicReference<TaskLoop> self = new AtomicReference<>();
    TaskLoop.Step pausesItself = new TaskLoop.Step() {
      @Override
      public void run() throws Exception {
        // The loop has decided for this session, which has not begun to listen.
        Objects.requireNonNull(self.get()).pause();
        lasting.run();
      }

      @Override
      public void stop() {
        lasting.stop();
      }
    };
    try (TaskLoop loop = new TaskLoop("acme/task", () -> {
      sessions.incrementAndGet();
      return pausesItself;
    }, HOUR, true, Clock.systemUTC())) {
      self.set(loop);
      loop.resume();
      awaitPhase(loop, TaskLoop.Phase.PAUSED);
      assertThat(sessions).hasValue(1);
    }
  }

  @Test
  void whatWasPausedWhileItWaitedRunsWhenItIsResumed() {
    List<Lasting> sessions = new CopyOnWriteArrayList<>();
    try (TaskLoop loop = new TaskLoop("acme/task", () -> lasting(sessions), HOUR, false, Clock.systemUTC())) {
      awaitPhase(loop, TaskLoop.Phase.RUNNING);
      sessions.getFirst().stop();
      awaitPhase(loop, TaskLoop.Phase.WAITING);
      loop.pause();
      awaitPhase(loop, TaskLoop.Phase.PAUSED);
      loop.resume();
      awaitPhase(loop, TaskLoop.Phase.RUNNING);
      assertThat(sessions).hasSize(2);
      assertThat(sessions.getLast().stopped.getCount()).isEqualTo(1);
    }
  }

  @Test
  void aTaskThatIsPausedAndResumedInItsSessionBeginsTheNextAtOnce() {
    List<Lasting> sessions = new CopyOnWriteArrayList<>();
    try (TaskLoop loop = new TaskLoop("acme/task", () -> lasting(sessions), HOUR, false, Clock.systemUTC())) {
      awaitPhase(loop, TaskLoop.Phase.RUNNING);
      loop.pause();
      loop.resume();
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> sessions.size() == 2);
    }
  }

  private static Lasting lasting(List<Lasting> sessions) {
    Lasting session = new Lasting();
    sessions.add(session);
    return session;
  }

  private static void awaitPhase(TaskLoop loop, TaskLoop.Phase phase) {
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> loop.status().phase() == phase);
  }

  @Test
  void waitsGrowWhileSessionsFailSoon() {
    assertThat(Stream.generate(() -> backOff.after(SOON)).limit(12).map(Duration::toSeconds))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L, 300L);
    backOff.reset();
    assertThat(backOff.after(SOON)).hasSeconds(1);
  }

  @Test
  void waitsBeginAnewAfterASessionThatLasted() {
    for (int outage = 0; outage < 20; outage++) {
      assertThat(backOff.after(Duration.ofDays(7))).hasSeconds(1);
      assertThat(backOff.after(SOON)).hasSeconds(2);
      assertThat(backOff.after(BackOff.LONGEST)).hasSeconds(4);
    }
  }
}
