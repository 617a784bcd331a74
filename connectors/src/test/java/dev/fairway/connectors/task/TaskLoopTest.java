package dev.fairway.connectors.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TaskLoopTest {
  private static final Duration SOON = Duration.ofSeconds(3);
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
    try (TaskLoop loop = new TaskLoop("acme/task", tooDeep, Duration.ofMinutes(5), false, Clock.systemUTC())) {
      Awaitility.await().atMost(Duration.ofMinutes(1))
          .until(() -> runs.get() > 1 && loop.status().phase() == TaskLoop.Phase.FAILED);
      assertThat(loop.status().reason()).contains("StackOverflowError").contains("too deep");
    }
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
