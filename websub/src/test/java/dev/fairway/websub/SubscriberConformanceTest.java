package dev.fairway.websub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.Secret;
import dev.fairway.websub.subscriber.Outgoing;
import dev.fairway.websub.subscriber.Source;
import dev.fairway.websub.subscriber.Wanted;
import dev.fairway.websub.wire.Links;
import dev.fairway.websub.wire.SecretSeal;
import dev.fairway.websub.wire.Signature;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What WebSub asks of a subscriber, and what old hubs need of one, over HTTP. */
class SubscriberConformanceTest {
  private final Callbacks outside = new Callbacks();
  private final SecretSeal seal = new SecretSeal(List.of(SecretSeal.newKey()));
  private Path folder;
  private Node node;

  @BeforeEach
  void start(@TempDir Path temporary) {
    folder = temporary;
    node = new Node(folder, false, seal);
  }

  @AfterEach
  void stop() {
    node.close();
    outside.close();
  }

  private Wanted wanted(String channel) {
    return new Wanted(channel, "AU", new Source.Hub(outside.uri("hub")), Set.of("jurisdiction.AU"), true);
  }

  private void want(Wanted... all) {
    node.subscriber.want(List.of(all));
    node.settle();
  }

  private void pass(Duration time) {
    for (Duration left = time; left.isPositive(); left = left.minusMinutes(1)) {
      node.clock.advance(left.compareTo(Duration.ofMinutes(1)) < 0 ? left : Duration.ofMinutes(1));
      node.workers.runAll();
    }
  }

  private Map<String, String> lastRequest() {
    return form(outside.told("hub").getLast());
  }

  private static Map<String, String> form(Callbacks.Seen seen) {
    return Arrays.stream(seen.body().split("&")).map(field -> field.split("=", 2))
        .collect(Collectors.toMap(field -> field[0], field -> URLDecoder.decode(field[1], StandardCharsets.UTF_8)));
  }

  private static String field(Map<String, String> request, String name) {
    return Objects.requireNonNull(request.get(name), name);
  }

  private Outgoing only() {
    assertThat(node.subscriber.list()).hasSize(1);
    return node.subscriber.list().getFirst();
  }

  /** The hub calls the callback it was given. */
  private HttpResponse<String> ask(Map<String, String> request, String... parameters) {
    return node.send(
        HttpRequest.newBuilder(URI.create(field(request, "hub.callback") + "&" + Node.form(parameters))));
  }

  private HttpResponse<String> verify(Map<String, String> request, String topic) {
    return ask(request, "hub.mode", field(request, "hub.mode"), "hub.topic", topic, "hub.challenge", "c-123",
        "hub.lease_seconds", "86400");
  }

  private HttpResponse<String> notify(String callback, String body, Optional<String> signature) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(callback))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
    signature.ifPresent(value -> request.header(Signature.HEADER, value));
    return node.send(request);
  }

  private static Optional<String> sign(String secret, String body) {
    return Optional.of(
        Signature.of(Signature.Method.SHA256, new Secret(secret), body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void asksTheHubByFormWithASecretAndALease() {
    want(wanted("shared"));
    assertThat(outside.told("hub")).singleElement().satisfies(asked -> {
      assertThat(asked.header("Content-Type")).contains("application/x-www-form-urlencoded");
      assertThat(asked.body()).startsWith("hub.mode=subscribe&hub.callback=").contains("&hub.topic=AU&hub.secret=");
    });
    assertThat(field(lastRequest(), "hub.secret")).hasSize(43);
    assertThat(lastRequest()).containsEntry("hub.lease_seconds", "432000");
    assertThat(only().state()).isEqualTo(Outgoing.State.PENDING);
  }

  @Test
  void callbackIsUniqueAndUnguessable() {
    want(wanted("shared"), new Wanted("other", "AU", new Source.Hub(outside.uri("hub")), Set.of(), true));
    List<String> callbacks = outside.told("hub").stream().map(asked -> form(asked).get("hub.callback")).toList();
    assertThat(callbacks).hasSize(2).doesNotHaveDuplicates().allMatch(url -> url.matches(
        java.util.regex.Pattern.quote(node.server.baseUrl() + "/rx-api/channel-message/")
            + "(shared|other)\\?k=[A-Za-z0-9_-]{22}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"AU", "jurisdiction.AU", "JURISDICTION.AU"})
  void confirmsWhatItAskedFor(String echo) {
    want(wanted("shared"));
    HttpResponse<String> answer = verify(lastRequest(), echo);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("c-123");
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
    assertThat(only().state()).isEqualTo(Outgoing.State.ACTIVE);
    assertThat(only().grantedLease()).contains(Duration.ofDays(1));
  }

  @Test
  void confirmsTheSameAgainWhenTheHubDidNotHear() {
    want(wanted("shared"));
    verify(lastRequest(), "AU");
    assertThat(verify(lastRequest(), "AU").statusCode()).isEqualTo(200);
    pass(Duration.ofMinutes(11));
    assertThat(verify(lastRequest(), "AU").statusCode()).isEqualTo(404);
  }

  @Test
  void answers404ToWhatIsNotPending() {
    want(wanted("shared"));
    Map<String, String> request = lastRequest();
    assertThat(verify(request, "SG").statusCode()).isEqualTo(404);
    assertThat(ask(request, "hub.mode", "unsubscribe", "hub.topic", "AU", "hub.challenge", "c").statusCode())
        .isEqualTo(404);
    assertThat(ask(request, "hub.mode", "subscribe", "hub.topic", "AU").statusCode()).isEqualTo(404);
    assertThat(ask(request, "hub.mode", "publish", "hub.topic", "AU", "hub.challenge", "c").statusCode())
        .isEqualTo(404);
    String guessed = field(request, "hub.callback").replaceAll("k=.*", "k=AAAAAAAAAAAAAAAAAAAAAA");
    assertThat(verify(Map.of("hub.callback", guessed, "hub.mode", "subscribe"), "AU").statusCode()).isEqualTo(404);
    String nameless = guessed.replaceAll("k=.*", "x=1");
    assertThat(verify(Map.of("hub.callback", nameless, "hub.mode", "subscribe"), "AU").statusCode()).isEqualTo(404);
    String elsewhere = field(request, "hub.callback").replace("/shared", "/unknown");
    assertThat(verify(Map.of("hub.callback", elsewhere, "hub.mode", "subscribe"), "AU").statusCode()).isEqualTo(404);
    assertThat(only().state()).isEqualTo(Outgoing.State.PENDING);
  }

  @Test
  void takesWhatIsSignedWithItsSecretAndRefusesTheRest() {
    want(wanted("shared"));
    Map<String, String> request = lastRequest();
    verify(request, "AU");
    String callback = field(request, "hub.callback");
    String body = "{\"id\": 55}";
    assertThat(notify(callback, body, sign(field(request, "hub.secret"), body)).statusCode()).isEqualTo(200);
    assertThat(node.notices).containsExactly("shared 55");
    assertThat(notify(callback, body, Optional.empty()).statusCode()).isEqualTo(403);
    assertThat(notify(callback, body, sign("guessed", body)).statusCode()).isEqualTo(403);
    assertThat(notify(callback, body, sign(field(request, "hub.secret"), "{\"id\": 56}")).statusCode()).isEqualTo(403);
    assertThat(notify(callback, body, Optional.of("sha256=nonsense")).statusCode()).isEqualTo(403);
    assertThat(notify(callback.replaceAll("k=.*", "k=x"), body, sign(field(request, "hub.secret"), body)).statusCode())
        .isEqualTo(404);
    assertThat(notify(callback.replace("/shared", "/nobody"), body, Optional.empty()).statusCode()).isEqualTo(404);
    assertThat(node.notices).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "1", "{\"id\":null}", "{\"id\":\"\"}", "{\"id\":1.5}", "{\"id\":{}}", "{",
      "{\"id\":1"})
  void refusesABodyWithoutAUsableId(String body) {
    want(wanted("shared"));
    Map<String, String> request = lastRequest();
    verify(request, "AU");
    assertThat(notify(field(request, "hub.callback"), body, sign(field(request, "hub.secret"), body)).statusCode())
        .isEqualTo(400);
    assertThat(node.notices).isEmpty();
  }

  @Test
  void hubThatThrowsSecretsAwayIsTakenAtItsWordOnlyWhenConfigured() {
    want(new Wanted("old", "AU", new Source.Hub(outside.uri("hub")), Set.of(), false));
    Map<String, String> request = lastRequest();
    verify(request, "AU");
    assertThat(notify(field(request, "hub.callback"), "{\"id\":\"0x1\"}", Optional.empty()).statusCode())
        .isEqualTo(200);
    assertThat(notify(field(request, "hub.callback"), "{\"id\":\"0x2\"}", sign("wrong", "{}")).statusCode())
        .isEqualTo(403);
    assertThat(node.notices).containsExactly("old 0x1");
  }

  @Test
  void renewsBetweenHalfAndFourFifthsOfTheLeaseWithANewSecretAndTheOldOneCountsForAWhile() {
    want(wanted("shared"));
    Map<String, String> first = lastRequest();
    verify(first, "AU");
    pass(Duration.ofHours(12).minusMinutes(1));
    assertThat(outside.told("hub")).hasSize(1);
    pass(Duration.ofHours(7).plusMinutes(14));
    assertThat(outside.told("hub").size()).isGreaterThan(1);
    Map<String, String> second = lastRequest();
    assertThat(field(second, "hub.secret")).isNotEqualTo(field(first, "hub.secret"));
    assertThat(field(second, "hub.callback")).isEqualTo(field(first, "hub.callback"));
    assertThat(only().state()).isEqualTo(Outgoing.State.ACTIVE);
    String callback = field(first, "hub.callback");
    String body = "{\"id\":1}";
    assertThat(notify(callback, body, sign(field(first, "hub.secret"), body)).statusCode()).isEqualTo(200);
    verify(second, "AU");
    assertThat(notify(callback, body, sign(field(second, "hub.secret"), body)).statusCode()).isEqualTo(200);
    assertThat(notify(callback, body, sign(field(first, "hub.secret"), body)).statusCode()).isEqualTo(200);
    pass(Duration.ofMinutes(61));
    assertThat(notify(callback, body, sign(field(first, "hub.secret"), body)).statusCode()).isEqualTo(403);
  }

  @Test
  void hubThatDoesNotAskBackIsAskedAgainWithTheSameSecret() {
    want(wanted("shared"));
    pass(Duration.ofMinutes(3));
    assertThat(outside.told("hub").stream().map(asked -> form(asked).get("hub.secret")).distinct()).hasSize(1);
    assertThat(outside.told("hub").size()).isGreaterThan(1);
    assertThat(only().lastError()).contains("the hub did not ask back");
  }

  @Test
  void hubInTroubleIsAskedAgainWithGrowingPausesAndHoldsBackNoOther() {
    outside.when("POST", "hub", call -> call.empty(500));
    want(wanted("shared"), new Wanted("well", "AU", new Source.Hub(outside.uri("other")), Set.of(), true));
    assertThat(outside.told("other")).hasSize(1);
    pass(Duration.ofHours(2));
    assertThat(outside.told("hub").size()).isBetween(10, 40);
    assertThat(node.subscriber.list()).filteredOn(s -> s.channel().equals("shared")).singleElement()
        .satisfies(s -> assertThat(s.lastError()).contains("answered 500"));
    outside.when("POST", "hub", call -> call.empty(202));
    pass(Duration.ofMinutes(20));
    assertThat(verify(lastRequest(), "AU").statusCode()).isEqualTo(200);
  }

  @Test
  void refusalIsRecordedAndAskedAgainLater() {
    want(wanted("shared"));
    assertThat(ask(lastRequest(), "hub.mode", "denied", "hub.topic", "AU", "hub.reason", "no contract").statusCode())
        .isEqualTo(200);
    assertThat(only().state()).isEqualTo(Outgoing.State.DENIED);
    assertThat(only().lastError()).contains("denied: no contract");
    assertThat(node.store.journal().about("shared", 10)).last()
        .satisfies(event -> assertThat(event.type()).isEqualTo("websub.outgoing.denied"));
    int before = outside.told("hub").size();
    pass(Duration.ofMinutes(29));
    assertThat(outside.told("hub")).hasSize(before);
    pass(Duration.ofMinutes(62));
    assertThat(outside.told("hub").size()).isGreaterThan(before);
  }

  @Test
  void findsTheHubOfATopicThroughRedirects() {
    outside.when("GET", "topic", call -> call.with("Location", "/moved").empty(302));
    outside.when("GET", "moved", call -> call.with("Link", Links.of(outside.url("hub"), "http://publisher/topic/AU"))
        .json(200, "AU"));
    outside.when("POST", "hub", call -> call.with("Location", outside.url("hub2")).empty(307));
    want(new Wanted("found", "AU", new Source.TopicAddress(outside.uri("topic")), Set.of(), true));
    Callbacks.Seen asked = outside.told("hub2").getFirst();
    assertThat(form(asked)).containsEntry("hub.topic", "http://publisher/topic/AU");
    assertThat(verify(form(asked), "http://publisher/topic/AU").statusCode()).isEqualTo(200);
  }

  @Test
  void topicWithoutAHubIsSaidSo() {
    outside.when("GET", "topic", call -> call.json(200, "AU"));
    want(new Wanted("found", "AU", new Source.TopicAddress(outside.uri("topic")), Set.of(), true));
    assertThat(only().lastError().orElseThrow()).contains("no Link header with rel=\"hub\"");
  }

  @Test
  void removedChannelIsUnsubscribed() {
    want(wanted("shared"));
    verify(lastRequest(), "AU");
    node.subscriber.want(List.of());
    pass(Duration.ofMinutes(2));
    assertThat(lastRequest()).containsEntry("hub.mode", "unsubscribe");
    assertThat(verify(lastRequest(), "AU").body()).isEqualTo("c-123");
    assertThat(notify(field(lastRequest(), "hub.callback"), "{\"id\":1}", Optional.empty()).statusCode())
        .isEqualTo(404);
    pass(Duration.ofMinutes(15));
    assertThat(node.subscriber.list()).isEmpty();
  }

  @Test
  void subscriptionsOutliveARestart() {
    want(wanted("shared"));
    verify(lastRequest(), "AU");
    Map<String, String> request = lastRequest();
    Instant renewal = only().nextDue();
    int port = node.server.port();
    node.close();
    node = new Node(folder, false, seal);
    want(wanted("shared"));
    assertThat(only().nextDue()).isEqualTo(renewal);
    assertThat(outside.told("hub")).hasSize(1);
    String moved = field(request, "hub.callback").replace(":" + port + "/", ":" + node.server.port() + "/");
    assertThat(notify(moved, "{\"id\":1}", sign(field(request, "hub.secret"), "{\"id\":1}")).statusCode())
        .isEqualTo(200);
  }

  @Test
  void subscribesAtAChannelEndpointOfItsOwnKind() {
    URI hub = node.uri("/channels/shared/messages/subscriptions/by_jurisdiction");
    want(new Wanted("shared", "AU", new Source.Hub(hub), Set.of("jurisdiction.AU"), true));
    assertThat(only().state()).isEqualTo(Outgoing.State.ACTIVE);
    node.tell("jurisdiction.AU", "{\"id\":7}");
    node.settle();
    assertThat(node.notices).containsExactly("shared 7");
    URI topic = node.uri("/channels/shared/topic/" + URLEncoder.encode("jurisdiction.SG", StandardCharsets.UTF_8));
    want(new Wanted("discovered", "SG", new Source.TopicAddress(topic), Set.of("jurisdiction.SG"), true));
    node.clock.advance(Duration.ofMinutes(1));
    node.settle();
    node.tell("jurisdiction.SG", "{\"id\":8}");
    node.settle();
    assertThat(node.notices).contains("discovered 8");
  }
}
