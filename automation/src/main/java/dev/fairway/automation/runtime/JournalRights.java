package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.Event;

/**
 * Which events of the node's journal an integration may be told of. What the node's doors tell is for everybody who works for
 * the node's jurisdiction, as its messages and documents are. What concerns integrations, their requests and their work is
 * for the integration concerned alone: another may act for another party. Of what is left, its operator may leave it less.
 */
final class JournalRights {
  private final String integration;
  private final HeardKinds heard;

  JournalRights(String integration, HeardKinds heard) {
    this.integration = integration;
    this.heard = heard;
  }

  /** Whether its operator leaves it events of this type at all. */
  boolean leave(String type) {
    return heard.cover(type);
  }

  boolean allow(Event event) {
    return leave(event.type()) && concerns(event);
  }

  private boolean concerns(Event event) {
    String type = event.type();
    String door = type.substring(0, Math.max(0, type.indexOf('.')));
    return switch (door) {
      case "automation" -> event.subject().equals(integration);
      case "request" -> told(event, "integration").equals(integration);
      // The kinds of an integration's work begin with its name; commands on their way to a ledger are nobody's.
      case "work" -> told(event, "kind").startsWith("automation." + integration + ".");
      default -> true;
    };
  }

  /* Empty where the event does not say, so that what is not known to be its own is not told. */
  private static String told(Event event, String field) {
    try {
      return StoredValue.parse(event.body()).path(field).asString("");
    } catch (FairwayException e) {
      return "";
    }
  }
}
