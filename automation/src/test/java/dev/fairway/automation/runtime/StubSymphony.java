package dev.fairway.automation.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fairway.web.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stands in for a pod, its key manager and its agent, which cannot be had here: log-in by RSA, datafeed 2 and the creation of
 * messages as Symphony's published description has them. Other paths, and calls without both tokens, are refused. A read
 * without news is answered empty after a moment; events are told again until they are acknowledged.
 */
final class StubSymphony implements AutoCloseable {
  private static final Pattern READ = Pattern.compile("/agent/v5/datafeeds/([^/]+)/read");
  private static final Pattern CREATE = Pattern.compile("/agent/v4/stream/([A-Za-z0-9_-]+)/message/create");
  private static final Pattern PART = Pattern.compile(
      "--(\\S+)\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\n(.*)\r\n--\\1--\r\n", Pattern.DOTALL);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String bot;
  private final PublicKey key;
  private final List<String> sent = new ArrayList<>();
  private final List<String> feeds = new ArrayList<>();
  private final ArrayNode events = Json.array();
  private int acknowledged;
  private int logIns;
  private int broken;
  private boolean refusingReads;
  private boolean silent;
  private int unanswered;
  private Duration moment = Duration.ofMillis(100);

  private record Told(int status, JsonNode body) {}

  StubSymphony(String bot, PublicKey key) throws IOException {
    this.bot = bot;
    this.key = key;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Every message taken, with its conversation before it. */
  synchronized List<String> sent() {
    return List.copyOf(sent);
  }

  synchronized int logIns() {
    return logIns;
  }

  /** Somebody says something. */
  synchronized void say(String user, String presentation) {
    ObjectNode event = event("MESSAGESENT", user);
    ObjectNode message = event.putObject("payload").putObject("messageSent").putObject("message");
    message.put("messageId", event.path("messageId").asString()).put("message", presentation);
    message.putObject("stream").put("streamId", "room_1").put("streamType", "ROOM");
  }

  /** Somebody sends a form in. */
  synchronized void sendIn(String user, String form, Map<String, String> values) {
    ObjectNode action = event("SYMPHONYELEMENTSACTION", user).putObject("payload").putObject("symphonyElementsAction");
    action.put("formId", form).putObject("stream").put("streamId", "room_1").put("streamType", "ROOM");
    ObjectNode filled = action.putObject("formValues");
    values.forEach(filled::put);
  }

  private ObjectNode event(String type, String user) {
    ObjectNode event = events.addObject().put("id", "e" + events.size()).put("messageId", "m" + events.size())
        .put("timestamp", 1_616_072_269_876L).put("type", type);
    event.putObject("initiator").putObject("user").put("userId", 7_078_106_482_890L).put("username", user)
        .put("displayName", user);
    return event;
  }

  /** Tokens given so far hold no longer. */
  synchronized void expireTokens() {
    logIns++;
  }

  /** The datafeed is gone, with its acknowledgements. */
  synchronized void loseFeed() {
    feeds.clear();
    acknowledged = 0;
  }

  /** How long a read without news is kept waiting. */
  synchronized void waitForNews(Duration time) {
    moment = time;
  }

  /** Whether every read of a datafeed is answered 400, of a new one too. */
  synchronized void refuseReads(boolean all) {
    refusingReads = all;
  }

  /** Whether no call is answered at all, until it speaks again. */
  synchronized void fallSilent(boolean all) {
    silent = all;
    notifyAll();
  }

  /** How many calls wait for it to speak again. */
  synchronized int unanswered() {
    return unanswered;
  }

  /** The next so many calls are answered 503. */
  synchronized void breakDown(int calls) {
    broken = calls;
  }

  private void serve(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Told told;
    try {
      told = answer(exchange, body);
    } catch (GeneralSecurityException | InterruptedException e) {
      throw new IOException(e);
    }
    byte[] bytes = told.body().toString().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(told.status(), bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private synchronized Told answer(HttpExchange exchange, String body)
      throws GeneralSecurityException, InterruptedException {
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    unanswered++;
    while (silent) {
      wait();
    }
    unanswered--;
    if (broken > 0) {
      broken--;
      return refused(503, "try again");
    }
    if (call.equals("POST /login/pubkey/authenticate") || call.equals("POST /relay/pubkey/authenticate")) {
      if (!isSigned(Json.parse(body).path("token").asString())) {
        return refused(401, "Invalid token");
      }
      boolean pod = call.contains("login");
      logIns += pod ? 1 : 0;
      return new Told(200, Json.object().put("name", pod ? "sessionToken" : "keyManagerToken")
          .put("token", (pod ? "session-" : "keys-") + logIns));
    }
    if (!("session-" + logIns).equals(exchange.getRequestHeaders().getFirst("sessionToken"))
        || !("keys-" + logIns).equals(exchange.getRequestHeaders().getFirst("keyManagerToken"))) {
      return refused(401, "Invalid session");
    }
    return served(call, exchange, body);
  }

  private Told served(String call, HttpExchange exchange, String body) throws InterruptedException {
    String path = exchange.getRequestURI().getPath();
    Matcher read = READ.matcher(path);
    Matcher create = CREATE.matcher(path);
    if (call.equals("GET /agent/v5/datafeeds")) {
      ArrayNode known = Json.array();
      feeds.forEach(id -> known.addObject().put("id", id).put("type", "fanout"));
      return new Told(200, known);
    } else if (call.equals("POST /agent/v5/datafeeds")) {
      feeds.add("feed_f_" + bot.length());
      return new Told(201, Json.object().put("id", feeds.getLast()).put("type", "fanout"));
    } else if (read.matches()) {
      return feeds.contains(read.group(1)) && !refusingReads
          ? news(Json.parse(body).path("ackId").asString())
          : refused(400, "No datafeed");
    } else if (create.matches()) {
      Matcher part = PART.matcher(body);
      String type = exchange.getRequestHeaders().getFirst("Content-Type");
      if (!part.matches() || !type.equals("multipart/form-data; boundary=" + part.group(1))) {
        return refused(400, "no part named message: " + body);
      }
      sent.add(create.group(1) + " " + part.group(2));
      return new Told(200, Json.object().put("messageId", "out-" + sent.size()));
    }
    return refused(404, call);
  }

  private Told news(String ackId) throws InterruptedException {
    if (!ackId.isEmpty()) {
      acknowledged = Integer.parseInt(ackId.substring("ack-".length()));
    }
    long end = System.nanoTime() + moment.toNanos();
    while (acknowledged == events.size() && System.nanoTime() < end) {
      wait(moment.toMillis());
    }
    ObjectNode news = Json.object().put("ackId", "ack-" + events.size());
    ArrayNode list = news.putArray("events");
    for (int i = acknowledged; i < events.size(); i++) {
      list.add(events.get(i));
    }
    return new Told(200, news);
  }

  private boolean isSigned(String token) throws GeneralSecurityException {
    String[] parts = token.split("\\.", 3);
    JsonNode header = Json.parse(Base64.getUrlDecoder().decode(parts[0]));
    JsonNode claims = Json.parse(Base64.getUrlDecoder().decode(parts[1]));
    long left = claims.path("exp").asLong() - Instant.now().getEpochSecond();
    Signature signature = Signature.getInstance("SHA512withRSA");
    signature.initVerify(key);
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    return header.path("alg").asString().equals("RS512") && claims.path("sub").asString().equals(bot) && left > 0
        && left <= 300 && signature.verify(Base64.getUrlDecoder().decode(parts[2]));
  }

  private static Told refused(int status, String why) {
    return new Told(status, Json.object().put("code", status).put("message", why));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
