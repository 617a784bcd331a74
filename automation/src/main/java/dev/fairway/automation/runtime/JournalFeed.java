package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.sdk.JournalEvents;
import dev.fairway.automation.sdk.JournalEvents.Order;
import dev.fairway.automation.sdk.Queues;
import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.Journal;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Brings events of the node's journal to an integration, as far as it has {@linkplain JournalRights the right} to be told:
 * each becomes a message on a queue that is named by its type, in the transaction that moves the integration's place in the
 * journal, and so once. While the integration's queues are full the journal waits.
 */
final class JournalFeed {
  private static final Logger LOG = LoggerFactory.getLogger(JournalFeed.class);
  private static final String QUEUE = "journal ";

  private final Store store;
  private final String integration;
  private final Lane lane;
  private final Map<String, Order> types;
  private final JournalRights rights;
  private Journal.@Nullable Follower follower;

  JournalFeed(Store store, String integration, Lane lane, Map<String, Order> types, JournalRights rights) {
    this.store = store;
    this.integration = integration;
    this.lane = lane;
    this.types = types;
    this.rights = rights;
  }

  /** On which queue the events of a type wait. */
  static String queue(String type) {
    return QUEUE + type;
  }

  /** A handler of messages that were events. */
  static Queues.MessageHandler reading(JournalEvents.JournalHandler handler) {
    return (message, attempt) -> {
      JsonNode told = StoredValue.parse(message);
      return handler.handle(new JournalEvents.Told(UUID.fromString(told.path("id").asString()),
          told.path("type").asString(), told.path("subject").asString(), Instant.parse(told.path("time").asString()),
          told.path("body").asString()), attempt);
    };
  }

  synchronized void open() {
    if (!types.isEmpty() && follower == null) {
      types.keySet().stream().filter(type -> !rights.leave(type)).forEach(type -> LOG.warn(
          "is not told what it asks for, its rights leave it out integration={} kind={} setting=automation.rights.{}.journal",
          integration, type, integration));
      follower = store.journal().follow("automation." + integration, Journal.Start.END, this::take);
    }
  }

  private void take(Transaction tx, List<Event> events) throws SQLException {
    for (Event event : events) {
      Order order = types.get(event.type());
      if (order != null && rights.allow(event)) {
        lane.take(tx, queue(event.type()), stream(event, order), message(event));
      }
    }
  }

  /** Whose order an event keeps to: one by one with all others of the stream, which may be of other types. */
  static Optional<String> stream(Event event, Order order) {
    return switch (order) {
      case ANY -> Optional.empty();
      case BY_SUBJECT -> Optional.of("journal/" + event.subject());
      case STRICT -> Optional.of("journal");
    };
  }

  private static String message(Event event) {
    return StoredValue.text(StoredValue.object().put("id", event.id().toString()).put("type", event.type())
        .put("subject", event.subject()).put("time", event.time().toString()).put("body", event.body()));
  }

  synchronized void close() {
    if (follower != null) {
      follower.close();
      follower = null;
    }
  }
}
