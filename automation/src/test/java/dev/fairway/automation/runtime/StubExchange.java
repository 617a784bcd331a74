package dev.fairway.automation.runtime;

import dev.fairway.web.Json;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stands in for an exchange, whose service cannot be had here: the sign-in, trading and private-data API of Exberry as its
 * published description has it. It takes nothing the description does not know: an unknown qualifier, a field too many or too
 * few, a stream identifier used again or a call without a session is an error. {@code BTC} rests in the book, {@code ETH} is
 * filled at once, other instruments are not known.
 */
final class StubExchange implements AutoCloseable {
  private static final Set<String> ORDER_FIELDS = Set.of("mpOrderId", "orderType", "side", "instrument", "timeInForce",
      "quantity");

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  private final String secret;
  private final Map<Long, ObjectNode> orders = new LinkedHashMap<>();
  private final List<ObjectNode> reports = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private final Set<Client> clients = new HashSet<>();
  private boolean losingAnswers;
  private boolean answeringNonsense;
  private boolean givingNameToAnother;
  private Duration ahead = Duration.ZERO;

  StubExchange(String secret) throws Exception {
    this.secret = secret;
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(WebSocketUpgradeHandler.from(server, container -> {
      container.setIdleTimeout(Duration.ofMinutes(5));
      container.addMapping("/", (request, response, callback) -> new Client());
    }));
    server.start();
  }

  String url() {
    return URI.create("ws://127.0.0.1:" + connector.getLocalPort() + "/").toString();
  }

  /** Its clock goes before everybody else's. */
  synchronized void clockAhead(Duration by) {
    ahead = by;
  }

  /** Whether the next order is taken and its connection is cut before it is answered. */
  synchronized void loseAnswer() {
    losingAnswers = true;
  }

  /** The next order is taken and answered with something else. */
  synchronized void answerNonsense() {
    answeringNonsense = true;
  }

  /** The name of the next order is that of one that was taken before, of twice its quantity. */
  synchronized void giveNameToAnother() {
    givingNameToAnother = true;
  }

  /** Every qualifier that was asked, in order. */
  synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  synchronized int orders() {
    return orders.size();
  }

  synchronized int connections() {
    return clients.size();
  }

  synchronized int following() {
    return (int) clients.stream().filter(client -> client.reportStream > 0).count();
  }

  /** Nobody is signed in any more, and no connection is cut. */
  synchronized void forgetSessions() {
    clients.forEach(client -> client.signedIn = false);
  }

  /** Cuts every connection without a word. */
  synchronized void cut() {
    List.copyOf(clients).forEach(client -> client.cut());
    clients.clear();
  }

  /** Somebody takes the other side of every order that rests. */
  synchronized void fillAll() {
    orders.forEach((id, order) -> {
      if (order.path("open").asBoolean()) {
        fill(id, order);
      }
    });
  }

  private void fill(long orderId, ObjectNode order) {
    order.put("open", false);
    ObjectNode report = report("Executed", orderId, order);
    report.put("lastFilledQuantity", order.path("quantity").decimalValue()).put("lastFilledPrice", 100.5)
        .put("remainingOpenQuantity", 0);
    tell(report);
  }

  private ObjectNode report(String type, long orderId, ObjectNode order) {
    ObjectNode report = order.deepCopy();
    report.remove("open");
    return report.put("messageType", type).put("orderId", orderId).put("trackingNumber", (reports.size() + 1) * 16L)
        .put("eventId", reports.size() + 1).put("eventTimestamp", 1_660_572_732_860_184_300L);
  }

  private void tell(ObjectNode report) {
    reports.add(report);
    List.copyOf(clients).stream().filter(client -> client.reportStream > 0)
        .forEach(client -> client.say("v1/exchange.market/executionReports", client.reportStream, report));
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }

  private static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int code;

    Wrong(int code, String why) {
      super(why);
      this.code = code;
    }
  }

  /** One connection. */
  public final class Client implements Session.Listener.AutoDemanding {
    private final Set<Long> streams = new HashSet<>();
    private @Nullable Session session;
    private boolean signedIn;
    private long reportStream;

    @Override
    public void onWebSocketOpen(Session opened) {
      session = opened;
      synchronized (StubExchange.this) {
        clients.add(this);
      }
    }

    @Override
    public void onWebSocketClose(int code, String reason, Callback callback) {
      synchronized (StubExchange.this) {
        clients.remove(this);
      }
      callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
      // A client that goes away without a word is nothing unusual.
    }

    @Override
    public void onWebSocketText(String text) {
      JsonNode message = Json.parse(text);
      String qualifier = message.path("q").asString();
      long stream = message.path("sid").asLong();
      synchronized (StubExchange.this) {
        asked.add(qualifier.substring(qualifier.lastIndexOf('/') + 1));
        try {
          exactly(message, Set.of("q", "sid", "d"));
          if (!streams.add(stream)) {
            throw new Wrong(9999, "sid " + stream + " is in use");
          }
          serve(qualifier, stream, (ObjectNode) message.path("d"));
        } catch (Wrong e) {
          ObjectNode answer = Json.object().put("sig", 2).put("q", qualifier).put("errorType", "500").put("sid",
              stream);
          answer.putObject("d").put("errorCode", e.code).put("errorMessage", e.getMessage());
          send(answer);
        }
      }
    }

    private void serve(String qualifier, long stream, ObjectNode body) {
      if (!signedIn && !qualifier.equals("exchange.market/createSession")) {
        throw new Wrong(1007, "Invalid session");
      }
      switch (qualifier) {
        case "exchange.market/createSession" -> {
          signIn(body);
          answer(qualifier, stream, Json.object());
        }
        case "v1/exchange.market/placeOrder" -> place(qualifier, stream, body);
        case "v1/exchange.market/cancelOrder" -> answer(qualifier, stream, cancel(body));
        case "v1/exchange.market/massOrderStatus" -> {
          exactly(body, Set.of());
          orders.forEach((id, order) -> {
            if (order.path("open").asBoolean()) {
              say(qualifier, stream, order.deepCopy().put("messageType", "OrderStatus").put("orderId", id));
            }
          });
          answer(qualifier, stream, Json.object().put("lastTrackingNumber", reports.size() * 16L));
        }
        case "v1/exchange.market/executionReports" -> {
          exactly(body, Set.of("trackingNumber"));
          reportStream = stream;
          reports.stream().filter(r -> r.path("trackingNumber").asLong() > body.path("trackingNumber").asLong())
              .forEach(r -> say(qualifier, stream, r));
        }
        default -> throw new Wrong(9998, "no such qualifier: " + qualifier);
      }
    }

    private void signIn(ObjectNode body) {
      exactly(body, Set.of("apiKey", "timestamp", "signature"));
      String time = body.path("timestamp").asString();
      if (Math.abs(System.currentTimeMillis() + ahead.toMillis() - Long.parseLong(time)) > 60_000) {
        throw new Wrong(6001, "Wrong timestamp");
      }
      String signed = "\"apiKey\":\"" + body.path("apiKey").asString() + "\",\"timestamp\":\"" + time + "\"";
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String expected = HexFormat.of().formatHex(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        if (!expected.equals(body.path("signature").asString())) {
          throw new Wrong(6000, "Authentication failed");
        }
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
      signedIn = true;
    }

    private void place(String qualifier, long stream, ObjectNode body) {
      Set<String> fields = new HashSet<>(ORDER_FIELDS);
      if (body.path("orderType").asString().equals("Limit")) {
        fields.add("price");
      }
      exactly(body, fields);
      if (!body.path("mpOrderId").isIntegralNumber() || !body.path("quantity").isNumber()) {
        throw new Wrong(1001, "Wrong mpOrderId");
      }
      if (givingNameToAnother) {
        givingNameToAnother = false;
        ObjectNode other = body.deepCopy().put("quantity",
            body.path("quantity").decimalValue().multiply(BigDecimal.TWO)).put("open", true);
        orders.put(2_000L + orders.size(), other);
        tell(report("Add", 1_999L + orders.size(), other));
      }
      if (orders.values().stream().anyMatch(o -> o.path("mpOrderId").equals(body.path("mpOrderId")))) {
        throw new Wrong(1002, "mpOrderId is already in use");
      }
      String instrument = body.path("instrument").asString();
      if (!Set.of("BTC", "ETH").contains(instrument)) {
        throw new Wrong(1010, "Instrument " + instrument + " not found");
      }
      long id = 2_000L + orders.size();
      ObjectNode order = body.deepCopy().put("open", true);
      orders.put(id, order);
      tell(report("Add", id, order));
      if (instrument.equals("ETH")) {
        fill(id, order);
      }
      if (losingAnswers) {
        losingAnswers = false;
        cut();
        return;
      }
      if (answeringNonsense) {
        answeringNonsense = false;
        Objects.requireNonNull(session).sendText("<html>bad gateway</html>", Callback.NOOP);
        return;
      }
      answer(qualifier, stream, Json.object().put("orderId", id).put("orderStatus", "Pending"));
    }

    private ObjectNode cancel(ObjectNode body) {
      exactly(body, Set.of("mpOrderId", "instrument"));
      for (var order : orders.entrySet()) {
        if (order.getValue().path("open").asBoolean()
            && order.getValue().path("mpOrderId").equals(body.path("mpOrderId"))) {
          order.getValue().put("open", false);
          tell(report("Cancelled", order.getKey(), order.getValue()).put("cancelReason", "User"));
          return Json.object().put("orderId", order.getKey());
        }
      }
      throw new Wrong(1100, "Order not found for that instrument");
    }

    private void exactly(JsonNode body, Set<String> fields) {
      if (!Set.copyOf(body.propertyNames()).equals(fields)) {
        throw new Wrong(1000, "fields must be " + fields + ", are " + body.propertyNames());
      }
    }

    private void answer(String qualifier, long stream, ObjectNode body) {
      say(qualifier, stream, body);
      send(Json.object().put("sig", 1).put("q", qualifier).put("sid", stream));
    }

    private void say(String qualifier, long stream, ObjectNode body) {
      ObjectNode message = Json.object().put("q", qualifier).put("sid", stream);
      message.set("d", body);
      send(message);
    }

    private void send(ObjectNode message) {
      Objects.requireNonNull(session).sendText(message.toString(), Callback.NOOP);
    }

    private void cut() {
      Objects.requireNonNull(session).disconnect();
    }
  }
}
