package dev.fairway.automation.sdk;

import java.time.Duration;

/**
 * Handlers of time. Timers and queues of one integration share a lane: never two of them at once. A timer has at most one
 * tick waiting; ticks that came while its handler ran, or while the node was down, are counted and not made up for.
 */
public interface Timers {
  /**
   * Calls the handler again and again, for the first time one period after the integration is ready.
   *
   * @param period at least 10 ms
   * @param label for people, and the timer's name from one start to the next: unique within the integration
   */
  void every(Duration period, String label, TickHandler handler);

  /** What a timer does. */
  @FunctionalInterface
  interface TickHandler {
    Response handle() throws Exception;
  }
}
