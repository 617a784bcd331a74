package dev.fairway.websub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.Secret;
import dev.fairway.store.Audit;
import dev.fairway.websub.hub.Subscription;
import dev.fairway.websub.wire.Signature;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What WebSub asks of how subscriptions begin, change and end, sentence by sentence, over HTTP. */
class HubSubscriptionConformanceTest extends HubConformance {
  @Test
  void acceptsCallbackModeAndTopicAsAForm() {
    assertThat(node.subscribe("a.b", outside.url("cb")).statusCode()).isEqualTo(202);
    assertThat(subscriptions()).singleElement().satisfies(s -> {
      assertThat(s.topic().key()).isEqualTo("A.B");
      assertThat(s.callback().url()).isEqualTo(outside.url("cb"));
    });
  }

  @Test
  void acceptsASecretOfLessThan200BytesAndStoresItSealed() {
    assertThat(node.subscribe("a", outside.url("cb"), "hub.secret", "s".repeat(199)).statusCode()).isEqualTo(202);
    assertThat(subscriptions()).singleElement()
        .satisfies(s -> assertThat(s.sealedSecret().orElseThrow()).doesNotContain("sss"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"s", "é"})
  void refusesASecretOf200BytesOrMore(String letter) {
    String secret = letter.repeat(200 / letter.getBytes(StandardCharsets.UTF_8).length);
    assertThat(node.subscribe("a", outside.url("cb"), "hub.secret", secret).statusCode()).isEqualTo(400);
    assertThat(subscriptions()).isEmpty();
  }

  @Test
  void ignoresParametersItDoesNotKnow() {
    assertThat(node.subscribe("a", outside.url("cb"), "hub.verify", "sync", "foo", "bar").statusCode()).isEqualTo(202);
    assertThat(subscriptions()).hasSize(1);
  }

  @Test
  void answers202BeforeAndIndependentlyOfVerification() {
    outside.when("GET", "cb", call -> call.empty(404));
    HttpResponse<String> answer = node.request("subscribe", "a", outside.url("cb"));
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
    assertThat(outside.asked("cb")).isEmpty();
    assertThat(subscriptions()).isEmpty();
    node.settle();
    assertThat(outside.asked("cb")).hasSize(1);
  }

  @Test
  void tellsErrorsInPlainTextToWhoeverPrefersIt() {
    HttpResponse<String> answer = node.send(HttpRequest.newBuilder(node.uri("/subscription-api/subscriptions"))
        .header("Content-Type", "application/x-www-form-urlencoded").header("Accept", "text/plain")
        .POST(HttpRequest.BodyPublishers.ofString("hub.mode=subscribe")));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
    assertThat(answer.body()).isEqualTo("Missing required attributes: ['hub.topic', 'hub.callback'].");
  }

  @Test
  void verificationCarriesModeTopicChallengeAndLease() {
    node.subscribe("a.B.*", outside.url("cb"), "hub.lease_seconds", "7200");
    assertThat(outside.asked("cb")).singleElement().satisfies(asked -> {
      assertThat(asked.parameter("hub.mode")).contains("subscribe");
      assertThat(asked.parameter("hub.topic")).contains("a.B.*");
      assertThat(asked.parameter("hub.lease_seconds")).contains("7200");
      assertThat(asked.parameter("hub.challenge").orElseThrow()).hasSizeGreaterThanOrEqualTo(22);
    });
  }

  @Test
  void everyChallengeIsNew() {
    node.subscribe("a", outside.url("cb"));
    node.subscribe("a", outside.url("cb"));
    node.request("unsubscribe", "a", outside.url("cb"));
    node.settle();
    assertThat(outside.asked("cb").stream().map(asked -> asked.parameter("hub.challenge"))).hasSize(3)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 299})
  void anySuccessWithTheExactChallengeConfirms(int status) {
    outside.when("GET", "cb", call -> call.text(status, "text/html", call.query("hub.challenge").orElseThrow()));
    node.subscribe("a", outside.url("cb"));
    assertThat(subscriptions()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 304, 307, 400, 404, 410, 500, 503})
  void anyOtherStatusLeavesTheStateAsItWas(int status) {
    outside.when("GET", "cb", call -> call.with("Location", outside.url("other")).text(status, "text/plain",
        call.query("hub.challenge").orElseThrow()));
    node.subscribe("a", outside.url("cb"));
    for (int i = 0; i < 5; i++) {
      node.clock.advance(Duration.ofMinutes(5));
      node.settle();
    }
    assertThat(subscriptions()).isEmpty();
    assertThat(outside.asked("other")).isEmpty();
    assertThat(outside.asked("cb")).hasSizeBetween(1, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "CHALLENGE\n", " CHALLENGE"})
  void successWithoutTheExactChallengeLeavesTheStateAsItWas(String body) {
    outside.when("GET", "cb", call -> call.text(200, "text/plain",
        body.replace("CHALLENGE", call.query("hub.challenge").orElseThrow())));
    node.subscribe("a", outside.url("cb"));
    assertThat(subscriptions()).isEmpty();
  }

  @Test
  void queryOfTheCallbackIsKeptAndAddedTo() {
    node.subscribe("a", outside.url("cb?k=a%2Fb&x"));
    node.tell("a", "{}");
    node.settle();
    assertThat(outside.asked("cb")).singleElement()
        .satisfies(asked -> assertThat(asked.target())
            .startsWith("/cb?k=a%2Fb&x&hub.mode=subscribe&hub.topic=a&hub.challenge="));
    assertThat(outside.told("cb")).singleElement()
        .satisfies(told -> assertThat(told.target()).isEqualTo("/cb?k=a%2Fb&x"));
  }

  @Test
  void resubscriptionOverridesOnlyAfterItIsVerified() {
    node.subscribe("a", outside.url("cb"), "hub.lease_seconds", "7200", "hub.secret", "first");
    outside.when("GET", "cb", call -> call.empty(404));
    node.subscribe("a", outside.url("cb"), "hub.lease_seconds", "86400", "hub.secret", "second");
    assertThat(subscriptions()).singleElement()
        .satisfies(s -> assertThat(s.lease()).isEqualTo(Duration.ofHours(2)));
    node.tell("a", "{}");
    node.settle();
    assertThat(outside.told("cb").getFirst().header(Signature.HEADER)).contains(
        Signature.of(Signature.Method.SHA256, new Secret("first"), "{}".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void newSecretReplacesTheOldAndAnAbsentOneEndsSigning() {
    node.subscribe("a", outside.url("cb"), "hub.secret", "first");
    node.subscribe("A.*", outside.url("cb"), "hub.secret", "second");
    node.tell("a", "{}");
    node.settle();
    node.subscribe("a", outside.url("cb"));
    node.tell("a", "{}");
    node.settle();
    assertThat(subscriptions()).hasSize(1);
    assertThat(outside.told("cb").getFirst().header(Signature.HEADER)).contains(
        Signature.of(Signature.Method.SHA256, new Secret("second"), "{}".getBytes(StandardCharsets.UTF_8)));
    assertThat(outside.told("cb").getLast().header(Signature.HEADER)).isEmpty();
  }

  @Test
  void unsubscribingIsVerified() {
    node.subscribe("a.b", outside.url("cb"));
    outside.when("GET", "cb", call -> call.empty(404));
    assertThat(node.request("unsubscribe", "a.b", outside.url("cb")).statusCode()).isEqualTo(202);
    node.settle();
    assertThat(subscriptions()).hasSize(1);
    outside.when("GET", "cb", call -> call.text(200, "text/plain", call.query("hub.challenge").orElseThrow()));
    assertThat(node.request("unsubscribe", "A.B.*", outside.url("cb")).statusCode()).isEqualTo(202);
    node.settle();
    assertThat(subscriptions()).isEmpty();
    assertThat(outside.asked("cb").getLast().parameter("hub.mode")).contains("unsubscribe");
  }

  @Test
  void unsubscribingWhatIsNotThereIs404AndAsksNobody() {
    node.subscribe("a.b", outside.url("cb"));
    assertThat(node.request("unsubscribe", "a.b.c", outside.url("cb")).statusCode()).isEqualTo(404);
    assertThat(node.request("unsubscribe", "a.b", outside.url("other")).statusCode()).isEqualTo(404);
    node.settle();
    assertThat(outside.asked("other")).isEmpty();
    assertThat(subscriptions()).hasSize(1);
  }

  @Test
  void leaseOfAnUnsubscribeRequestIsIgnored() {
    node.subscribe("a", outside.url("cb"));
    assertThat(node.request("unsubscribe", "a", outside.url("cb"), "hub.lease_seconds", "soon").statusCode())
        .isEqualTo(202);
  }

  @Test
  void leaseIsFiveDaysWhenNoneIsAskedForAndNeverPerpetual() {
    node.subscribe("a", outside.url("cb"));
    assertThat(subscriptions()).singleElement().satisfies(s -> {
      assertThat(s.lease()).isEqualTo(Duration.ofDays(5));
      assertThat(s.expiresAt()).isEqualTo(s.confirmedAt().plusSeconds(432_000));
    });
  }

  @Test
  void leaseIsEnforcedAndTheExpiredIsForgotten() {
    node.subscribe("a", outside.url("cb"), "hub.lease_seconds", "3600");
    node.clock.advance(Duration.ofHours(1));
    node.tell("a", "{}");
    node.settle();
    assertThat(outside.told("cb")).isEmpty();
    assertThat(node.request("unsubscribe", "a", outside.url("cb")).statusCode()).isEqualTo(404);
    assertThat(subscriptions()).isEmpty();
  }

  @Test
  void leaseOutsideTheBoundsIsClampedWhereTheApiDoesNotRefuseIt() {
    for (String lease : List.of("1", "999999999")) {
      node.post("/channels/shared/subscriptions", Node.form("hub.mode", "subscribe", "hub.topic", "m" + lease,
          "hub.callback", outside.url("cb"), "hub.lease_seconds", lease));
    }
    node.settle();
    assertThat(node.channelHub.list(Optional.empty(), "", 10)).extracting(Subscription::lease)
        .containsExactlyInAnyOrder(Duration.ofHours(1), Duration.ofDays(365));
  }

  @Test
  void refusalLaterIsToldToTheCallbackWithItsReason() {
    node.admission.set(_ -> Optional.of("not for you"));
    assertThat(node.subscribe("a.*", outside.url("cb?x=1")).statusCode()).isEqualTo(202);
    assertThat(outside.asked("cb")).singleElement().satisfies(
        asked -> assertThat(asked.target())
            .isEqualTo("/cb?x=1&hub.mode=denied&hub.topic=a.*&hub.reason=not%20for%20you"));
    assertThat(subscriptions()).isEmpty();
  }

  @Test
  void endOfASubscriptionByTheHubIsToldToTheCallback() {
    node.subscribe("a", outside.url("cb"));
    assertThat(node.hub.deny(subscriptions().getFirst().id(), "the topic is closed", "olga")).isTrue();
    node.settle();
    assertThat(subscriptions()).isEmpty();
    assertThat(outside.asked("cb").getLast().parameter("hub.reason")).contains("the topic is closed");
    assertThat(new Audit(node.store).list(Optional.empty(), Long.MAX_VALUE, 10)).singleElement().satisfies(entry -> {
      assertThat(entry.actor()).isEqualTo("olga");
      assertThat(entry.act()).isEqualTo("subscription.end");
      assertThat(entry.detail()).contains("the topic is closed", outside.url("cb"));
    });
  }
}
