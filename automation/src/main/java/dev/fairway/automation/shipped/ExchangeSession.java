package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.OutsideSocket;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A connection to the exchange that is signed in. Each thing asked has a stream identifier of its own, and its answers carry
 * it: {@code {"q": …, "sid": …, "d": …}}, with {@code "sig": 1} where they end and {@code "sig": 2} where they are an error.
 * One thread at a time uses it; any may close it.
 *
 * @see <a href="https://github.com/exberry-io/exchange-api-docs">Exberry, Exchange API</a>
 */
final class ExchangeSession implements AutoCloseable {
  static final int ORDER_ID_IN_USE = 1002;

  /** "Exchange is unavailable" and "Invalid session": asking again, on another connection, can help. */
  private static final Set<Integer> PASSING = Set.of(1, 1007);

  private static final String SIGN_IN = "exchange.market/createSession";
  private static final String MARKET = "v1/exchange.market/";
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

  /** One message of an answer. */
  sealed interface Said {
    record Data(JsonNode body) implements Said {}

    /** Nothing more will come. */
    record Done() implements Said {}

    record Refused(int code, String why) implements Said {}
  }

  private final OutsideSocket socket;
  private long lastStream;

  private ExchangeSession(OutsideSocket socket) {
    this.socket = socket;
  }

  static ExchangeSession open(Environment<ExchangeGateway.Settings> env) throws IOException, InterruptedException {
    var session = new ExchangeSession(env.http().connect(env.settings().address()));
    try {
      session.signIn(env.settings(), env.clock());
      return session;
    } catch (IOException | InterruptedException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private void signIn(ExchangeGateway.Settings settings, Clock clock) throws IOException, InterruptedException {
    String now = Long.toString(clock.millis());
    String signed = "\"apiKey\":\"" + settings.apiKey() + "\",\"timestamp\":\"" + now + "\"";
    Said said = ask(SIGN_IN, Json.object().put("apiKey", settings.apiKey()).put("timestamp", now).put("signature",
        HmacSha256.hex(settings.secret(), signed.getBytes(StandardCharsets.UTF_8))));
    if (said instanceof Said.Refused refused) {
      throw refusal("sign-in", refused);
    }
  }

  boolean isOpen() {
    return socket.isOpen();
  }

  /**
   * Asks for something of the market, and gives the first that is said to it.
   *
   * @throws FairwayException with {@code PEER_FAILED} when the exchange no longer knows the session, or cannot answer now
   */
  Said askMarket(String what, ObjectNode body) throws IOException, InterruptedException {
    Said said = ask(MARKET + what, body);
    if (said instanceof Said.Refused refused && PASSING.contains(refused.code())) {
      throw refusal(what, refused);
    }
    return said;
  }

  /** Asks for something of the market that is answered by many messages; {@link #next} takes them. */
  long followMarket(String what, ObjectNode body) throws IOException, InterruptedException {
    return begin(MARKET + what, body);
  }

  /** An order that is active, by the number we gave it. */
  Optional<JsonNode> activeOrder(long mpOrderId) throws IOException, InterruptedException {
    return orders().stream().filter(order -> order.path("mpOrderId").asLong(0) == mpOrderId).findFirst();
  }

  /** The number of the last event of all. */
  long lastTrackingNumber() throws IOException, InterruptedException {
    return orders().getLast().path("lastTrackingNumber").asLong(0);
  }

  /* Every active order, and then what is no order and tells up to which event that holds. */
  private List<JsonNode> orders() throws IOException, InterruptedException {
    long stream = followMarket("massOrderStatus", Json.object());
    List<JsonNode> orders = new ArrayList<>();
    while (true) {
      switch (awaited(stream)) {
        case Said.Data(JsonNode order) -> {
          orders.add(order);
          if (order.has("lastTrackingNumber")) {
            return orders;
          }
        }
        case Said.Refused refused -> throw refusal("list of orders", refused);
        case Said.Done _ -> throw new IOException("the exchange ended the list of orders without lastTrackingNumber");
      }
    }
  }

  /** The next of a stream; empty when nothing came in time. */
  Optional<Said> next(long stream, Duration wait) throws IOException, InterruptedException {
    Optional<String> text = socket.receive(wait);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    JsonNode message = parsed(text.get());
    // What belongs to something asked before, and given up, is of no interest.
    return message.path("sid").asLong(-1) == stream ? Optional.of(said(message)) : Optional.empty();
  }

  /* What was asked may have been done, whatever is said to it: that is for another try to find out. */
  private static JsonNode parsed(String text) throws IOException {
    try {
      return Json.parse(text);
    } catch (FairwayException e) {
      throw new IOException("the exchange said what is no JSON: " + e.getMessage(), e);
    }
  }

  /** @throws IOException when nothing is said in time */
  Said awaited(long stream) throws IOException, InterruptedException {
    long end = System.nanoTime() + ANSWER_LIMIT.toNanos();
    while (System.nanoTime() < end) {
      Optional<Said> said = next(stream, Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      if (said.isPresent()) {
        return said.get();
      }
    }
    throw new IOException("the exchange did not answer within " + ANSWER_LIMIT);
  }

  private Said ask(String qualifier, ObjectNode body) throws IOException, InterruptedException {
    return awaited(begin(qualifier, body));
  }

  private long begin(String qualifier, ObjectNode body) throws IOException, InterruptedException {
    long stream = ++lastStream;
    ObjectNode message = Json.object().put("q", qualifier).put("sid", stream);
    message.set("d", body);
    socket.send(message.toString());
    return stream;
  }

  private static Said said(JsonNode message) {
    return switch (message.path("sig").asInt(0)) {
      case 0 -> new Said.Data(message.path("d"));
      case 1 -> new Said.Done();
      default -> new Said.Refused(message.path("d").path("errorCode").asInt(0),
          message.path("d").path("errorMessage").asString("no reason given"));
    };
  }

  /** Worth another try: an operator may mend it meanwhile, and nothing was done. */
  static FairwayException refusal(String what, Said.Refused refused) {
    return new FairwayException(ErrorCode.PEER_FAILED,
        "the exchange refused the " + what + ": " + refused.code() + " " + refused.why());
  }

  @Override
  public void close() {
    socket.close();
  }
}
