package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.automation.shipped.ShippedIntegrations;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.Json;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ShippedIntegrationsTest {
  private static final String MODEL = """
      package: { name: shipped-test, version: 1.0.0 }
      templates:
        Inbox:Message:
          fields: { integrationParty: Party, receivedAt: Time, contentType: Text, body: Text }
          signatories: [integrationParty]
          choices:
            Tick:
              controllers: [integrationParty]
              creates: [{ template: Inbox:Ticked }]
        Inbox:Ticked:
          fields: { integrationParty: Party, body: Text }
          signatories: [integrationParty]
      """;

  private static final String BELL = """
      package: { name: bell, version: 1.0.0 }
      templates:
        Bell:Bell:
          fields: { integrationParty: Party }
          signatories: [integrationParty]
          choices:
            Ring:
              controllers: [integrationParty]
              arguments: { cid: ContractId }
              creates: [{ template: Bell:Rung, with: { cid: $argument.cid } }]
        Bell:Rung:
          fields: { integrationParty: Party, cid: ContractId }
          signatories: [integrationParty]
      """;

  @TempDir
  private Path folder;

  @Test
  void callBecomesAContractATimerTicksItAndTheLogShowsIt() throws Exception {
    try (var node = new Node(folder)) {
      node.ledger.upload(MODEL.getBytes(StandardCharsets.UTF_8));
      ShippedIntegrations.types().forEach(node.automation::offer);
      node.automation.start(new IntegrationConfig("inbox", "inbound_webhook", node.bob,
          Map.of("template", "Inbox:Message", "callers", "PUBLIC")));
      node.automation.start(new IntegrationConfig("ticker", "timer", node.bob,
          Map.of("targetTemplate", "Inbox:Message", "templateChoice", "Tick", "interval", "1")));
      node.automation.start(new IntegrationConfig("log", "ledger_event_log", node.bob, Map.of()));
      eventually(() -> assertThat(node.automation.running()).allMatch(RunningIntegration::ready));
      try (var server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(), node.automation.doors());
          var client = HttpClient.newHttpClient()) {
        var posted = client.send(HttpRequest.newBuilder(URI.create(server.baseUrl() + "/integrations/inbox"))
            .header("Content-Type", "text/plain").POST(HttpRequest.BodyPublishers.ofString("hello")).build(),
            HttpResponse.BodyHandlers.ofString());
        assertThat(posted.body()).isEqualTo("200: OK");
        eventually(() -> assertThat(node.active(node.bob, "Inbox:Ticked")).singleElement()
            .extracting(c -> c.payload().text("body")).isEqualTo("hello"));
        eventually(() -> {
          var log = client.send(HttpRequest.newBuilder(URI.create(server.baseUrl() + "/integrations/log")).build(),
              HttpResponse.BodyHandlers.ofString());
          assertThat(Json.parse(log.body()).path("transactions").findValuesAsString("type")).contains("ledger_init",
              "ledger_ready", "transaction_start", "contract_created", "contract_archived", "transaction_end");
        });
      }
    }
  }

  @Test
  void loopbackExercisesAChoiceOfTheContractItWasToldOfAndOfANewOne() {
    try (var node = new Node(folder)) {
      node.ledger.upload(MODEL.getBytes(StandardCharsets.UTF_8));
      node.ledger.upload(BELL.getBytes(StandardCharsets.UTF_8));
      ShippedIntegrations.types().forEach(node.automation::offer);
      node.automation.start(new IntegrationConfig("tick", "loopback", node.bob, Map.of("templateFilter",
          "Inbox:Message", "targetTemplate", "Inbox:Message", "templateChoice", "Tick")));
      node.automation.start(new IntegrationConfig("ring", "loopback", node.bob, Map.of("templateFilter", "Inbox:Ticked",
          "targetContractMode", "Create And Execute", "targetTemplate", "Bell:Bell", "templateChoice", "Ring")));
      node.submit(node.bob, Command.create(TemplateId.parse("Inbox:Message"), LedgerValue
          .struct("integrationParty", LedgerValue.party(node.bob), "receivedAt", LedgerValue.timestamp(Instant.EPOCH))
          .with("contentType", LedgerValue.text("")).with("body", LedgerValue.text("hello"))));
      eventually(() -> assertThat(node.active(node.bob, "Bell:Rung")).singleElement()
          .extracting(c -> c.payload().contractId("cid"))
          .isEqualTo(node.active(node.bob, "Inbox:Ticked").getFirst().id()));
    }
  }

  @Test
  void settingsAreCheckedAgainstWhatTheLedgerKnows() {
    try (var node = new Node(folder)) {
      node.ledger.upload(MODEL.getBytes(StandardCharsets.UTF_8));
      ShippedIntegrations.types().forEach(node.automation::offer);
      assertThatThrownBy(() -> node.automation.start(new IntegrationConfig("ticker", "timer", node.bob,
          Map.of("targetTemplate", "Inbox:Message", "templateChoice", "Tock", "interval", "x"))))
          .hasMessageContaining("templateChoice must be a choice of Inbox:Message, is \"Tock\"")
          .hasMessageContaining("interval must be a whole number");
      assertThat(node.submit(node.bob, Command.create(TemplateId.parse("Inbox:Ticked"), LedgerValue
          .struct("integrationParty", LedgerValue.party(node.bob), "body", LedgerValue.text("x"))))).isNotNull();
    }
  }
}
