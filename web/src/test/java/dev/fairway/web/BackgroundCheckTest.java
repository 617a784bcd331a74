package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class BackgroundCheckTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Semaphore mayEnd = new Semaphore(0);
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicReference<String> finding = new AtomicReference<>("");
  private final BackgroundCheck check = new BackgroundCheck(() -> {
    looks.incrementAndGet();
    mayEnd.acquire();
    return Optional.of(finding.get()).filter(text -> !text.isEmpty());
  });

  @Test
  void aLookThatEndsAtOnceIsAnswered() throws Exception {
    mayEnd.release();
    await().atMost(LONG).until(() -> check.trouble().isEmpty());
    assertThat(looks).hasPositiveValue();
  }

  @Test
  void untilTheFirstLookHasEndedTheNodeIsNotReady() throws Exception {
    assertThat(check.trouble()).contains("not looked at yet");
    assertThat(check.trouble()).contains("not looked at yet");
    await().atMost(LONG).until(() -> looks.get() == 1);
    mayEnd.release();
    await().atMost(LONG).until(() -> check.trouble().isEmpty());
  }

  @Test
  void nobodyWaitsForALookThatTakesLongAndItsFindingIsToldWhenItHasEnded() throws Exception {
    mayEnd.release();
    await().atMost(LONG).until(() -> check.trouble().isEmpty());
    finding.set("the bucket is full");
    // Nothing lets this look end, so an answer shows that it is not waited for.
    assertThat(check.trouble()).isEmpty();
    mayEnd.release(1_000);
    await().atMost(LONG).until(() -> check.trouble().equals(Optional.of("the bucket is full")));
  }

  @Test
  void aLookThatFailsIsATrouble() throws Exception {
    BackgroundCheck failing = new BackgroundCheck(() -> {
      throw new IllegalStateException("no such bucket");
    });
    await().atMost(LONG).until(() -> failing.trouble().equals(Optional.of("no such bucket")));
  }

  @Test
  void aFailureWithoutAMessageIsPutIntoWords() {
    Health.Check silent = () -> {
      throw new TimeoutException();
    };
    BackgroundCheck failing = new BackgroundCheck(silent);
    await().atMost(LONG).until(() -> failing.trouble().equals(Optional.of("it did not answer in time")));
    Health health = new Health();
    health.register("bucket", silent);
    assertThat(health.troubles()).containsEntry("bucket", "it did not answer in time");
  }
}
