package dev.fairway.exchange.endpoint;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.ChannelCapabilities;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Observation;
import dev.fairway.core.channel.PostResult;
import dev.fairway.exchange.channel.ChannelJson;
import dev.fairway.exchange.channel.OperatedChannel;
import dev.fairway.exchange.delivery.ChannelPort;
import dev.fairway.exchange.delivery.Ports;
import dev.fairway.exchange.message.PostedMessage;
import dev.fairway.exchange.simplex.IncomingChannel;
import dev.fairway.exchange.simplex.RequestSignature;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.LegacyError;
import dev.fairway.web.Route;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Channel API of each channel this node serves, under {@code /channels/{channel}}. It speaks for the node's own
 * jurisdiction: only its messages are taken, and only messages it sent or received are shown.
 */
public final class ChannelEndpoint {
  private static final String SCOPE = "igl.channel";
  private static final int PAGE = 100;
  private static final int LARGEST_PAGE = 1_000;
  /** Pages looked through for one answer when a reader asks by time. */
  private static final int LOOKED_THROUGH = 50;
  private static final DateTimeFormatter ODD_INSTANT = DateTimeFormatter.ofPattern("uuuu-MM-dd'Z'HHmmss");

  private final Ports ports;
  private final Jurisdiction own;
  private final Topics topics;

  /** Where a reader finds out about a message's changes. */
  @FunctionalInterface
  public interface Topics {
    /** The value of the {@code Link} header for a message of a channel. */
    String links(String channel, String id);
  }

  public ChannelEndpoint(Ports ports, Jurisdiction own, Topics topics) {
    this.ports = ports;
    this.own = own;
    this.topics = topics;
  }

  /** @param subscriptions the routes for subscribers of the same channels */
  public Door door(List<Route> subscriptions) {
    List<Route> routes = new ArrayList<>(List.of(
        Route.get("", "Names the endpoint and says what it can do").anyone().handle(this::index),
        Route.post("/messages", "Posts a message").scope(SCOPE).consumes("application/json").maxBody(64 << 10)
            .describe("With an Idempotency-Key, posting again has no second effect.")
            .answers(201, "Its id and status").handle(this::post),
        Route.post("/messages/incoming", "Takes a message that another endpoint hands over").anyone()
            .consumes("application/json").maxBody(64 << 10)
            .describe("For channels without a medium. Signed by the sender (RFC 9421, Ed25519) over method, path, "
                + "Content-Digest and Idempotency-Key; handing it over again has no second effect.")
            .answers(200, "Its id").handle(this::incoming),
        Route.get("/messages", "Lists new and changed messages").scope(SCOPE)
            .query("receiver", "whose messages; the endpoint's own jurisdiction")
            .query("sender", "changes of messages it sent, instead").query("updated_since", "changed after")
            .query("cursor", "next of the last page").query("limit", "1 to 1000, usually 100")
            .query("key", "the message posted with this Idempotency-Key, and no other").answers(200, "A page")
            .handle(this::list),
        Route.get("/messages/{id}", "Shows a message").scope(SCOPE).query("fields", "top-level keys, with commas")
            .answers(200, "The message").handle(this::get),
        Route.put("/messages/{id}/status", "Changes a message's status, as the medium's operator").scope("igl.admin")
            .consumes("application/x-www-form-urlencoded").answers(200, "The message").handle(this::change),
        Route.get("/participants", "Lists who takes part").scope(SCOPE).answers(200, "Their codes")
            .handle(this::participants)));
    routes.addAll(subscriptions);
    return new Door("channel", "/channels/{channel}", ErrorStyle.LEGACY, routes);
  }

  private void index(Call call) throws IOException {
    ChannelPort port = port(call);
    ChannelCapabilities can = port.channel().capabilities();
    call.json(200,
        Json.object().put("service", numeric(port) ? "shared-db-channel" : "channel").set("capabilities",
            Json.object().put("idempotent", can.idempotent()).put("sender_ref", can.carriesSenderRef())
                .put("observable", can.observable())
                .put("finality",
                    can.finality() == ChannelCapabilities.Finality.IMMEDIATE ? "immediate" : "probabilistic")
                .put("max_bytes", can.maxBytes())));
  }

  private void post(Call call) throws IOException {
    ChannelPort port = port(call);
    if (call.caller().jurisdiction().isPresent() && !call.caller().actsFor(own.code())) {
      throw LegacyError.generic(403, "these credentials may not post for " + own);
    }
    switch (PostedMessage.read(call.bytes(), own)) {
      case PostedMessage.Reading.Bad(var faults) -> call.json(400, faults);
      case PostedMessage.Reading.Good(var posted) -> post(call, port, posted);
    }
  }

  private void post(Call call, ChannelPort port, PostedMessage posted) throws IOException {
    if (!posted.message().sender().equals(own)) {
      throw LegacyError.generic(400, "message.sender != " + own);
    }
    Optional<String> key = call.header("Idempotency-Key").map(ChannelEndpoint::key);
    port.maintenance().ifPresent(why -> {
      throw LegacyError.generic(503, "the channel is in maintenance: " + why);
    });
    Envelope envelope = new Envelope(posted.message(), posted.senderRef(),
        key.orElseGet(() -> UUID.randomUUID().toString()));
    switch (port.channel().post(envelope)) {
      case PostResult.Accepted(var id, var status) -> {
        call.with("Link", topics.links(port.id(), id));
        ObjectNode answer = Json.object();
        putId(answer, port, id);
        call.json(201, answer.put("status", status.wire()).set("message", ChannelJson.message(posted.message())));
      }
      case PostResult.Refused(var reason) -> throw LegacyError
          .generic(key.isPresent() && port.channel().findByKey(envelope.idempotencyKey()).isPresent() ? 409 : 400,
              reason);
      case PostResult.Unavailable(var after, var why) -> {
        after.ifPresent(wait -> call.with("Retry-After", String.valueOf(Math.max(1, wait.toSeconds()))));
        throw LegacyError.generic(503, why);
      }
      case PostResult.Unknown(var why) -> throw LegacyError.generic(500,
          "it is not known whether the message was taken; post it again with the same Idempotency-Key: " + why);
    }
  }

  private void incoming(Call call) throws IOException {
    ChannelPort port = port(call);
    if (!(port.channel() instanceof IncomingChannel channel)) {
      throw LegacyError.generic(404, "nobody hands messages over on this channel");
    }
    port.maintenance().ifPresent(why -> {
      throw LegacyError.generic(503, "the channel is in maintenance: " + why);
    });
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : List.of("content-digest", "content-type", "idempotency-key", "signature-input", "signature")) {
      call.header(name).ifPresent(value -> headers.put(name, value));
    }
    String path = call.baseUrl().getRawPath() + call.path();
    switch (channel.take(new RequestSignature.Request(call.method(), path, headers, call.bytes()))) {
      case IncomingChannel.Taking.Taken(var id) -> call.json(200, Map.of("id", id, "status", "delivered"));
      case IncomingChannel.Taking.Refused(var status, var why) -> throw LegacyError.generic(status, why);
    }
  }

  private static String key(String header) {
    if (header.isBlank() || header.length() > 300 || header.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
      throw LegacyError.generic(400, "Idempotency-Key must have 1 to 300 visible ASCII characters");
    }
    return header;
  }

  private void get(Call call) throws IOException {
    ChannelPort port = port(call);
    Optional<ChannelMessage> found = port.channel().find(call.param("id")).filter(this::ours);
    if (found.isEmpty()) {
      call.empty(404);
      return;
    }
    call.with("Link", topics.links(port.id(), found.get().id()));
    call.json(200, fields(ChannelJson.whole(found.get(), numeric(port)), call.query("fields")));
  }

  private static ObjectNode fields(ObjectNode whole, Optional<String> wanted) {
    return wanted.map(keys -> whole.retain(List.of(keys.split(",", -1)))).orElse(whole);
  }

  private void list(Call call) throws IOException {
    ChannelPort port = port(call);
    Optional<String> key = call.query("key");
    if (key.isPresent()) {
      List<ChannelMessage> found = port.channel().findByKey(key.get()).filter(this::ours).stream().toList();
      answer(call, port, new Observation(found, "", false));
      return;
    }
    boolean sent = call.query("sender").isPresent();
    String party = call.query("sender").or(() -> call.query("receiver"))
        .orElseThrow(() -> bad("receiver must be given: " + own));
    if (!party.equals(own.code())) {
      throw LegacyError.generic(403, "this endpoint shows the messages of " + own + " only");
    }
    int limit = call.query("limit").map(ChannelEndpoint::limit).orElse(PAGE);
    String cursor = call.query("cursor").orElse("");
    Optional<Instant> since = call.query("updated_since").map(ChannelEndpoint::instant);
    answer(call, port,
        since.isEmpty() ? page(port, sent, cursor, limit) : since(port, sent, cursor, limit, since.get()));
  }

  private Observation page(ChannelPort port, boolean sent, String cursor, int limit) {
    return sent ? port.channel().observeSent(own, cursor, limit) : port.channel().observe(own, cursor, limit);
  }

  /** Messages are kept in the order of the medium, so a time is looked for from the cursor on. */
  private Observation since(ChannelPort port, boolean sent, String cursor, int limit, Instant since) {
    String place = cursor;
    Observation page = new Observation(List.of(), cursor, true);
    for (int i = 0; i < LOOKED_THROUGH && page.more(); i++) {
      page = page(port, sent, place, limit);
      place = page.next();
      List<ChannelMessage> late = page.messages().stream().filter(shown -> shown.updatedAt().isAfter(since)).toList();
      if (!late.isEmpty() || !page.more()) {
        return new Observation(late, place, page.more());
      }
    }
    return new Observation(List.of(), place, page.more());
  }

  private void answer(Call call, ChannelPort port, Observation page) throws IOException {
    ArrayNode messages = Json.array();
    page.messages().forEach(shown -> messages.add(ChannelJson.whole(shown, numeric(port))));
    ObjectNode answer = Json.object().set("messages", messages);
    if (page.next().isEmpty()) {
      answer.putNull("next");
    } else {
      answer.put("next", page.next());
    }
    call.json(200, answer.put("more", page.more()));
  }

  private void change(Call call) throws IOException {
    ChannelPort port = port(call);
    String word = call.form().get("status").orElse("");
    Optional<ChannelStatus> status = Set.of("received", "confirmed", "revoked", "undeliverable").contains(word)
        ? Optional.of(ChannelStatus.ofWire(word))
        : Optional.empty();
    if (status.isEmpty()) {
      call.json(400, Map.of("status", List.of("Invalid enum value " + cut(word))));
      return;
    }
    if (!(port.channel() instanceof OperatedChannel operated)) {
      throw LegacyError.generic(409, "nobody can change a status on this medium");
    }
    String id = call.param("id");
    operated.change(id, status.get());
    Optional<ChannelMessage> found = port.channel().find(id);
    if (found.isEmpty()) {
      call.empty(404);
      return;
    }
    call.json(200, ChannelJson.whole(found.get(), numeric(port)));
  }

  private void participants(Call call) throws IOException {
    call.json(200, port(call).participants().stream().map(Jurisdiction::code).sorted().toList());
  }

  private ChannelPort port(Call call) {
    return ports.find(call.param("channel")).filter(ChannelPort::served)
        .orElseThrow(() -> LegacyError.generic(404, "this node serves no such channel"));
  }

  private boolean ours(ChannelMessage shown) {
    return shown.message().sender().equals(own) || shown.message().receiver().equals(own);
  }

  /** Clients of shared database endpoints know ids as numbers. */
  private static boolean numeric(ChannelPort port) {
    return port.channel() instanceof OperatedChannel;
  }

  private static void putId(ObjectNode answer, ChannelPort port, String id) {
    if (numeric(port)) {
      answer.put("id", Long.parseLong(id));
    } else {
      answer.put("id", id);
    }
  }

  private static int limit(String text) {
    if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > LARGEST_PAGE) {
      throw bad("limit must be 1 to " + LARGEST_PAGE + ", is " + cut(text));
    }
    return Integer.parseInt(text);
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException notIso) {
      try {
        return LocalDateTime.parse(text, ODD_INSTANT).toInstant(ZoneOffset.UTC);
      } catch (DateTimeException e) {
        throw new FairwayException(ErrorCode.INVALID,
            "updated_since must be an instant such as 2026-01-31T12:00:00Z, is " + cut(text), e);
      }
    }
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), 100)).replaceAll("\\p{Cntrl}", "?");
  }

  private static FairwayException bad(String why) {
    return new FairwayException(ErrorCode.INVALID, why);
  }
}
