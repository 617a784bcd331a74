package dev.fairway.automation.sdk;

/** Puts messages on an integration's own queues. */
public interface MessageSink {
  /**
   * Puts a message on a queue. When it returns, the message survives a crash, unless the queue is kept in memory.
   *
   * @param message at most 1 MiB as UTF-8
   * @throws dev.fairway.core.FairwayException with {@code NOT_FOUND} when there is no such queue, {@code BUSY} when it is
   * full; the message is then not on it
   */
  void put(String queue, String message);

  /** Puts a message on the queue {@code default}. */
  default void put(String message) {
    put(Queues.DEFAULT, message);
  }
}
