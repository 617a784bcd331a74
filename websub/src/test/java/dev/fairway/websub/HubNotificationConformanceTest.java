package dev.fairway.websub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.Secret;
import dev.fairway.websub.wire.Signature;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What WebSub asks of what subscribers are sent, sentence by sentence, over HTTP. */
class HubNotificationConformanceTest extends HubConformance {
  @Test
  void notificationHasTheTopicsContentTypeAndItsWholeContent() {
    node.subscribe("a", outside.url("cb"));
    String body = "{\"é\":\"" + "x".repeat(20_000) + "\"}";
    node.tell("a", body);
    node.settle();
    HttpResponse<String> topic = node.get("/topics/a");
    assertThat(outside.told("cb")).singleElement().satisfies(told -> {
      assertThat(told.body()).isEqualTo(body).isEqualTo(topic.body());
      assertThat(told.header("Content-Type")).contains("application/json")
          .isEqualTo(topic.headers().firstValue("Content-Type"));
    });
  }

  @Test
  void notificationLinksToHubAndTopicInOneHeader() {
    node.subscribe("message.*", outside.url("cb"));
    node.tell("message.1.received", "{}");
    node.settle();
    String link = outside.told("cb").getFirst().header("Link").orElseThrow();
    assertThat(link).isEqualTo("<" + node.server.baseUrl() + "/subscription-api/subscriptions>; rel=\"hub\", <"
        + node.server.baseUrl() + "/topics/message>; rel=\"self\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha1", "sha256", "sha384", "sha512"})
  void notificationIsSignedWhenASecretWasGiven(String method) {
    node.subscribe("a", outside.url("cb"), "hub.secret", "s3cr3t", "hub.signature_method", method);
    node.tell("a", "{\"id\": 55}");
    node.settle();
    String signature = outside.told("cb").getFirst().header(Signature.HEADER).orElseThrow();
    assertThat(signature).startsWith(method + "=");
    assertThat(Signature.verify(signature, "{\"id\": 55}".getBytes(StandardCharsets.UTF_8),
        List.of(new Secret("s3cr3t")))).isTrue();
  }

  @Test
  void notificationIsNotSignedWithoutASecret() {
    node.subscribe("a", outside.url("cb"), "hub.secret", "");
    node.tell("a", "{}");
    node.settle();
    assertThat(outside.told("cb").getFirst().header(Signature.HEADER)).isEmpty();
  }

  @Test
  void anySuccessEndsDelivery() {
    outside.when("POST", "cb", call -> call.text(299, "text/plain", "ignored"));
    node.subscribe("a", outside.url("cb"));
    node.tell("a", "{}");
    node.settle();
    node.clock.advance(Duration.ofHours(2));
    node.settle();
    assertThat(outside.told("cb")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectIsAFailureAndIsNotFollowed(int status) {
    outside.when("POST", "cb", call -> call.with("Location", outside.url("other")).empty(status));
    node.subscribe("a", outside.url("cb"));
    node.tell("a", "{}");
    node.settle();
    node.clock.advance(Duration.ofSeconds(11));
    node.settle();
    assertThat(outside.told("cb")).hasSize(2);
    assertThat(outside.told("other")).isEmpty();
    assertThat(subscriptions().getFirst().lastError().orElseThrow()).contains("a redirect is not followed");
  }

  @Test
  void status410EndsTheSubscription() {
    outside.when("POST", "cb", call -> call.empty(410));
    node.subscribe("a", outside.url("cb"));
    node.tell("a", "{}");
    node.settle();
    node.tell("a", "{}");
    node.settle();
    assertThat(outside.told("cb")).hasSize(1);
    assertThat(subscriptions()).isEmpty();
  }

  @Test
  void failedNotificationIsRetriedForADayWithTheSameEventIdAndThenSetAside() {
    outside.when("POST", "cb", call -> call.empty(500));
    node.subscribe("a", outside.url("cb"), "hub.lease_seconds", "31536000");
    node.tell("a", "{}");
    for (int minutes = 0; minutes < 26 * 60; minutes += 20) {
      node.settle();
      node.clock.advance(Duration.ofMinutes(20));
    }
    List<Callbacks.Seen> told = outside.told("cb");
    assertThat(told.size()).isBetween(20, 90);
    assertThat(told.stream().map(one -> one.header("X-IGL-Event-Id").orElseThrow()).distinct()).hasSize(1);
    assertThat(subscriptions()).singleElement()
        .satisfies(s -> assertThat(s.lastError().orElseThrow()).startsWith("a notification was given up"));
    int before = told.size();
    outside.when("POST", "cb", call -> call.empty(204));
    node.clock.advance(Duration.ofMinutes(20));
    node.tell("a", "{\"later\":1}");
    node.settle();
    assertThat(outside.told("cb")).hasSize(before + 1);
    assertThat(subscriptions()).singleElement().satisfies(s -> assertThat(s.failures()).isZero());
  }

  @Test
  void retryAfterIsHonoured() {
    outside.when("POST", "cb", call -> call.with("Retry-After", "1800").empty(503));
    node.subscribe("a", outside.url("cb"));
    node.tell("a", "{}");
    node.settle();
    node.clock.advance(Duration.ofSeconds(1_799));
    node.settle();
    assertThat(outside.told("cb")).hasSize(1);
    node.clock.advance(Duration.ofSeconds(2));
    node.settle();
    assertThat(outside.told("cb")).hasSize(2);
  }
}
