package dev.fairway.websub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.websub.wire.Links;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What WebSub asks of how a topic is found, sentence by sentence, over HTTP. */
class HubDiscoveryConformanceTest extends HubConformance {
  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void topicLeadsToHubAndItself(String method) {
    HttpResponse<String> answer = node.send(
        HttpRequest.newBuilder(node.uri("/topics/UN.CEFACT")).method(method, HttpRequest.BodyPublishers.noBody()));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
    assertThat(answer.body()).isEqualTo(method.equals("GET") ? "{}" : "");
    Links links = Links.parse(answer.headers().allValues("Link"));
    assertThat(links.first("hub")).contains(node.server.baseUrl() + "/subscription-api/subscriptions");
    assertThat(links.first("self")).contains(node.server.baseUrl() + "/topics/UN.CEFACT");
  }

  @Test
  void addressOfATopicIsATopicAndIsEchoedAsSent() {
    String address = node.server.baseUrl() + "/topics/UN.CEFACT.%2A";
    assertThat(node.subscribe(address, outside.url("cb")).statusCode()).isEqualTo(202);
    assertThat(outside.asked("cb").getFirst().parameter("hub.topic")).contains(address);
    node.tell("un.cefact.trade", "{}");
    node.settle();
    assertThat(outside.told("cb")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a..b", "a%2Fb", ".a", "a.*.b"})
  void illegalTopicIs404(String topic) {
    assertThat(node.get("/topics/" + topic).statusCode()).isBetween(400, 404);
  }
}
