package dev.fairway.automation.sdk;

/**
 * Handlers of the integration's own queues: what one handler leaves for later, or a {@link Events#task} hands over. Timers
 * and queues of one integration share a lane: never two of them at once. A message whose handler throws is tried again
 * later, up to a bound, and then set aside as a dead letter.
 */
public interface Queues {
  /** The queue when no name is given. */
  String DEFAULT = "default";

  /**
   * Handles messages of a queue; its name is unique within the integration.
   *
   * @throws IllegalArgumentException when the queue has a handler already
   */
  void messages(String queue, MessageHandler handler);

  /** Handles messages of the queue {@link #DEFAULT}. */
  default void messages(MessageHandler handler) {
    messages(DEFAULT, handler);
  }

  /** What is done with a message. */
  @FunctionalInterface
  interface MessageHandler {
    Response handle(String message, Attempt attempt) throws Exception;
  }
}
