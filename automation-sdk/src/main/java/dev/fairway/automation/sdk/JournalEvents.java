package dev.fairway.automation.sdk;

import java.time.Instant;
import java.util.UUID;

/**
 * Handlers of what the node itself does, as its journal tells it: {@code exchange.message.received}, say. They share the
 * lane of timers and queues: never two of them at once. An event comes once, also when it happened while the integration
 * was down, usually in the journal's order; one that is put off or tried again comes after later ones. One whose handler
 * throws is tried again up to a bound, and then set aside.
 */
public interface JournalEvents {
  /**
   * Handles the events of a type that are told after the integration first ran with this version's types.
   *
   * @param type the whole type, as in {@code GET /api/journal}
   * @throws IllegalArgumentException when the type has a handler already
   */
  void on(String type, JournalHandler handler);

  /**
   * Something that happened.
   *
   * @param id the same wherever it is told
   * @param body JSON
   */
  record Told(UUID id, String type, String subject, Instant time, String body) {}

  /** What is done about it. */
  @FunctionalInterface
  interface JournalHandler {
    Response handle(Told event, Attempt attempt) throws Exception;
  }
}
