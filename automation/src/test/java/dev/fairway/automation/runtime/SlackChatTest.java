package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.automation.shipped.ShippedIntegrations;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
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
      """;
  private static final String SAID = """
      {"type":"event_callback","event":{"type":"message","channel":"C1","user":"U1","text":"ahoy"}}""";

  @TempDir
  private Path folder;

  @Test
  void contractsArePostedAndArchivedAndSignedMessagesBecomeContracts() throws Exception {
    List<String> posted = new CopyOnWriteArrayList<>();
    HttpServer slack = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    slack.createContext("/", exchange -> {
      posted.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
          + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      byte[] answer = "{\"ok\":true}".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    slack.start();
    try (var client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
        var node = new Node(folder, ledger -> ledger, new Outside(client));
        var server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(), node.automation.doors())) {
      node.ledger.upload(MODEL.getBytes(StandardCharsets.UTF_8));
      ShippedIntegrations.types().forEach(node.automation::offer);
      node.automation.start(new IntegrationConfig("chat", "slack_chat", node.bob,
          Map.of("outboundTemplate", "Chat:Out", "inboundTemplate", "Chat:In", "apiToken", "xoxb-1", "signingSecret",
              "hush", "apiUrl", "http://127.0.0.1:" + slack.getAddress().getPort() + "/chat.postMessage")));
      node.submit(node.bob, Command.create(TemplateId.parse("Chat:Out"), LedgerValue
          .struct("integrationParty", LedgerValue.party(node.bob), "slackChannel", LedgerValue.text("C1"))
          .with("messageText", LedgerValue.text("hello"))));
      eventually(() -> assertThat(node.active(node.bob, "Chat:Out")).isEmpty());
      assertThat(posted).containsExactly("Bearer xoxb-1 {\"channel\":\"C1\",\"text\":\"hello\"}");

      URI hook = URI.create(server.baseUrl() + "/integrations/chat");
      Instant now = Instant.now();
      assertThat(call(hook, SAID, now, "hush").statusCode()).isEqualTo(200);
      assertThat(call(hook, SAID.replace("\"user\"", "\"bot_id\":\"B1\",\"user\""), now, "hush").statusCode())
          .isEqualTo(200);
      assertThat(call(hook, SAID, now, "guess").statusCode()).isEqualTo(401);
      assertThat(call(hook, SAID, now.minusSeconds(600), "hush").statusCode()).isEqualTo(401);
      assertThat(call(hook, "{\"type\":\"url_verification\",\"challenge\":\"c\"}", now, "hush").body())
          .contains("\"challenge\": \"c\"");
      assertThat(node.active(node.bob, "Chat:In")).singleElement().extracting(c -> c.payload().text("messageText"))
          .isEqualTo("ahoy");
    } finally {
      slack.stop(0);
    }
  }

  private static HttpResponse<String> call(URI hook, String body, Instant at, String secret) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String signature = "v0=" + HexFormat.of()
        .formatHex(mac.doFinal(("v0:" + at.getEpochSecond() + ":" + body).getBytes(StandardCharsets.UTF_8)));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(hook).header("X-Slack-Request-Timestamp", Long.toString(at.getEpochSecond()))
              .header("X-Slack-Signature", signature).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
