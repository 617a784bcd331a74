package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.automation.shipped.ExchangeGateway;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The exchange gateway against a stub of its service. */
@Timeout(180)
class ExchangeGatewayTest {
  private static final String MODEL = """
      package: { name: trading, version: 1.0.0 }
      templates:
        Trade:Order:
          fields: { integrationParty: Party, instrument: Text, side: Text, orderType: Text, timeInForce: Text,
                    quantity: Numeric 10, price: Optional (Numeric 10) }
          signatories: [integrationParty]
          choices:
            OrderAccepted:
              controllers: [integrationParty]
              arguments: { orderId: Int, mpOrderId: Int }
              creates: [{ template: Trade:Placed, with: { orderId: $argument.orderId, mpOrderId: $argument.mpOrderId } }]
            OrderRefused:
              controllers: [integrationParty]
              arguments: { errorCode: Int, errorMessage: Text }
              creates: [{ template: Trade:Refused, with: { errorCode: $argument.errorCode } }]
        Trade:Placed:
          fields: { integrationParty: Party, instrument: Text, orderId: Int, mpOrderId: Int }
          signatories: [integrationParty]
        Trade:Refused:
          fields: { integrationParty: Party, instrument: Text, errorCode: Int }
          signatories: [integrationParty]
        Trade:Cancel:
          fields: { integrationParty: Party, instrument: Text, mpOrderId: Int }
          signatories: [integrationParty]
          choices:
            CancelAccepted:
              controllers: [integrationParty]
              arguments: { orderId: Int, mpOrderId: Int }
            CancelRefused:
              controllers: [integrationParty]
              arguments: { errorCode: Int, errorMessage: Text }
              creates: [{ template: Trade:Refused, with: { errorCode: $argument.errorCode } }]
        Trade:Report:
          fields: { integrationParty: Party, receivedAt: Time, messageType: Text, instrument: Text, side: Text,
                    trackingNumber: Int, eventId: Int, orderId: Optional Int, mpOrderId: Optional Int,
                    quantity: Optional (Numeric 10), lastFilledQuantity: Optional (Numeric 10),
                    lastFilledPrice: Optional (Numeric 10), remainingOpenQuantity: Optional (Numeric 10), body: Text }
          signatories: [integrationParty]
        Trade:Position:
          fields: { integrationParty: Party, trackingNumber: Int, seen: Text }
          signatories: [integrationParty]
      """;

  private static final Map<EgressPolicy, OutboundClient> CLIENTS = new ConcurrentHashMap<>();

  @TempDir
  private Path folder;

  @AfterAll
  static void closeClients() {
    CLIENTS.values().forEach(OutboundClient::close);
  }

  private Node node(EgressPolicy policy) {
    OutboundClient client = CLIENTS.computeIfAbsent(policy, p -> new OutboundClient(OutboundConfig.defaults(), p));
    return new Node(folder, ledger -> ledger, new Outside(client));
  }

  @Test
  void ordersArePlacedAndCancelledAndReportsBecomeContracts() throws Exception {
    try (var exchange = new StubExchange("hush"); var node = node(EgressPolicy.trusting())) {
      run(node, exchange);
      order(node, "BTC");
      order(node, "XYZ");
      eventually(() -> assertThat(node.active(node.bob, "Trade:Placed")).hasSize(1));
      eventually(() -> assertThat(node.active(node.bob, "Trade:Refused")).singleElement()
          .satisfies(refused -> assertThat(refused.payload().int64("errorCode")).isEqualTo(1010)));
      LedgerValue.Struct placed = node.active(node.bob, "Trade:Placed").getFirst().payload();
      assertThat(placed.int64("orderId")).isEqualTo(2000);

      cancel(node, placed.int64("mpOrderId"));
      cancel(node, 1);
      eventually(() -> assertThat(node.active(node.bob, "Trade:Cancel")).isEmpty());
      eventually(() -> assertThat(node.active(node.bob, "Trade:Refused"))
          .extracting(refused -> refused.payload().int64("errorCode")).containsExactlyInAnyOrder(1010L, 1100L));
      eventually(() -> assertThat(reports(node)).containsExactlyInAnyOrder("Add", "Cancelled"));
    }
  }

  @Test
  void orderWhoseAnswerWasLostIsAskedForAndPlacedOnce() throws Exception {
    try (var exchange = new StubExchange("hush"); var node = node(EgressPolicy.trusting())) {
      run(node, exchange);
      exchange.loseAnswer();
      order(node, "BTC");
      eventually(() -> assertThat(node.active(node.bob, "Trade:Placed")).hasSize(1));
      assertThat(exchange.asked().stream().filter("placeOrder"::equals)).hasSize(1);

      exchange.loseAnswer();
      order(node, "ETH");
      eventually(() -> assertThat(node.active(node.bob, "Trade:Placed")).hasSize(2)
          .extracting(placed -> placed.payload().int64("orderId")).containsExactlyInAnyOrder(2000L, 2001L));
      assertThat(exchange.orders()).isEqualTo(2);
      assertThat(node.setAside()).isEmpty();
    }
  }

  @Test
  void noReportIsMissedOrToldTwiceOverBrokenConnectionsAndRestarts() throws Exception {
    try (var exchange = new StubExchange("hush")) {
      try (var node = node(EgressPolicy.trusting())) {
        run(node, exchange);
        order(node, "BTC");
        eventually(() -> assertThat(events(node)).containsExactly("Add 2000"));
        exchange.cut();
        exchange.fillAll();
        eventually(() -> assertThat(events(node)).containsExactlyInAnyOrder("Add 2000", "Executed 2000"));
        eventually(() -> assertThat(node.active(node.bob, "Trade:Position")).singleElement()
            .satisfies(position -> assertThat(position.payload().text("seen")).contains("Executed")));
      }
      try (var node = node(EgressPolicy.trusting())) {
        runKnown(node, exchange);
        order(node, "ETH");
        eventually(
            () -> assertThat(events(node)).containsExactlyInAnyOrder("Add 2000", "Executed 2000", "Add 2001",
                "Executed 2001"));
      }
    }
  }

  @Test
  void nameThatAnotherOrderHasIsARefusal() throws Exception {
    try (var exchange = new StubExchange("hush"); var node = node(EgressPolicy.trusting())) {
      run(node, exchange);
      exchange.giveNameToAnother();
      order(node, "BTC");
      eventually(() -> assertThat(node.active(node.bob, "Trade:Refused")).singleElement()
          .satisfies(refused -> assertThat(refused.payload().int64("errorCode")).isEqualTo(1002)));
      assertThat(node.active(node.bob, "Trade:Placed")).isEmpty();
    }
  }

  @Test
  void answerThatIsNoJsonIsAskedForAndTheOrderPlacedOnce() throws Exception {
    try (var exchange = new StubExchange("hush"); var node = node(EgressPolicy.trusting())) {
      run(node, exchange);
      exchange.answerNonsense();
      order(node, "BTC");
      eventually(() -> assertThat(node.active(node.bob, "Trade:Placed")).hasSize(1));
      assertThat(exchange.orders()).isEqualTo(1);
      assertThat(node.setAside()).isEmpty();
    }
  }

  @Test
  void noOrderIsPlacedBeforeItIsKnownFromWhereReportsAreFollowed() throws Exception {
    try (var exchange = new StubExchange("hush"); var node = node(EgressPolicy.trusting())) {
      node.give(MODEL);
      order(node, "BTC");
      runKnown(node, exchange, false);
      eventually(() -> assertThat(events(node)).containsExactly("Add 2000"));
      assertThat(exchange.asked()).containsSubsequence("massOrderStatus", "placeOrder");
    }
  }

  @Test
  void sessionThatTheExchangeForgotIsMadeAnew() throws Exception {
    try (var exchange = new StubExchange("hush"); var node = node(EgressPolicy.trusting())) {
      run(node, exchange);
      order(node, "BTC");
      eventually(() -> assertThat(node.active(node.bob, "Trade:Placed")).hasSize(1));
      exchange.forgetSessions();
      order(node, "ETH");
      eventually(() -> assertThat(node.active(node.bob, "Trade:Placed")).hasSize(2));
      assertThat(node.active(node.bob, "Trade:Refused")).isEmpty();
    }
  }

  @Test
  void connectionsAreClosedWhenTheIntegrationStops() throws Exception {
    try (var exchange = new StubExchange("hush"); var node = node(EgressPolicy.trusting())) {
      run(node, exchange);
      order(node, "BTC");
      eventually(() -> assertThat(node.active(node.bob, "Trade:Placed")).hasSize(1));
      eventually(() -> assertThat(exchange.connections()).isEqualTo(2));
      assertThat(node.automation.stop("shipped")).isTrue();
      // Sooner than a quiet session is closed by itself.
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> exchange.connections() == 0);
    }
  }

  @Test
  void exchangeThatTheNodeMayNotCallIsNotConnectedTo() throws Exception {
    try (var exchange = new StubExchange("hush"); var node = node(new EgressPolicy(true, false, Set.of()))) {
      node.give(MODEL);
      runKnown(node, exchange, false);
      eventually(() -> assertThat(node.automation.find("shipped").orElseThrow().tallies())
          .anySatisfy(tally -> assertThat(tally.lastError()).hasValueSatisfying(
              error -> assertThat(error).contains("127.0.0.1 is not at a public address"))));
      assertThat(exchange.asked()).isEmpty();
    }
  }

  @Test
  void refusedSignInKeepsOrdersWaiting() throws Exception {
    try (var exchange = new StubExchange("another"); var node = node(EgressPolicy.trusting())) {
      assertOrderWaits(node, exchange);
    }
  }

  @Test
  void clockThatIsWrongKeepsOrdersWaitingAndSaysSo() throws Exception {
    try (var exchange = new StubExchange("hush"); var node = node(EgressPolicy.trusting())) {
      exchange.clockAhead(Duration.ofMinutes(10));
      assertOrderWaits(node, exchange);
      eventually(() -> assertThat(lastError(node)).contains("6001 Wrong timestamp"));
      exchange.clockAhead(Duration.ZERO);
      eventually(() -> assertThat(node.active(node.bob, "Trade:Placed")).hasSize(1));
    }
  }

  private static void assertOrderWaits(Node node, StubExchange exchange) {
    node.give(MODEL);
    runKnown(node, exchange, false);
    order(node, "BTC");
    eventually(() -> assertThat(exchange.asked()).hasSizeGreaterThan(2).containsOnly("createSession"));
    assertThat(node.active(node.bob, "Trade:Order")).hasSize(1);
    assertThat(node.setAside()).isEmpty();
  }

  private static String lastError(Node node) {
    return node.automation.find("shipped").orElseThrow().registrations().contracts.values().stream()
        .map(handler -> String.valueOf(handler.counters().snapshot().errorMessage())).collect(Collectors.joining());
  }

  @Test
  void secretsDoNotTravelInTheClear() {
    assertThatThrownBy(() -> new ExchangeGateway.Settings("ws://exchange.example", "k", new Secret("s"), "A:B",
        Optional.empty(), "A:C", "A:D")).hasMessageContaining("url must begin with wss://");
  }

  private static void run(Node node, StubExchange exchange) {
    node.give(MODEL);
    runKnown(node, exchange);
  }

  private static void runKnown(Node node, StubExchange exchange) {
    runKnown(node, exchange, true);
  }

  private static void runKnown(Node node, StubExchange exchange, boolean followed) {
    node.runShipped("exchange_gateway",
        Map.of("url", exchange.url(), "apiKey", "key-1", "secret", "hush", "orderTemplate", "Trade:Order",
            "cancelTemplate", "Trade:Cancel", "reportTemplate", "Trade:Report", "positionTemplate", "Trade:Position"));
    if (followed) {
      eventually(() -> assertThat(exchange.following()).isPositive());
    }
  }

  private static void order(Node node, String instrument) {
    node.submit(node.bob, Command.create(TemplateId.parse("Trade:Order"),
        LedgerValue.struct("integrationParty", LedgerValue.party(node.bob), "instrument", LedgerValue.text(instrument))
            .with("side", LedgerValue.text("Buy")).with("orderType", LedgerValue.text("Limit"))
            .with("timeInForce", LedgerValue.text("GTC")).with("quantity", LedgerValue.numeric("1.2500000000"))
            .with("price", LedgerValue.some(LedgerValue.numeric("100.5000000000")))));
  }

  private static void cancel(Node node, long mpOrderId) {
    node.submit(node.bob, Command.create(TemplateId.parse("Trade:Cancel"),
        LedgerValue.struct("integrationParty", LedgerValue.party(node.bob), "instrument", LedgerValue.text("BTC"))
            .with("mpOrderId", LedgerValue.int64(mpOrderId))));
  }

  private static List<String> events(Node node) {
    return node.active(node.bob, "Trade:Report").stream().map(c -> c.payload().text("messageType") + " "
        + ((LedgerValue.Int64) c.payload().optional("orderId").orElseThrow()).value()).toList();
  }

  private static List<String> reports(Node node) {
    return node.active(node.bob, "Trade:Report").stream().map(c -> c.payload().text("messageType")).toList();
  }
}
