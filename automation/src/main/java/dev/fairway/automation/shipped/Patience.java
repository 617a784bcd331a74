package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.MessageSink;
import dev.fairway.core.FairwayException;
import java.time.Duration;

/** How a task hands over what it read: it waits while the queue is full, so that the other side has to wait. */
final class Patience {
  private static final Duration FULL = Duration.ofMillis(200);

  private Patience() {}

  static void put(MessageSink sink, String queue, String message) throws InterruptedException {
    while (true) {
      try {
        sink.put(queue, message);
        return;
      } catch (FairwayException e) {
        if (!e.code().retriable()) {
          throw e;
        }
        Thread.sleep(FULL);
      }
    }
  }
}
