package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.automation.sdk.Response;
import dev.fairway.automation.shipped.ExchangeSession.Said;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.web.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/*
 * An order has one effect. Its name at the exchange (mpOrderId) is made of its contract, so it is the same on every try and
 * the exchange takes it once. After a try whose end is unknown the exchange is asked for an active order of that name before
 * the order is sent again; and when it says then that the name is in use, the order was taken and is no longer active: its own
 * number is found in the reports. What is found there must be this very order, for what else had the name is not its success.
 * No order is sent before it is written down from where reports are followed, or its own could be missed.
 */
/** Orders and cancellations, one at a time over one connection that is opened when needed and closed after a quiet minute. */
final class ExchangeOrders {
  private static final Duration LOOK_UP = Duration.ofMinutes(2);
  /** Bits of a whole number that every reader of JSON keeps (RFC 8259, 6). */
  private static final int SAFE_BITS = 53;

  private final Environment<ExchangeGateway.Settings> env;
  private final KeptSession session;
  private final Duration lookUp;
  /** Up to which tracking number the reports were looked through for an order of that name. */
  private final Map<Long, Long> lookedThrough = new ConcurrentHashMap<>();
  private volatile boolean followed;

  ExchangeOrders(Environment<ExchangeGateway.Settings> env) {
    this(env, LOOK_UP);
  }

  /** @param lookUp how long one try may look through the reports */
  ExchangeOrders(Environment<ExchangeGateway.Settings> env, Duration lookUp) {
    this.env = env;
    this.session = new KeptSession(env);
    this.lookUp = lookUp;
  }

  /** Closes the connection for orders, or leaves that to the order under way. */
  void close() {
    session.close();
  }

  Response place(LedgerEvents.Created event) throws IOException, InterruptedException {
    Contract contract = event.contract();
    long mpOrderId = mpOrderId(env.party(), contract);
    ObjectNode order = order(contract.payload(), mpOrderId);
    event.attempt().holdBackIfDry("place the order " + order);
    Said said = session.talk(open -> {
      requireFollowed();
      Optional<JsonNode> known = mayBeKnown(event.attempt()) ? open.activeOrder(mpOrderId) : Optional.empty();
      return known.isPresent() && isThat(order, known.get())
          ? placed(known.get().path("orderId").asLong())
          : open.askMarket("placeOrder", order);
    });
    if (said instanceof Said.Refused(int code, _) && code == ExchangeSession.ORDER_ID_IN_USE) {
      JsonNode first = firstReport(mpOrderId);
      said = isThat(order, first) ? placed(first.path("orderId").asLong()) : said;
    }
    return answer(contract, said, "Order", mpOrderId);
  }

  private void requireFollowed() {
    if (!followed) {
      if (env.active(env.settings().positionTemplate()).isEmpty()) {
        throw new FairwayException(ErrorCode.PEER_FAILED,
            "it is not on the ledger yet from where the exchange's reports are followed");
      }
      followed = true;
    }
  }

  private static boolean isThat(ObjectNode order, JsonNode told) {
    JsonNode quantity = told.path("quantity");
    return Stream.of("instrument", "side")
        .allMatch(field -> told.path(field).asString("").equals(order.path(field).asString("")))
        && quantity.isNumber() && quantity.decimalValue().compareTo(order.path("quantity").decimalValue()) == 0;
  }

  Response cancel(LedgerEvents.Created event) throws IOException, InterruptedException {
    LedgerValue.Struct payload = event.contract().payload();
    long mpOrderId = payload.int64("mpOrderId");
    ObjectNode order = Json.object().put("mpOrderId", mpOrderId).put("instrument", payload.text("instrument"));
    event.attempt().holdBackIfDry("cancel the order " + order);
    return answer(event.contract(), session.talk(open -> open.askMarket("cancelOrder", order)), "Cancel", mpOrderId);
  }

  private static boolean mayBeKnown(Attempt attempt) {
    return attempt.number() > 1 || attempt.maybeDone();
  }

  private static Said placed(long orderId) {
    return new Said.Data(Json.object().put("orderId", orderId));
  }

  private static Response answer(Contract contract, Said said, String what, long mpOrderId) {
    return Response.commands(switch (said) {
      case Said.Data(JsonNode body) when body.path("orderId").isIntegralNumber() -> Command.exercise(contract,
          what + "Accepted",
          LedgerValue.struct("orderId", LedgerValue.int64(body.path("orderId").asLong()), "mpOrderId",
              LedgerValue.int64(mpOrderId)));
      case Said.Refused(int code, String why) -> Command.exercise(contract, what + "Refused",
          LedgerValue.struct("errorCode", LedgerValue.int64(code), "errorMessage", LedgerValue.text(why)));
      // It may have been done; another try finds out.
      case Said other ->
        throw new FairwayException(ErrorCode.PEER_FAILED, "the exchange answered without an orderId: " + other);
    });
  }

  private static ObjectNode order(LedgerValue.Struct payload, long mpOrderId) {
    ObjectNode order = Json.object().put("mpOrderId", mpOrderId);
    for (String field : new String[]{"orderType", "side", "instrument", "timeInForce"}) {
      order.put(field, payload.text(field));
    }
    order.put("quantity", plain(payload.numeric("quantity")));
    payload.optional("price").ifPresent(price -> order.put("price", plain(((LedgerValue.Numeric) price).value())));
    return order;
  }

  private static BigDecimal plain(BigDecimal amount) {
    return new BigDecimal(amount.stripTrailingZeros().toPlainString());
  }

  /**
   * The same for a contract on every try, and for no other. A ledger that begins anew gives parties and contracts the names
   * they had before; when a contract was created, which local ledgers tell to the microsecond, does not come again.
   */
  static long mpOrderId(Party party, Contract contract) {
    String name = party + "/" + contract.template() + "/" + contract.id()
        + contract.createdAt().map(at -> "/" + at).orElse("");
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(hash).getLong() >>> (Long.SIZE - SAFE_BITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /* Every event is told again on a connection of its own, up to the first of this order. A long past takes several tries:
   * each goes on where the one before it ended, and once more through the last number, which several events may share. */
  private JsonNode firstReport(long mpOrderId) throws IOException, InterruptedException {
    long end = System.nanoTime() + lookUp.toNanos();
    try (ExchangeSession past = ExchangeSession.open(env)) {
      long from = Math.max(0, lookedThrough.getOrDefault(mpOrderId, 0L) - 1);
      long stream = past.followMarket("executionReports", Json.object().put("trackingNumber", from));
      while (System.nanoTime() < end) {
        switch (past.awaited(stream)) {
          case Said.Data(JsonNode report) when report.path("mpOrderId").asLong(0) == mpOrderId -> {
            lookedThrough.remove(mpOrderId);
            return report;
          }
          case Said.Data(JsonNode report) ->
            lookedThrough.merge(mpOrderId, report.path("trackingNumber").asLong(0), Math::max);
          case Said.Refused refused -> throw ExchangeSession.refusal("reports", refused);
          case Said.Done _ -> throw new IOException("the exchange has order " + mpOrderId + " and does not report it");
        }
      }
      throw new IOException("the reports up to " + lookedThrough.get(mpOrderId) + " do not tell of order " + mpOrderId);
    }
  }
}
