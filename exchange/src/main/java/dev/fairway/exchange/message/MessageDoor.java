package dev.fairway.exchange.message;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.LegacyError;
import dev.fairway.web.Route;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** The Message API. Bodies, statuses and errors are those of the old API, faults excepted. */
public final class MessageDoor {
  /** Five fields at their longest, escaped, and some room. */
  private static final long LARGEST_BODY = 64 << 10;
  private static final int PAGE = 50;
  private static final int LARGEST_PAGE = 500;

  private final Messages messages;
  private final Jurisdictions jurisdictions;
  private final boolean loopback;
  private final int readStatus;

  /**
   * @param loopback whether a jurisdiction may write to itself
   * @param readStatus what a successful GET of a message answers: 201 as old clients know it, or 200
   */
  public MessageDoor(Messages messages, Jurisdictions jurisdictions, boolean loopback, int readStatus) {
    this.messages = messages;
    this.jurisdictions = jurisdictions;
    this.loopback = loopback;
    this.readStatus = readStatus;
  }

  public Door door() {
    return new Door("message", "/message-api", ErrorStyle.LEGACY, List.of(
        Route.get("", "Names the service").anyone().handle(call -> call.json(200, Map.of("service", "message"))),
        Route.post("/message", "Hands in a message").scope("igl.message.write").consumes("application/json")
            .maxBody(LARGEST_BODY).describe("""
                Answers when the message is stored and on its way. With an Idempotency-Key header, or a sender_ref in \
                the body, a resend is harmless: the same message answers 201 again, another one 409.""")
            .answers(201, "The message as stored").answers(409, "The reference stands for another message")
            .handle(this::post),
        Route.get("/message/{ref}", "Reads a message").scope("igl.message.read")
            .answers(readStatus, "The message").handle(this::get),
        Route.patch("/message/{ref}", "Approves or declines a message that arrived").scope("igl.message.status")
            .consumes("application/json").maxBody(LARGEST_BODY).answers(200, "The message").handle(this::patch),
        Route.get("/message/{ref}/journal", "Tells what happened to a message").scope("igl.message.read")
            .answers(200, "Each status with its time").handle(this::journal),
        Route.get("/messages", "Lists messages, newest first").scope("igl.message.read").query("sender", "")
            .query("receiver", "").query("subject", "").query("predicate", "a name, or its beginning and a star")
            .query("status", "pending, accepted, rejected or received").query("since", "changed after this instant")
            .query("cursor", "from next_cursor").query("limit", "1 to 500, usually 50").answers(200, "A page")
            .handle(this::list)));
  }

  private void post(Call call) throws IOException {
    MessageForm form = MessageForm.read(call.bytes(), jurisdictions, loopback);
    String sender = form.message().sender().code();
    if (!form.message().sender().equals(messages.own())) {
      throw LegacyError.generic(403,
          "sender must be " + messages.own() + ", the jurisdiction of this node, and is " + sender);
    }
    if (call.caller().jurisdiction().isPresent() && !call.caller().actsFor(sender)) {
      throw LegacyError.generic(403, "these credentials may not send for " + sender);
    }
    switch (messages.accept(form, call.header("Idempotency-Key").map(MessageDoor::key), call.caller().subject())) {
      case Messages.Intake.Taken(var ref, var json) -> {
        call.with("Location", call.baseUrl() + "/message-api/message/" + ref);
        link(call, ref);
        call.text(201, "application/json", json);
      }
      case Messages.Intake.Clash(var ref) -> throw LegacyError.generic(409, "sender_ref " + ref.senderRef()
          + " stands for another message; send the same message or choose another reference");
    }
  }

  private static String key(String header) {
    if (header.isBlank() || header.length() > 255 || header.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
      throw LegacyError.generic(400, "Idempotency-Key must have 1 to 255 visible ASCII characters");
    }
    return header;
  }

  private void get(Call call) throws IOException {
    MessageRef ref = ref(call);
    StoredMessage message = messages.find(ref).orElseThrow(() -> unknown(ref.toString()));
    link(call, ref);
    call.with("ETag", "\"" + message.version() + "\"");
    call.text(readStatus, "application/json", MessageJson.whole(message));
  }

  private void patch(Call call) throws IOException {
    JsonNode body = MessageForm.object(call.bytes());
    Optional<MessageStatus> status = status(body.get("status"));
    MessageRef ref = ref(call);
    Messages.Review review = messages.review(ref, status, text(body.get("channel_id")),
        text(body.get("channel_txn_id")), call.header("If-Match").map(MessageDoor::version), call.caller().subject());
    switch (review) {
      case Messages.Review.Done(var message) -> {
        call.with("ETag", "\"" + message.version() + "\"");
        call.text(200, "application/json", MessageJson.whole(message));
      }
      case Messages.Review.NoSuchMessage() -> throw unknown(ref.toString());
      case Messages.Review.Final(var now) ->
        throw LegacyError.generic(409, "Message status is final: " + now.wire());
      case Messages.Review.OneKeyOnly() ->
        throw LegacyError.generic(400, "Message channel_id and channel_txn_id should be only set together.");
      case Messages.Review.AlreadyCarried() -> throw LegacyError.generic(409, "");
      case Messages.Review.Stale(var version) ->
        throw LegacyError.generic(412, "the message has changed; its ETag is \"" + version + "\"");
      case Messages.Review.NotTheirs(var why) -> throw LegacyError.generic(403, why);
    }
  }

  private static Optional<MessageStatus> status(@org.jspecify.annotations.Nullable JsonNode value) {
    boolean absent = value == null || value.isNull() || (value.isString() && value.stringValue().isEmpty())
        || (value.isBoolean() && !value.booleanValue()) || (value.isNumber() && value.doubleValue() == 0)
        || (value.isContainer() && value.isEmpty());
    if (absent || value == null) {
      return Optional.empty();
    }
    return Optional.of(value).filter(JsonNode::isString).flatMap(word -> MessageStatus.ofWire(word.stringValue()))
        .filter(status -> status == MessageStatus.ACCEPTED || status == MessageStatus.REJECTED).map(Optional::of)
        .orElseThrow(() -> new LegacyError(400, "UnexpectedMessageStatusError",
            "Unexpected message status value: " + Shown.of(value),
            List.of(Json.object().put("value", Shown.of(value)).set("expected",
                Json.array().add("accepted").add("rejected").addNull()))));
  }

  private static Optional<String> text(@org.jspecify.annotations.Nullable JsonNode value) {
    return Optional.ofNullable(value).filter(node -> !node.isNull()).map(Shown::of).filter(text -> !text.isEmpty());
  }

  private static int version(String etag) {
    try {
      return Integer.parseInt(etag.replace("\"", "").strip());
    } catch (NumberFormatException notOurs) {
      return -1;
    }
  }

  private void journal(Call call) throws IOException {
    MessageRef ref = ref(call);
    Messages.Journey journey = messages.journey(ref).orElseThrow(() -> unknown(ref.toString()));
    StringWriter out = new StringWriter();
    try (JsonGenerator json = Json.mapper().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringProperty("message", ref.toString());
      json.writeArrayPropertyStart("journal");
      if (!journey.message().state().inbound()) {
        entry(json, journey.message().createdAt(), MessageState.QUEUED, "", "");
      }
      for (MessageTable.Step step : journey.steps()) {
        entry(json, step.at(), step.state(), step.actor(), step.detail());
      }
      json.writeEndArray();
      json.writeArrayPropertyStart("routing");
      for (String decision : journey.decisions()) {
        json.writeRawValue(decision);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    call.text(200, "application/json", out.toString());
  }

  private static void entry(JsonGenerator json, Instant at, MessageState state, String actor, String detail) {
    json.writeStartObject();
    json.writeStringProperty("date", at.toString());
    json.writeStringProperty("status", state.status().wire());
    json.writeStringProperty("state", state.name().toLowerCase(java.util.Locale.ROOT));
    if (!actor.isEmpty()) {
      json.writeStringProperty("actor", actor);
    }
    if (!detail.isEmpty()) {
      json.writeStringProperty("detail", detail);
    }
    json.writeEndObject();
  }

  private void list(Call call) throws IOException {
    Optional<MessageStatus> status = call.query("status")
        .map(word -> MessageStatus.ofWire(word).orElseThrow(() -> bad("status must be one of "
            + Arrays.stream(MessageStatus.values()).map(MessageStatus::wire).toList() + ", is " + Shown.of(word))));
    var filter = new MessageTable.Filter(call.query("sender"), call.query("receiver"), call.query("subject"),
        call.query("predicate"), status, Optional.empty(), call.query("since").map(MessageDoor::instant));
    Messages.Page page = messages.list(filter, call.query("cursor"), limit(call.query("limit")));
    StringWriter out = new StringWriter();
    try (JsonGenerator json = Json.mapper().createGenerator(out)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("items");
      for (StoredMessage message : page.messages()) {
        MessageJson.whole(json, message);
      }
      json.writeEndArray();
      json.writeName("next_cursor");
      json.writeString(page.next().orElse(null));
      json.writeEndObject();
    }
    call.text(200, "application/json", out.toString());
  }

  private static int limit(Optional<String> text) {
    if (text.isEmpty()) {
      return PAGE;
    }
    if (!text.get().matches("[0-9]{1,4}") || Integer.parseInt(text.get()) < 1
        || Integer.parseInt(text.get()) > LARGEST_PAGE) {
      throw bad("limit must be 1 to " + LARGEST_PAGE + ", is " + Shown.of(text.get()));
    }
    return Integer.parseInt(text.get());
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw bad("since must be an instant such as 2026-01-31T12:00:00Z, is " + Shown.of(text));
    }
  }

  private static FairwayException bad(String why) {
    return new FairwayException(ErrorCode.INVALID, why);
  }

  private static MessageRef ref(Call call) {
    try {
      return MessageRef.parse(call.param("ref"));
    } catch (IllegalArgumentException none) {
      throw unknown(Shown.of(call.param("ref")));
    }
  }

  private static LegacyError unknown(String ref) {
    return LegacyError.generic(404, "Message Not Found Error",
        "No message with that reference can be found for this auth", List.of(Map.of("reference", ref)));
  }

  /** Where a subscriber finds out about the message's status (WebSub, section 4). */
  private static void link(Call call, MessageRef ref) {
    String subscriptions = call.baseUrl("/subscription-api") + "/subscription-api";
    call.with("Link", "<" + subscriptions + "/subscriptions>; rel=\"hub\", <" + subscriptions
        + "/topics/message." + ref.senderRef() + ".status>; rel=\"self\"");
  }
}
