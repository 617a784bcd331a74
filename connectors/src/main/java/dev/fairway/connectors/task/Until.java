package dev.fairway.connectors.task;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A session that is asked to end at a time, because what it was given is of no use after it. */
public record Until(TaskLoop.Step step, Instant end, Clock clock) implements TaskLoop.Step {
  @Override
  public void run() throws Exception {
    Thread timer = Thread.ofVirtual().name("end of session").start(() -> {
      try {
        Thread.sleep(Duration.between(clock.instant(), end));
        step.stop();
      } catch (InterruptedException e) {
        // The session ended before.
      }
    });
    try {
      step.run();
    } finally {
      timer.interrupt();
    }
  }

  @Override
  public void stop() {
    step.stop();
  }
}
