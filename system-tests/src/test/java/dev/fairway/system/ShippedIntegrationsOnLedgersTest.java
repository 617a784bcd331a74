package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.daml.v1.Sandbox;
import dev.fairway.web.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The integrations that come with a node, run by a served node on its own ledger and on a real Daml ledger alike. */
@Timeout(600)
class ShippedIntegrationsOnLedgersTest {
  private static final Duration SOON = Duration.ofMinutes(2);

  @TempDir
  private static Path folder;

  private static Sandbox sandbox;
  private static ServedNode node;

  @BeforeAll
  static void startLedgerAndNode() throws Exception {
    sandbox = Sandbox.start();
    node = ServedNode.start(folder, "node", "AU",
        "automation: { ledgers: { trade: { type: daml-v1, url: \"http://127.0.0.1:%d\" } } }"
            .formatted(sandbox.port()));
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
    sandbox.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "trade"})
  void callsAndLinesBecomeContractsThatAreShownTickedAndLogged(String ledger) throws Exception {
    give(ledger, ledger.equals("local") ? InboxModel.templates() : InboxModel.dar());
    String party = Json.parse(post("/api/ledgers/" + ledger + "/parties", "{\"hint\": \"clerk\"}").body())
        .path("party").asString();
    try (ServerSocket lines = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      run(ledger, party, "inbox", "inbound_webhook", Map.of("template", "Inbox:Message", "callers", "PUBLIC"));
      run(ledger, party, "log", "ledger_event_log", Map.of());
      run(ledger, party, "table", "table", Map.of("targetTemplate", "Inbox:Message", "csvDialect", "Unix"));
      run(ledger, party, "lines", "line_socket", Map.of("host", "127.0.0.1", "port",
          Integer.toString(lines.getLocalPort()), "template", "Inbox:Message"));

      assertThat(node.post(at(ledger, "inbox"), "text/plain", "by post").statusCode()).isEqualTo(200);
      try (Socket sender = lines.accept()) {
        sender.getOutputStream().write("by, \"wire\"\n".getBytes(StandardCharsets.UTF_8));
        eventually(() -> assertThat(get(at(ledger, "table")).body())
            .contains("\"integrationParty\",\"receivedAt\",\"contentType\",\"body\"\n").contains("\"by post\"\n")
            .contains("\"by, \"\"wire\"\"\"\n"));
      }
      assertThat(node.json(at(ledger, "table") + "/json").path("rows").findValuesAsString("body"))
          .containsExactlyInAnyOrder("by post", "by, \"wire\"");
      assertThat(get(at(ledger, "table") + "/html").body()).contains("<td>by, &quot;wire&quot;</td>");
    }
    run(ledger, party, "ticker", "timer",
        Map.of("targetTemplate", "Inbox:Message", "templateChoice", "Tick", "interval", "1"));
    eventually(() -> assertThat(node.json("/api/ledgers/" + ledger + "/contracts?template=Inbox:Ticked&party=" + party)
        .path("items").findValuesAsString("body")).containsExactlyInAnyOrder("by post", "by, \"wire\""));
    eventually(() -> {
      JsonNode logged = node.json(at(ledger, "log")).path("transactions");
      assertThat(logged.findValuesAsString("type")).contains("ledger_init", "ledger_ready", "transaction_start",
          "contract_created", "contract_archived", "transaction_end");
      assertThat(logged.findValuesAsString("body")).contains("by post", "by, \"wire\"");
    });
    assertThat(get(at(ledger, "log") + "/csv").body()).startsWith("type,integration_time");
  }

  private static void give(String ledger, byte[] templates) throws Exception {
    HttpResponse<String> given = node.send(node.to("/api/ledgers/" + ledger + "/packages")
        .POST(BodyPublishers.ofByteArray(templates)));
    assertThat(given.statusCode()).as(given.body()).isEqualTo(204);
  }

  private static String at(String ledger, String integration) {
    return "/integrations/" + ledger + "-" + integration;
  }

  private static void run(String ledger, String party, String integration, String type, Map<String, String> settings)
      throws Exception {
    ObjectNode wanted = Json.object().put("type", type).put("ledger", ledger).put("party", party);
    settings.forEach(wanted.putObject("settings")::put);
    String path = "/api/integrations/" + ledger + "-" + integration;
    HttpResponse<String> made = node.send(node.to(path).header("Content-Type", "application/json")
        .PUT(BodyPublishers.ofString(wanted.toString())));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    eventually(() -> assertThat(node.json(path).path("state").asString()).isEqualTo("running"));
  }

  private static HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return node.post(path, "application/json", json);
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return node.send(node.to(path));
  }

  private static void eventually(ThrowingRunnable assertion) {
    Awaitility.await().atMost(SOON).untilAsserted(assertion);
  }
}
