package dev.fairway.automation.shipped;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.automation.sdk.OutsideSocket;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.web.Json;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Timeout(60)
class ExchangeOrdersTest {
  private static final long FAR_TOO_MANY = 5_000_000;
  private static final Instant CREATED = Instant.parse("2026-03-01T10:00:00.000001Z");

  @Test
  void nameOfAnOrderIsItsContractsAndDoesNotComeAgainOnALedgerThatBeginsAnew() {
    assertThat(ExchangeOrders.mpOrderId(TwinEnvironment.DESK, order("#1:0", CREATED))).isPositive()
        .isEqualTo(ExchangeOrders.mpOrderId(TwinEnvironment.DESK, order("#1:0", CREATED)))
        .isNotEqualTo(ExchangeOrders.mpOrderId(TwinEnvironment.DESK, order("#2:0", CREATED)))
        .isNotEqualTo(ExchangeOrders.mpOrderId(TwinEnvironment.DESK, order("#1:0", CREATED.plusNanos(1_000))));
  }

  @Test
  void tryThatLooksThroughReportsEndsAtItsLimitAndTheNextGoesOnWhereItEnded() throws Exception {
    var market = new BusyMarket();
    var env = new TwinEnvironment<>(new ExchangeGateway.Settings("wss://exchange.example", "key", new Secret("hush"),
        "Trade:Order", Optional.empty(), "Trade:Report", "Trade:Position"), market, List.of(order("#0:0", CREATED)));
    var orders = new ExchangeOrders(env, Duration.ofMillis(200));
    var event = new LedgerEvents.Created(order("#1:0", CREATED), false, new Attempt("key", 1, false));
    try {
      assertThatThrownBy(() -> orders.place(event)).isInstanceOf(IOException.class)
          .hasMessageContaining("do not tell of order");
      long told = market.told;
      market.tellingOurs = true;
      assertThat(orders.place(event).commands()).singleElement().isInstanceOfSatisfying(Command.Exercise.class,
          accepted -> assertThat(accepted.choice()).isEqualTo("OrderAccepted"));
      assertThat(market.followedFrom).containsExactly(0L, Math.max(0, told - 1));
    } finally {
      orders.close();
    }
  }

  private static Contract order(String id, Instant created) {
    LedgerValue.Struct payload = LedgerValue.struct("instrument", LedgerValue.text("BTC"), "side",
        LedgerValue.text("Buy")).with("orderType", LedgerValue.text("Limit"))
        .with("timeInForce", LedgerValue.text("GTC")).with("quantity", LedgerValue.numeric("5"))
        .with("price", new LedgerValue.Opt(Optional.empty()));
    return new Contract(new ContractId(id), TemplateId.parse("Trade:Order"), Optional.empty(), payload,
        Optional.empty(), Set.of(TwinEnvironment.DESK), Set.of(), Optional.of(created));
  }

  /* It has the order already, and so many reports of others' orders that they do not come to an end. */
  private static final class BusyMarket implements OutsideCalls {
    private final List<Long> followedFrom = new ArrayList<>();
    private long told;
    private long ours;
    private boolean tellingOurs;

    @Override
    public Answered send(OutsideCall call) {
      throw new UnsupportedOperationException("orders go over the socket");
    }

    @Override
    public OutsideSocket connect(URI url) {
      return new Connection();
    }

    private final class Connection implements OutsideSocket {
      private final Deque<String> answers = new ArrayDeque<>();
      private long reports;

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void send(String text) {
        JsonNode asked = Json.parse(text);
        long stream = asked.path("sid").asLong();
        switch (asked.path("q").asString()) {
          case "exchange.market/createSession" -> say(stream, 0, Json.object());
          case "v1/exchange.market/placeOrder" -> {
            ours = asked.path("d").path("mpOrderId").asLong();
            say(stream, 2, Json.object().put("errorCode", ExchangeSession.ORDER_ID_IN_USE));
          }
          case "v1/exchange.market/executionReports" -> {
            followedFrom.add(asked.path("d").path("trackingNumber").asLong());
            told = Math.max(0, followedFrom.getLast());
            reports = stream;
          }
          default -> throw new AssertionError("not expected: " + text);
        }
      }

      @Override
      public Optional<String> receive(Duration wait) {
        if (answers.isEmpty()) {
          told++;
          assertThat(told).as("reports read in one try").isLessThan(FAR_TOO_MANY);
          say(reports, 0, Json.object().put("trackingNumber", told).put("mpOrderId", tellingOurs ? ours : ours + 1)
              .put("orderId", 2000).put("instrument", "BTC").put("side", "Buy").put("quantity", 5));
        }
        return Optional.of(answers.remove());
      }

      private void say(long stream, int signal, ObjectNode body) {
        ObjectNode message = Json.object().put("sid", stream).put("sig", signal);
        message.set("d", body);
        answers.add(message.toString());
      }

      @Override
      public void close() {
        answers.clear();
      }
    }
  }
}
