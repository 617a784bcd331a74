package dev.fairway.exchange;

import dev.fairway.core.journal.Event;
import dev.fairway.web.Json;
import dev.fairway.websub.hub.Publication;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What subscribers are told of the journal's events. Whoever subscribed to a predicate gets the message itself, once,
 * when it is taken in or arrives; under {@code message.} and {@code subject.} only references are told, and the subscriber
 * reads the message.
 */
public final class Publications implements Publication.Mapping {
  private static final String MESSAGE = "exchange.message.";

  @Override
  public List<Publication> of(Event event) {
    if (!event.type().startsWith(MESSAGE)) {
      return List.of();
    }
    Telling telling = new Telling(event);
    switch (event.type().substring(MESSAGE.length())) {
      case "accepted", "received" -> telling.whole().light("received").subject("created");
      case "sent" -> telling.light("status").light("channel." + telling.text("channel_status")).subject("status");
      case "confirmed" -> telling.light("channel." + telling.text("channel_status"));
      case "rejected", "status" -> telling.light("status").subject("status");
      case "undeliverable" ->
        telling.light("status").light("channel." + telling.text("channel_status")).subject("status");
      case "revoked" -> telling.light("revoked").light("channel." + telling.text("channel_status"));
      case "documents" -> telling.light("documents");
      default -> {
        // Not for subscribers.
      }
    }
    return telling.publications;
  }

  /** Gathers what is told of one event. */
  private static final class Telling {
    private final JsonNode message;
    private final List<Publication> publications = new ArrayList<>();

    Telling(Event event) {
      message = Json.parse(event.body());
    }

    String text(String member) {
      return message.path(member).asString("");
    }

    /** The message without its status, under its predicate. */
    Telling whole() {
      ObjectNode body = Json.object();
      for (String member : new String[]{"sender", "receiver", "subject", "obj", "predicate", "sender_ref"}) {
        body.put(member, text(member));
      }
      publications.add(Publication.json(text("predicate"), body.toString()));
      return this;
    }

    Telling light(String what) {
      return light("message." + text("sender_ref") + "." + what, publications.size());
    }

    /** A subject's own dots would make parts, so they are told as dashes. */
    Telling subject(String what) {
      return light("subject." + text("subject").replace('.', '-') + "." + what, publications.size());
    }

    private Telling light(String topic, int at) {
      publications.add(at, Publication.json(topic, Json.object().put("predicate", topic)
          .put("sender_ref", text("sender") + ":" + text("sender_ref")).toString()));
      return this;
    }
  }
}
