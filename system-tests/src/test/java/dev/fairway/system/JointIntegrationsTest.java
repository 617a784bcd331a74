package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.node.pair.NodePair;
import dev.fairway.web.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A contract on the ledger of one node becomes a message to another node, and there a contract on its ledger. */
@Timeout(600)
class JointIntegrationsTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String TEMPLATES = """
      package: { name: trade, version: 1.0.0 }
      templates:
        Trade:Letter:
          fields: { integrationParty: Party, receiver: Text, subject: Text, obj: Text, predicate: Text }
          signatories: [integrationParty]
        Trade:Received:
          fields: { integrationParty: Party, sender: Text, senderRef: Text, receiver: Text, subject: Text, obj: Text,
                    predicate: Text }
          signatories: [integrationParty]
      """;

  @TempDir
  private Path home;

  @Test
  void contractBecomesAMessageAndTheMessageAContract() throws Exception {
    try (NodePair pair = NodePair.start(home, List.of(0, 0), NodePair.Wiring.SHARED, "")) {
      URI here = pair.side(NodePair.AU).node();
      URI there = pair.side(NodePair.SG).node();
      for (URI node : List.of(here, there)) {
        send(node, "POST", "/api/ledgers/local/packages", TEMPLATES);
        send(node, "POST", "/api/ledgers/local/parties", "{\"hint\": \"clerk\"}");
      }
      configure(here, "contract_to_message", Map.of("template", "Trade:Letter"));
      configure(there, "message_to_contract",
          Map.of("template", "Trade:Received", "predicate", "UN.CEFACT.*", "sender", "AU"));
      write(here, "UN.CEFACT.Trade.Note.created", "first");
      write(here, "ISO.Other.Note.created", "not wanted there");
      write(here, "UN.CEFACT.Trade.Note.created", "second");

      Awaitility.await().atMost(Duration.ofMinutes(4)).untilAsserted(() -> {
        assertThat(contracts(here, "Letter")).isEmpty();
        assertThat(contracts(there, "Received").findValuesAsString("subject")).containsExactlyInAnyOrder("first",
            "second");
      });
      assertThat(contracts(there, "Received").findValuesAsString("sender")).containsOnly("AU");
    }
  }

  private static void configure(URI node, String type, Map<String, String> settings) throws Exception {
    ObjectNode wanted = Json.object().put("type", type).put("ledger", "local").put("party", "clerk");
    settings.forEach(wanted.putObject("settings")::put);
    send(node, "PUT", "/api/integrations/join", wanted.toString());
    // What arrives before it runs for the first time is not its business.
    Awaitility.await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThat(
        send(node, "GET", "/api/integrations/join", "").path("state").asString()).isEqualTo("running"));
  }

  private static void write(URI node, String predicate, String subject) throws Exception {
    ObjectNode body = Json.object().put("party", "clerk").put("command_id", subject);
    body.putArray("commands").addObject().putObject("create").put("template", "Trade:Letter").putObject("payload")
        .put("integrationParty", "clerk").put("receiver", "SG").put("subject", subject)
        .put("obj", "QmYtUc4iTCbbfVSDNKvtQqrfyezPPnFvE33wFmutw9PBBk").put("predicate", predicate);
    send(node, "POST", "/api/ledgers/local/commands", body.toString());
  }

  private static JsonNode contracts(URI node, String template) throws Exception {
    return send(node, "GET", "/api/ledgers/local/contracts?template=Trade:" + template + "&party=clerk", "")
        .path("items");
  }

  private static JsonNode send(URI node, String method, String path, String body) throws Exception {
    HttpResponse<byte[]> answer = CLIENT.send(HttpRequest.newBuilder(URI.create(node + path))
        .header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).as(new String(answer.body(), StandardCharsets.UTF_8)).isBetween(
        200, 204);
    return answer.body().length == 0 ? Json.object() : Json.parse(answer.body());
  }
}
