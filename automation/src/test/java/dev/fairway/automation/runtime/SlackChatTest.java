package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.runtime.StubService.Asked;
import dev.fairway.automation.runtime.StubService.Told;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Chat against a stub of Slack's {@code chat.postMessage}, and calls signed as Slack signs them. */
@Timeout(120)
class SlackChatTest {
  private static final String MODEL = """
      package: { name: chat, version: 1.0.0 }
      templates:
        Chat:Out:
          fields: { integrationParty: Party, slackChannel: Text, messageText: Text }
          signatories: [integrationParty]
        Chat:In:
          fields: { integrationParty: Party, receivedAt: Time, slackChannel: Text, slackUser: Text, messageText: Text }
          signatories: [integrationParty]
        Chat:Command:
          fields: { integrationParty: Party, receivedAt: Time, command: Text, commandText: Text, responseUrl: Text,
                    slackUser: Text, slackTeam: Text, slackChannel: Text, slackApiAppId: Text }
          signatories: [integrationParty]
        Chat:Answer:
          fields: { integrationParty: Party, responseUrl: Text, responseText: Text }
          signatories: [integrationParty]
          choices:
            ResponseFailed:
              controllers: [integrationParty]
              arguments: { receivedAt: Time, httpStatusCode: Int, httpResponseBody: Text }
              creates: [{ template: Chat:Unheard, with: { status: $argument.httpStatusCode } }]
        Chat:Unheard:
          fields: { integrationParty: Party, responseText: Text, status: Int }
          signatories: [integrationParty]
      """;
  private static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String SAID = """
      {"type":"event_callback","event":{"type":"message","channel":"C1","user":"U1","text":"ahoy"}}""";

  @TempDir
  private Path folder;

  private OutboundClient client;

  @BeforeEach
  void openClient() {
    client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  @Test
  void contractsArePostedAndArchivedAndSignedMessagesBecomeContracts() throws Exception {
    try (var slack = new StubService(asked -> new Told(200, "{\"ok\":true}"));
        var node = new Node(folder, ledger -> ledger, new Outside(client));
        var server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(), node.automation.doors())) {
      run(node, slack);
      node.submit(node.bob, Command.create(TemplateId.parse("Chat:Out"), LedgerValue
          .struct("integrationParty", LedgerValue.party(node.bob), "slackChannel", LedgerValue.text("C1"))
          .with("messageText", LedgerValue.text("hello"))));
      eventually(() -> assertThat(node.active(node.bob, "Chat:Out")).isEmpty());
      assertThat(slack.asked()).containsExactly(
          new Asked("/chat.postMessage", "Bearer xoxb-1", "{\"channel\":\"C1\",\"text\":\"hello\"}"));

      Instant now = Instant.now();
      assertThat(call(server, JSON, SAID, now, "hush").statusCode()).isEqualTo(200);
      assertThat(call(server, JSON, SAID.replace("\"user\"", "\"bot_id\":\"B1\",\"user\""), now, "hush").statusCode())
          .isEqualTo(200);
      assertThat(call(server, JSON, SAID, now, "guess").statusCode()).isEqualTo(401);
      assertThat(call(server, JSON, SAID, now.minusSeconds(600), "hush").statusCode()).isEqualTo(401);
      assertThat(call(server, JSON, "{\"type\":\"url_verification\",\"challenge\":\"c\"}", now, "hush").body())
          .contains("\"challenge\": \"c\"");
      assertThat(node.active(node.bob, "Chat:In")).singleElement().extracting(c -> c.payload().text("messageText"))
          .isEqualTo("ahoy");
    }
  }

  @Test
  void commandsBecomeContractsAndAnswersArePostedToWhereTheyAskedForThem() throws Exception {
    try (var slack = new StubService(asked -> new Told(asked.path().equals("/late") ? 404 : 200, "ok"));
        var node = new Node(folder, ledger -> ledger, new Outside(client));
        var server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(), node.automation.doors())) {
      run(node, slack);
      String command = "command=%2Fprice&text=usd+now&response_url=" + URLEncoder.encode(slack.at("/answer").toString(),
          StandardCharsets.UTF_8) + "&user_id=U1&team_id=T1&channel_id=C1&api_app_id=A1";
      assertThat(call(server, FORM, command, Instant.now(), "guess").statusCode()).isEqualTo(401);
      assertThat(call(server, FORM, command, Instant.now(), "hush").body()).isEmpty();
      LedgerValue.Struct invoked = node.active(node.bob, "Chat:Command").getFirst().payload();
      assertThat(List.of("command", "commandText", "slackUser", "slackTeam", "slackChannel", "slackApiAppId"))
          .extracting(invoked::text).containsExactly("/price", "usd now", "U1", "T1", "C1", "A1");

      answer(node, invoked.text("responseUrl"), "9000");
      answer(node, slack.at("/late").toString(), "9001");
      eventually(() -> assertThat(node.active(node.bob, "Chat:Answer")).isEmpty());
      assertThat(slack.asked()).contains(new Asked("/answer", "", "{\"text\":\"9000\"}"));
      assertThat(node.active(node.bob, "Chat:Unheard")).singleElement().satisfies(unheard -> {
        assertThat(unheard.payload().text("responseText")).isEqualTo("9001");
        assertThat(unheard.payload().int64("status")).isEqualTo(404);
      });
    }
  }

  @Test
  void answersThatReachNobodyAreToldToTheirContracts() throws Exception {
    try (var slack = new StubService(asked -> new Told(200, "ok"));
        var node = new Node(folder, ledger -> ledger, new Outside(client))) {
      run(node, slack);
      URI gone;
      try (var closed = new StubService(asked -> new Told(200, "ok"))) {
        gone = closed.at("/answer");
      }
      answer(node, gone.toString(), "to a closed port");
      answer(node, "no url", "to no URL");
      answer(node, "ftp://127.0.0.1/answer", "to what may not be called");
      eventually(() -> assertThat(node.active(node.bob, "Chat:Unheard")).hasSize(3)
          .allSatisfy(unheard -> assertThat(unheard.payload().int64("status")).isEqualTo(-1)));
      assertThat(node.setAside()).isEmpty();
    }
  }

  private static void run(Node node, StubService slack) {
    node.give(MODEL);
    node.runShipped("slack_chat",
        Map.of("outboundTemplate", "Chat:Out", "inboundTemplate", "Chat:In", "commandTemplate", "Chat:Command",
            "responseTemplate", "Chat:Answer", "apiToken", "xoxb-1", "signingSecret", "hush", "apiUrl",
            slack.at("/chat.postMessage").toString()));
  }

  private static void answer(Node node, String url, String text) {
    node.submit(node.bob, Command.create(TemplateId.parse("Chat:Answer"), LedgerValue
        .struct("integrationParty", LedgerValue.party(node.bob), "responseUrl", LedgerValue.text(url))
        .with("responseText", LedgerValue.text(text))));
  }

  private static HttpResponse<String> call(WebServer server, String type, String body, Instant at, String secret)
      throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String signature = "v0=" + HexFormat.of()
        .formatHex(mac.doFinal(("v0:" + at.getEpochSecond() + ":" + body).getBytes(StandardCharsets.UTF_8)));
    URI hook = URI.create(server.baseUrl() + "/integrations/shipped");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(hook).header("X-Slack-Request-Timestamp", Long.toString(at.getEpochSecond()))
              .header("X-Slack-Signature", signature).header("Content-Type", type)
              .POST(HttpRequest.BodyPublishers.ofString(body)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
