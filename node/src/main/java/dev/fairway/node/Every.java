package dev.fairway.node;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something again and again, with a pause in between, until it is closed. What fails is tried again next time. */
final class Every implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Every.class);

  private final Thread thread;
  private boolean failing;

  private Every(String name, Duration pause, Runnable step) {
    this.thread = Thread.ofVirtual().name(name).unstarted(() -> loop(name, pause, step));
  }

  static Every start(String name, Duration pause, Runnable step) {
    Every every = new Every(name, pause, step);
    every.thread.start();
    return every;
  }

  private void loop(String name, Duration pause, Runnable step) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Thread.sleep(pause);
        once(name, step);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void once(String name, Runnable step) {
    try {
      step.run();
      failing = false;
    } catch (RuntimeException e) {
      if (!failing) {
        LOG.warn("cannot {}; trying again until it works", name, e);
      }
      failing = true;
    }
  }

  /** Waits for a step under way. */
  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join(Duration.ofSeconds(10));
  }
}
