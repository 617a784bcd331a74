package dev.fairway.connectors.process;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Kills a program that says nothing for too long. Time in which we ourselves did not listen does not count: a slow disk is
 * not the program's fault.
 */
public final class Silence implements AutoCloseable {
  private static final ScheduledExecutorService TIMER = Executors
      .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("connector-silence").factory());

  private final ScheduledFuture<?> check;
  private final long limit;
  private volatile long listeningSince;
  private volatile boolean listening;
  private volatile boolean broken;

  public Silence(Child child, Duration limit) {
    this.limit = limit.toNanos();
    long period = Math.max(10, limit.toMillis() / 10);
    check = TIMER.scheduleWithFixedDelay(() -> {
      if (listening && System.nanoTime() - listeningSince > this.limit) {
        broken = true;
        child.kill();
      }
    }, period, period, TimeUnit.MILLISECONDS);
  }

  /** We begin to wait for the program. */
  public void listen() {
    listeningSince = System.nanoTime();
    listening = true;
  }

  /** It has said something. */
  public void heard() {
    listening = false;
  }

  /** Whether it was killed for its silence. */
  public boolean broken() {
    return broken;
  }

  @Override
  public void close() {
    check.cancel(false);
  }
}
