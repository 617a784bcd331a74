package dev.fairway.web;

import dev.fairway.core.Why;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A check whose look may take longer than whoever asks will wait. Asking starts a look and waits for it a moment; when it
 * takes longer, the last finding stands until there is a new one. One look is under way at a time, and none when nobody asks;
 * it has to end by itself. Safe for many threads.
 */
public final class BackgroundCheck implements Health.Check {
  private static final Duration MOMENT = Duration.ofMillis(400);

  private final Health.Check look;
  private volatile Optional<String> found = Optional.of("not looked at yet");
  private CompletableFuture<Optional<String>> latest = CompletableFuture.completedFuture(found);

  public BackgroundCheck(Health.Check look) {
    this.look = look;
  }

  @Override
  public Optional<String> trouble() throws InterruptedException, ExecutionException {
    try {
      return looking().get(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return found;
    }
  }

  private synchronized CompletableFuture<Optional<String>> looking() {
    if (latest.isDone()) {
      latest = CompletableFuture.supplyAsync(this::lookOnce, Thread.ofVirtual().name("health")::start);
    }
    return latest;
  }

  private Optional<String> lookOnce() {
    try {
      found = look.trouble();
    } catch (Exception e) {
      found = Optional.of(Why.inWords(e));
    }
    return found;
  }
}
