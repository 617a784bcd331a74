package dev.fairway.websub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.web.Json;
import dev.fairway.websub.hub.Subscription;
import dev.fairway.websub.wire.Links;
import dev.fairway.websub.wire.SecretSeal;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The subscription part of a channel endpoint, as old nodes know it. */
class ChannelSubscriptionWireTest {
  private static final String BASE = "/channels/shared";

  @TempDir
  private Path folder;
  private final Callbacks outside = new Callbacks();

  @AfterEach
  void stop() {
    outside.close();
  }

  private Node node(boolean verifyFirst) {
    return new Node(folder, verifyFirst, new SecretSeal(List.of(SecretSeal.newKey())));
  }

  private HttpResponse<String> subscribe(Node node, String path, String mode, String topic) {
    // In the order and with the empty secret that old nodes send.
    return node.post(BASE + path,
        Node.form("hub.mode", mode, "hub.callback", outside.url("cb"), "hub.topic", topic, "hub.secret", ""));
  }

  @ParameterizedTest
  @CsvSource({"/messages/subscriptions/by_jurisdiction, AU, jurisdiction.AU",
      "/messages/subscriptions/by_jurisdiction, jurisdiction.AU, jurisdiction.AU",
      "/messages/subscriptions/by_id, 55, 55", "/subscriptions, jurisdiction.AU, jurisdiction.AU",
      "/subscriptions, 0xabc, 0xabc"})
  void asksBackWithTheEffectiveTopicAndTellsOnlyTheId(String path, String topic, String effective) {
    try (Node node = node(false)) {
      assertThat(subscribe(node, path, "subscribe", topic).statusCode()).isEqualTo(202);
      node.settle();
      assertThat(outside.asked("cb").getFirst().target())
          .startsWith("/cb?hub.mode=subscribe&hub.topic=" + effective + "&hub.challenge=")
          .contains("&hub.lease_seconds=432000");
      node.tell(effective, "{\"id\":1}");
      node.settle();
      assertThat(outside.told("cb").getFirst().body()).isEqualTo("{\"id\":1}");
      Links links = Links.parse(List.of(outside.told("cb").getFirst().header("Link").orElseThrow()));
      assertThat(links.first("hub")).contains(node.server.baseUrl() + BASE + "/subscriptions");
      assertThat(links.first("self")).contains(node.server.baseUrl() + BASE + "/topic/" + effective);
    }
  }

  @Test
  void addressOfATopicIsTakenForTheTopic() {
    try (Node node = node(false)) {
      subscribe(node, "/messages/subscriptions/by_jurisdiction", "subscribe",
          node.server.baseUrl() + BASE + "/topic/AU");
      node.settle();
      assertThat(node.channelHub.list(Optional.empty(), "", 10)).singleElement().extracting(Subscription::echo)
          .isEqualTo("jurisdiction.AU");
    }
  }

  @Test
  void faultsOfAllFieldsAreToldAtOnceAsAMap() {
    try (Node node = node(false)) {
      HttpResponse<String> answer = node.post(BASE + "/subscriptions", Node.form("hub.callback", "nowhere", "hub.mode",
          "subscribe", "hub.secret", "s".repeat(201), "hub.lease_seconds", "soon"));
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(Json.parse(answer.body())).isEqualTo(Json.parse("""
          {"hub.callback":["Not a valid URL."],"hub.topic":["Missing data for required field."],
           "hub.lease_seconds":["Not a valid integer."],"hub.secret":["Longer than maximum length 200."]}"""));
      assertThat(Json.parse(node.post(BASE + "/subscriptions",
          Node.form("hub.callback", outside.url("cb"), "hub.mode", "x", "hub.topic", "a/b")).body()))
          .isEqualTo(Json.parse("""
              {"hub.mode":["Must be one of: subscribe, unsubscribe."],
               "hub.topic":["Topic must not contain \\"/\\""]}"""));
    }
  }

  @Test
  void unsubscribingWhatIsNotThereIs404() {
    try (Node node = node(false)) {
      HttpResponse<String> answer = subscribe(node, "/messages/subscriptions/by_id", "unsubscribe", "1");
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).contains("Subscription with given parameters not found");
    }
  }

  @Test
  void topicAnswersItsOwnName() {
    try (Node node = node(false)) {
      HttpResponse<String> answer = node.get(BASE + "/topic/jurisdiction.AU");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("\"jurisdiction.AU\"");
      assertThat(Links.parse(answer.headers().allValues("Link")).first("hub"))
          .contains(node.server.baseUrl() + BASE + "/subscriptions");
      assertThat(node.get(BASE + "/topic/a..b").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void verifyingFirstAnswersAfterAskingAndSaysWhenItWasNotMeant() {
    try (Node node = node(true)) {
      assertThat(subscribe(node, "/messages/subscriptions/by_id", "subscribe", "1").statusCode()).isEqualTo(202);
      assertThat(node.channelHub.list(Optional.empty(), "", 10)).hasSize(1);
      outside.when("GET", "cb", call -> call.empty(404));
      HttpResponse<String> refused = subscribe(node, "/messages/subscriptions/by_id", "unsubscribe", "1");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(Json.parse(refused.body())).isEqualTo(Json.parse("{\"error\":\"Intent verification failed\"}"));
      assertThat(node.channelHub.list(Optional.empty(), "", 10)).hasSize(1);
    }
  }
}
