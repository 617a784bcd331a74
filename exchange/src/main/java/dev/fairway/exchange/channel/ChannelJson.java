package dev.fairway.exchange.channel;

import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.web.Json;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Messages as the Channel API writes them. */
public final class ChannelJson {
  private ChannelJson() {}

  /** Five fields, and the sender's reference where the endpoint knows what it is: two old ones refuse what they do not. */
  public static ObjectNode posting(Envelope envelope, boolean withReference) {
    ObjectNode json = message(envelope.message());
    if (withReference) {
      envelope.senderRef().ifPresent(ref -> json.put("sender_ref", ref));
    }
    return json;
  }

  public static ObjectNode message(Message message) {
    return Json.object().put("sender", message.sender().code()).put("receiver", message.receiver().code())
        .put("subject", message.subject()).put("obj", message.obj()).put("predicate", message.predicate());
  }

  /** As answered to a reader; the id is a number where the endpoint's clients know it as one. */
  public static ObjectNode whole(ChannelMessage shown, boolean numericId) {
    ObjectNode json = Json.object();
    if (numericId) {
      json.put("id", Long.parseLong(shown.id()));
    } else {
      json.put("id", shown.id());
    }
    json.put("status", shown.status().wire()).set("message", message(shown.message()));
    shown.senderRef().ifPresent(ref -> json.put("sender_ref", ref));
    return json.put("updated_at", shown.updatedAt().toString());
  }

  /** @throws IllegalArgumentException when it is no message with an id and a status */
  public static ChannelMessage message(JsonNode json) {
    // Old endpoints called it payload before they called it message.
    JsonNode fields = json.has("message") ? json.get("message") : json.path("payload");
    Message message = new Message(new Jurisdiction(text(fields, "sender")), new Jurisdiction(text(fields, "receiver")),
        text(fields, "subject"), text(fields, "obj"), text(fields, "predicate"));
    String id = id(json.get("id")).orElseThrow(() -> new IllegalArgumentException("a message has no id"));
    ChannelStatus status = status(json.get("status"))
        .orElseThrow(() -> new IllegalArgumentException("message " + id + " has no status this node knows"));
    return new ChannelMessage(id, message, status, optional(json, "sender_ref"),
        HttpChannel.instant(optional(json, "updated_at").orElse(null), Instant.EPOCH));
  }

  /** A text or a whole number; neither empty nor longer than 256 characters. */
  public static Optional<String> id(@Nullable JsonNode value) {
    if (value == null) {
      return Optional.empty();
    }
    String text = value.isString() ? value.stringValue() : value.isIntegralNumber() ? value.toString() : "";
    return text.isBlank() || text.length() > 256 ? Optional.empty() : Optional.of(text);
  }

  public static Optional<ChannelStatus> status(@Nullable JsonNode value) {
    try {
      return value != null && value.isString()
          ? Optional.of(ChannelStatus.ofWire(value.stringValue()))
          : Optional.empty();
    } catch (IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }

  private static String text(JsonNode json, String key) {
    return optional(json, key).orElseThrow(() -> new IllegalArgumentException("a message has no text " + key));
  }

  private static Optional<String> optional(JsonNode json, String key) {
    JsonNode value = json.get(key);
    return value != null && value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
  }
}
