package dev.fairway.automation.sdk;

import java.time.Instant;
import java.util.UUID;

/**
 * Handlers of what the node itself does, as its journal tells it: {@code exchange.message.received}, say. They share the
 * lane of timers and queues: never two of them at once. An event comes once, also when it happened while the integration
 * was down, in the {@link Order} that was asked for. One whose handler throws is tried again up to a bound, and then set
 * aside; later ones go on.
 *
 * <p>An integration is told what the node's doors tell, as it works for the node's jurisdiction. Of what concerns
 * integrations ({@code automation.…}), their requests ({@code request.…}) and pieces of work ({@code work.…}) it is told its
 * own alone. Of commands that were set aside (work of the kind {@code automation.submit}) nobody is told so; those that the
 * ledger refused are told to the {@link LedgerEvents.Contracts#onRejected} of a contract's handler.
 */
public interface JournalEvents {
  /** In what order events come. One that was set aside and is released by an operator comes then, whatever the order. */
  enum Order {
    /** Usually the journal's; an event that is put off or tried again comes after later ones. */
    ANY,
    /** The journal's for each subject: one that is tried again holds back later ones of its subject, of all types so ordered. */
    BY_SUBJECT,
    /** The journal's: one that is tried again holds back all later ones of all types so ordered. */
    STRICT
  }

  /** Handles the events of a type in {@link Order#ANY any order}. */
  default void on(String type, JournalHandler handler) {
    on(type, Order.ANY, handler);
  }

  /**
   * Handles the events of a type that are told after the integration first ran with this version's types.
   *
   * @param type the whole type, as in {@code GET /api/journal}
   * @throws IllegalArgumentException when the type has a handler already
   */
  void on(String type, Order order, JournalHandler handler);

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
