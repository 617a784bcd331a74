package dev.fairway.exchange.message;

import dev.fairway.core.channel.Message;
import dev.fairway.web.Json;
import java.io.StringWriter;
import tools.jackson.core.JsonGenerator;

/** Messages as JSON: the members and their order are those of the old API. */
public final class MessageJson {
  private MessageJson() {}

  /** The answer to a POST, which is also the body of the journal's event: five fields, reference and status. */
  static String accepted(Message message, String senderRef, MessageStatus status) {
    StringWriter out = new StringWriter(512);
    try (JsonGenerator json = Json.mapper().createGenerator(out)) {
      json.writeStartObject();
      fields(json, message);
      json.writeStringProperty("sender_ref", senderRef);
      json.writeStringProperty("status", status.wire());
      json.writeEndObject();
    }
    return out.toString();
  }

  /** Everything a client may know of a message. */
  public static String whole(StoredMessage message) {
    StringWriter out = new StringWriter(640);
    try (JsonGenerator json = Json.mapper().createGenerator(out)) {
      whole(json, message);
    }
    return out.toString();
  }

  static void whole(JsonGenerator json, StoredMessage stored) {
    json.writeStartObject();
    fields(json, stored.message());
    json.writeStringProperty("sender_ref", stored.ref().senderRef());
    json.writeStringProperty("status", stored.status().wire());
    stored.carriage().ifPresent(carriage -> {
      json.writeStringProperty("channel_id", carriage.channel());
      json.writeStringProperty("channel_txn_id", carriage.id());
      json.writeStringProperty("channel_status", carriage.status().wire());
    });
    json.writeStringProperty("created_at", stored.createdAt().toString());
    json.writeStringProperty("updated_at", stored.updatedAt().toString());
    json.writeEndObject();
  }

  private static void fields(JsonGenerator json, Message message) {
    json.writeStringProperty("sender", message.sender().code());
    json.writeStringProperty("receiver", message.receiver().code());
    json.writeStringProperty("subject", message.subject());
    json.writeStringProperty("obj", message.obj());
    json.writeStringProperty("predicate", message.predicate());
  }
}
