package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.automation.shipped.ShippedIntegrations;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The price poller against a stub of its service: {@code USD} has a price, {@code EUR} after a refusal, others none. */
@Timeout(120)
class PricePollerTest {
  private static final String MODEL = """
      package: { name: prices, version: 1.0.0 }
      templates:
        Price:Request:
          fields: { owner: Party, currencyCode: Text }
          signatories: [owner]
          choices:
            PriceRequest_RespondSuccess:
              controllers: [owner]
              arguments: { updatedAt: Time, rate: Numeric 10 }
              creates: [{ template: Price:Answer, with: { rate: $argument.rate, updatedAt: $argument.updatedAt } }]
            PriceRequest_RespondFailure:
              controllers: [owner]
              arguments: { httpStatusCode: Int, httpResponseBody: Text }
              creates: [{ template: Price:Failure, with: { status: $argument.httpStatusCode } }]
        Price:Answer:
          fields: { owner: Party, currencyCode: Text, updatedAt: Time, rate: Numeric 10 }
          signatories: [owner]
        Price:Failure:
          fields: { owner: Party, currencyCode: Text, status: Int }
          signatories: [owner]
        Price:Oracle:
          fields: { owner: Party, currencyCode: Text }
          signatories: [owner]
          choices:
            CurrentPriceOracleUpdater_Update:
              controllers: [owner]
              consuming: false
              arguments: { updatedAt: Time, rate: Numeric 10 }
              creates: [{ template: Price:Answer, with: { rate: $argument.rate, updatedAt: $argument.updatedAt } }]
      """;

  @TempDir
  private Path folder;

  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer service;
  private OutboundClient client;

  @BeforeEach
  void startService() throws IOException {
    client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext("/", exchange -> {
      String code = exchange.getRequestURI().getPath().substring(1);
      int status = code.equals("XXX") ? 404 : code.equals("EUR") && asked.incrementAndGet() == 1 ? 503 : 200;
      byte[] body = status == 200
          ? "{\"time\":{\"updatedISO\":\"2026-03-09T10:11:00+00:00\"},\"bpi\":{\"%s\":{\"rate_float\":9000.125}}}"
              .formatted(code).getBytes(StandardCharsets.UTF_8)
          : "no price".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    service.start();
  }

  @AfterEach
  void stopService() {
    service.stop(0);
    client.close();
  }

  private String url() {
    return "http://127.0.0.1:" + service.getAddress().getPort() + "/{code}";
  }

  private static void create(Node node, String template, String code) {
    node.submit(node.bob, Command.create(TemplateId.parse(template), LedgerValue.struct("owner",
        LedgerValue.party(node.bob), "currencyCode", LedgerValue.text(code))));
  }

  @Test
  void eachRequestIsAnsweredOnceWithThePriceOrTheReason() {
    try (var node = new Node(folder, ledger -> ledger, new Outside(client))) {
      node.ledger.upload(MODEL.getBytes(StandardCharsets.UTF_8));
      ShippedIntegrations.types().forEach(node.automation::offer);
      node.automation.start(new IntegrationConfig("prices", "price_poller", node.bob,
          Map.of("url", url(), "requestTemplate", "Price:Request")));
      for (String code : new String[]{"usd", "EUR", "XXX", "dollars"}) {
        create(node, "Price:Request", code);
      }
      eventually(() -> assertThat(node.active(node.bob, "Price:Answer"))
          .extracting(c -> c.payload().text("currencyCode")).containsExactlyInAnyOrder("usd", "EUR"));
      eventually(() -> assertThat(node.active(node.bob, "Price:Failure"))
          .extracting(c -> c.payload().int64("status")).containsExactlyInAnyOrder(404L, -1L));
      assertThat(node.active(node.bob, "Price:Answer")).allSatisfy(answer -> {
        assertThat(answer.payload().numeric("rate")).isEqualByComparingTo(new BigDecimal("9000.125"));
        assertThat(answer.payload().timestamp("updatedAt")).isEqualTo(Instant.parse("2026-03-09T10:11:00Z"));
      });
    }
  }

  @Test
  void oraclesAreUpdatedAndOneWithoutAPriceSpoilsNoOther() {
    try (var node = new Node(folder, ledger -> ledger, new Outside(client))) {
      node.ledger.upload(MODEL.getBytes(StandardCharsets.UTF_8));
      ShippedIntegrations.types().forEach(node.automation::offer);
      create(node, "Price:Oracle", "XXX");
      create(node, "Price:Oracle", "USD");
      node.automation.start(new IntegrationConfig("prices", "price_poller", node.bob,
          Map.of("url", url(), "oracleTemplate", "Price:Oracle", "interval", "1")));
      eventually(() -> assertThat(node.active(node.bob, "Price:Answer")).isNotEmpty()
          .allMatch(c -> c.payload().text("currencyCode").equals("USD")));
    }
  }

  @Test
  void settingsThatLeadNowhereAreRefused() {
    try (var node = new Node(folder)) {
      ShippedIntegrations.types().forEach(node.automation::offer);
      assertThatThrownBy(() -> node.automation.start(
          new IntegrationConfig("prices", "price_poller", node.bob, Map.of("url", "http://127.0.0.1/price"))))
          .hasMessageContaining("url must contain {code}");
    }
  }
}
