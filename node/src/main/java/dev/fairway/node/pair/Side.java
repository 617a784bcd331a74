package dev.fairway.node.pair;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Why;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One jurisdiction's business system, as a client of its node. While the node is away it tries again, for longer than a
 * {@linkplain NodeProcess node's start} may take; every request it repeats is one the node recognises.
 */
public final class Side {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  /** HTTP/1.1, as business systems speak to a node without TLS: framing of HTTP/2 buys nothing on loopback. */
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(5)).build();
  private static final Duration PATIENCE = NodeProcess.START_LIMIT.plusMinutes(1);
  private static final RetryPolicy<Object> WHILE_AWAY = RetryPolicy.builder().handle(IOException.class)
      .withBackoff(Duration.ofMillis(100), Duration.ofSeconds(2)).withMaxAttempts(-1)
      .withMaxDuration(PATIENCE).build();

  private static final Set<String> HOUSEKEEPING = Set.of("websub.upkeep", "websub.keep");

  private final String jurisdiction;
  private final URI node;

  Side(String jurisdiction, URI node) {
    this.jurisdiction = jurisdiction;
    this.node = node;
  }

  public String jurisdiction() {
    return jurisdiction;
  }

  public URI node() {
    return node;
  }

  public void subscribe(String topic, URI callback) {
    String form = "hub.mode=subscribe&hub.topic=" + encode(topic) + "&hub.callback=" + encode(callback.toString());
    send(() -> HttpRequest.newBuilder(node.resolve("/subscription-api/subscriptions"))
        .header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(form)), 202);
  }

  /** Stores a document and lets the other side read it; answers its multihash. */
  public String upload(byte[] bytes, String mediaType, String reader) {
    String boundary = "fairway-demo";
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(
        ("--" + boundary + "\r\nContent-Disposition: form-data; name=\"document\"; filename=\"document\"\r\n"
            + "Content-Type: " + mediaType + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
    body.writeBytes(bytes);
    body.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
    return json(send(() -> HttpRequest.newBuilder(node.resolve("/document-api/jurisdictions/" + reader))
        .header("Content-Type", "multipart/form-data; boundary=" + boundary)
        .POST(BodyPublishers.ofByteArray(body.toByteArray())), 200)).path("multihash").asString();
  }

  /** Hands a message in under a reference of our own, so that a repetition changes nothing. */
  public void send(String reference, String receiver, String subject, String obj, String predicate) {
    String body = JsonNodeFactory.instance.objectNode().put("sender", jurisdiction).put("receiver", receiver)
        .put("subject", subject).put("obj", obj).put("predicate", predicate).put("sender_ref", reference).toString();
    send(() -> HttpRequest.newBuilder(node.resolve("/message-api/message")).header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body)), 201);
  }

  public JsonNode message(String sender, String reference) {
    return json(
        send(() -> HttpRequest.newBuilder(node.resolve("/message-api/message/" + sender + ":" + reference)), 201));
  }

  /** What happened to a message, step by step. */
  public JsonNode journal(String sender, String reference) {
    return json(send(
        () -> HttpRequest.newBuilder(node.resolve("/message-api/message/" + sender + ":" + reference + "/journal")),
        200));
  }

  /** The messages about a subject. */
  public List<JsonNode> messagesAbout(String subject) {
    JsonNode page = json(
        send(() -> HttpRequest.newBuilder(node.resolve("/message-api/messages?subject=" + encode(subject))), 200));
    List<JsonNode> messages = new ArrayList<>();
    page.path("items").forEach(messages::add);
    return messages;
  }

  /** Every message the node holds, page by page. */
  public List<JsonNode> messages() {
    List<JsonNode> messages = new ArrayList<>();
    String cursor = "";
    do {
      String query = "limit=500" + (cursor.isEmpty() ? "" : "&cursor=" + encode(cursor));
      JsonNode page = json(send(() -> HttpRequest.newBuilder(node.resolve("/message-api/messages?" + query)), 200));
      page.path("items").forEach(messages::add);
      cursor = page.path("next_cursor").isString() ? page.path("next_cursor").stringValue() : "";
    } while (!cursor.isEmpty());
    return messages;
  }

  /** The node's work by kind, with the numbers waiting, running and dead. */
  public List<JsonNode> work() {
    List<JsonNode> kinds = new ArrayList<>();
    json(send(() -> HttpRequest.newBuilder(node.resolve("/api/work")), 200)).path("items").forEach(kinds::add);
    return kinds;
  }

  /** How many pieces of work the node has before it, for messages or notifications; what it does by the clock does not count. */
  public long left() {
    return work().stream().filter(kind -> !HOUSEKEEPING.contains(kind.path("kind").asString()))
        .mapToLong(kind -> kind.path("waiting").asLong() + kind.path("running").asLong()).sum();
  }

  /** Whether the node has nothing {@linkplain #left left} to do. */
  public boolean idle() {
    return left() == 0;
  }

  /** The document's bytes, when our node has it and we may read it. */
  public Optional<byte[]> download(String multihash) {
    HttpResponse<byte[]> response = exchange(() -> HttpRequest.newBuilder(
        node.resolve("/document-api/" + encode(multihash) + "?as_jurisdiction=" + jurisdiction)));
    return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
  }

  private HttpResponse<byte[]> send(Request request, int expected) {
    HttpResponse<byte[]> response = exchange(request);
    if (response.statusCode() != expected) {
      throw new FairwayException(ErrorCode.PEER_FAILED,
          response.request().method() + " " + response.uri() + " answered "
              + response.statusCode() + ": " + new String(response.body(), StandardCharsets.UTF_8));
    }
    return response;
  }

  private HttpResponse<byte[]> exchange(Request request) {
    try {
      return Failsafe.with(WHILE_AWAY).get(
          () -> HTTP.send(request.build().timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofByteArray()));
    } catch (FailsafeException e) {
      throw new FairwayException(ErrorCode.PEER_FAILED, jurisdiction + "'s node at " + node + " has not answered for "
          + PATIENCE.toMinutes() + " minutes: " + Why.inWords(e), e);
    }
  }

  private static JsonNode json(HttpResponse<byte[]> response) {
    return JSON.readTree(response.body());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Made anew for each attempt. */
  private interface Request {
    HttpRequest.Builder build();
  }
}
