package dev.fairway.exchange;

import static dev.fairway.exchange.TestNode.AU;
import static dev.fairway.exchange.TestNode.SG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.core.channel.MessageRef;
import dev.fairway.exchange.ExchangeConfig.ChannelConfig;
import dev.fairway.exchange.channel.HttpChannelConfig;
import dev.fairway.exchange.channel.MediumHome;
import dev.fairway.exchange.delivery.ChannelPort;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Route;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A node that uses a channel through another node's endpoint, and a business that subscribed. */
class HttpChannelExchangeTest {
  private static final Duration SOON = Duration.ofSeconds(40);

  @TempDir
  Path folder;

  /** A subscriber: says yes to whatever hub asks, and remembers what it was told. */
  private static final class Callback implements AutoCloseable {
    final BlockingQueue<JsonNode> told = new LinkedBlockingQueue<>();
    final WebServer server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(),
        List.of(new Door("callback", "/callback", ErrorStyle.PROBLEM, List.of(
            Route.get("", "Says yes").anyone()
                .handle(call -> call.text(200, "text/plain", call.query("hub.challenge").orElse(""))),
            Route.post("", "Listens").anyone().handle(call -> {
              told.add(call.json());
              call.empty(204);
            })))));

    JsonNode next(String predicate) {
      return await().atMost(SOON).until(() -> told.stream()
          .filter(body -> body.path("predicate").asString("").equalsIgnoreCase(predicate)).findFirst(),
          Optional::isPresent).orElseThrow();
    }

    @Override
    public void close() {
      server.close();
    }
  }

  private static void subscribe(TestNode node, Callback callback, String topic) throws Exception {
    String form = "hub.mode=subscribe&hub.topic=" + topic + "&hub.callback=" + callback.server.baseUrl() + "/callback";
    assertThat(node.send(node.request("/subscription-api/subscriptions")
        .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form)))
        .statusCode()).isEqualTo(202);
  }

  @Test
  void messageCrossesThroughAnEndpointAndSubscribersAreTold() throws Exception {
    MediumHome medium = new MediumHome.Folder(folder.resolve("medium"));
    Map<String, ChannelConfig> shared = Map.of("shared", new ChannelConfig.SharedDatabase(medium, Set.of(AU, SG)));
    try (
        TestNode au = new TestNode(folder.resolve("au"),
            ExchangeConfig.of(AU, Map.of(), shared, List.of(Rule.to("all", Match.ANY, List.of("shared")))));
        TestNode endpoint = new TestNode(folder.resolve("endpoint"),
            ExchangeConfig.of(SG, Map.of(AU, TestNode.peer(au.server.port())), shared, List.of()));
        TestNode sg = new TestNode(folder.resolve("sg"),
            ExchangeConfig.of(SG, Map.of(AU, TestNode.peer(au.server.port())),
                Map.of("partner",
                    new ChannelConfig.Http(
                        new HttpChannelConfig(URI.create(endpoint.server.baseUrl() + "/channels/shared/"),
                            Optional.empty(), true),
                        Set.of(AU, SG), ChannelPort.Uncertain.HOLD)),
                List.of(Rule.to("all", Match.ANY, List.of("partner")))));
        Callback subscriber = new Callback()) {
      subscribe(sg, subscriber, "message.*");
      subscribe(sg, subscriber, "UN.CEFACT.*");
      await().atMost(SOON).until(() -> sg.exchange.hub().list(Optional.empty(), "", 10).size() == 2);

      String document = au.uploaded(SG, "certificate", "text/plain");
      MessageRef ref = au.posted(TestNode.message(AU, SG, document));
      await().atMost(SOON).until(() -> sg.exchange.messages().find(ref)
          .filter(message -> message.documents() == StoredMessage.Documents.COMPLETE).isPresent());
      JsonNode light = subscriber.next("message." + ref.senderRef() + ".received");
      assertThat(light.get("sender_ref").stringValue()).isEqualTo(ref.toString());
      JsonNode fat = subscriber.next("UN.CEFACT.Trade.CertificateOfOrigin.created");
      assertThat(fat.propertyNames()).containsExactly("sender", "receiver", "subject", "obj", "predicate",
          "sender_ref");
      subscriber.next("message." + ref.senderRef() + ".documents");

      MessageRef answer = sg.posted(TestNode.message(SG, AU, "a.b.c"));
      await().atMost(SOON).until(() -> sg.state(answer).orElseThrow() == MessageState.CONFIRMED);
      await().atMost(SOON).until(() -> au.state(answer).isPresent());
      subscriber.next("message." + answer.senderRef() + ".status");
      subscriber.next("message." + answer.senderRef() + ".channel.confirmed");
    }
  }
}
