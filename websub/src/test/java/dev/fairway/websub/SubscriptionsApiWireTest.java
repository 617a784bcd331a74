package dev.fairway.websub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.web.Json;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The Subscriptions API as old clients know it: which error comes first, and in which words. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SubscriptionsApiWireTest {
  private static final String PATH = "/subscription-api/subscriptions";
  private static final String GOOD = "hub.callback=https%3A%2F%2Fa.example%2Fcb&hub.topic=a.b&hub.mode=subscribe";

  private Node node;

  @BeforeAll
  void start(@TempDir Path folder) {
    node = new Node(folder);
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private static void assertError(HttpResponse<String> answer, int status, String phrase, String code, String title,
      String detail, String source) {
    JsonNode expected = Json.parse("{\"errors\":[{}]}");
    ((tools.jackson.databind.node.ObjectNode) expected.get("errors").get(0)).put("status", phrase).put("code", code)
        .put("title", title).put("detail", detail).set("source", Json.parse(source));
    assertThat(Json.parse(answer.body())).isEqualTo(expected);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
  }

  @Test
  void answers202WithoutABody() {
    HttpResponse<String> answer = node.post(PATH, GOOD);
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void otherContentTypeIsRefusedFirst() {
    HttpResponse<String> answer = node.send(HttpRequest.newBuilder(node.uri(PATH)).header("Content-Type", "text/plain")
        .POST(HttpRequest.BodyPublishers.ofString("")));
    assertError(answer, 415, "Unsupported Media Type", "generic-http-error", "Unsupported Media Type",
        "Unsupported mimetype. Value: \"text/plain\". Value must be one of ['application/x-www-form-urlencoded'].",
        "{\"value\":\"text/plain\",\"include\":[\"application/x-www-form-urlencoded\"],\"exclude\":[]}");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"''|'hub.topic', 'hub.callback', 'hub.mode'",
      "hub.callback=x|'hub.topic', 'hub.mode'", "hub.topic=..&hub.callback=x|'hub.mode'",
      "hub.mode=x&hub.lease_seconds=1|'hub.topic', 'hub.callback'"}, quoteCharacter = '~')
  void missingAttributesAreAllNamedInOneError(String form, String names) {
    assertError(node.post(PATH, form.equals("''") ? "" : form), 400, "Bad Request", "missing-attributes-error",
        "Missing Attributes Error", "Missing required attributes: [" + names + "].",
        "[" + names.replace('\'', '"') + "]");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"foo|URL must contain scheme",
      "file:///etc/passwd|Unsupported url scheme: \"file\". Must be one of: ['http', 'https'].",
      "http://|URL must contain domain or ip"})
  void callbackIsLookedAtBeforeTopicLeaseAndMode(String callback, String reason) {
    assertError(node.post(PATH, Node.form("hub.callback", callback, "hub.topic", "..", "hub.mode", "x")), 400,
        "Bad Request",
        "callback-url-validation-error", "Callback URL Validation Error", "\"hub.callback\" attribute is invalid",
        Json.text(List.of(reason)));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"''|Predicate must not be empty",
      "a..b|Predicate must not contain empty elements", "a.*.b|Only last element of a predicate can be a wildcard",
      "*.*|Predicate may contain only one wildcard and only as the last element",
      "UN.CEFACT|Predicates shorter than 4 elements must include wildcard as the last element",
      "a/b|Topic must not contain \"/\"",
      "aa.bb*|Wildcard must be the last element and stand alone, as in \"a.b.*\""})
  void topicIsLookedAtBeforeLeaseAndMode(String topic, String reason) {
    assertError(
        node.post(PATH,
            Node.form("hub.callback", "http://a.example/", "hub.topic", topic, "hub.mode", "x", "hub.lease_seconds",
                "1")),
        400, "Bad Request", "topic-validation-error", "Topic Validation Error", "\"hub.topic\" attribute is invalid",
        Json.text(List.of(reason)));
  }

  @ParameterizedTest
  @CsvSource({"100, 100", "3599, 3599", "31536001, 31536001", "-1, -1", "soon, '\"soon\"'", "1.5, '\"1.5\"'",
      "99999999999999999999, '\"99999999999999999999\"'"})
  void leaseIsLookedAtBeforeMode(String lease, String value) {
    assertError(
        node.post(PATH,
            Node.form("hub.callback", "http://a.example/", "hub.topic", "a", "hub.mode", "x", "hub.lease_seconds",
                lease)),
        400, "Bad Request", "lease-seconds-validation-error", "Lease Seconds Validation Error",
        "\"hub.lease_seconds\" attribute is invalid. Must be integer in range 3600-31536000",
        "[{\"value\":" + value + ",\"min\":3600,\"max\":31536000}]");
  }

  @Test
  void unknownModeIsNamed() {
    assertError(node.post(PATH, GOOD.replace("=subscribe", "=x")), 400, "Bad Request", "unknown-mode-error",
        "Unknown Mode Error", "Uknown \"hub.mode\" attribute value: \"x\". Accepted:['subscribe', 'unsubscribe'].",
        "[{\"key\":\"hub.mode\",\"value\":\"x\",\"expected\":[\"subscribe\",\"unsubscribe\"]}]");
  }

  @Test
  void unsubscribingWhatIsNotThereIs404() {
    assertError(node.post(PATH, GOOD.replace("=subscribe", "=unsubscribe")), 404, "Not Found", "generic-http-error",
        "Not Found", "Subscription with given parameters not found", "[]");
  }

  @Test
  void loneWildcardIsASubscriptionToEverything() {
    try (Callbacks outside = new Callbacks()) {
      node.subscribe("*", outside.url("cb"));
      node.tell("https://predicates.example/with/slashes", "{}");
      node.tell("a", "{}");
      node.settle();
      assertThat(outside.told("cb")).hasSize(2);
    }
  }

  @Test
  void subscriptionsAreListedPageByPageAndEndedById() {
    try (Callbacks outside = new Callbacks()) {
      for (int i = 0; i < 5; i++) {
        node.subscribe("listed.t" + i, outside.url("cb?k=capability"), "hub.secret", "s3cr3t");
      }
      JsonNode first = Json.parse(node.get(PATH + "?limit=3").body());
      assertThat(first.get("items").size()).isEqualTo(3);
      JsonNode second = Json
          .parse(node.get(PATH + "?limit=500&cursor=" + first.get("next_cursor").stringValue()).body());
      assertThat(second.get("next_cursor").isNull()).isTrue();
      assertThat(first.toString() + second).doesNotContain("capability").doesNotContain("s3cr3t")
          .contains("listed.t0", "listed.t4", "\"signature\":\"sha256\"");
      String id = first.get("items").get(0).get("id").stringValue();
      for (int expected : new int[]{204, 404}) {
        assertThat(node.send(HttpRequest.newBuilder(node.uri(PATH + "/" + id)).DELETE()).statusCode())
            .isEqualTo(expected);
      }
      assertThat(node.hub.find(id)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "501", "x", ""})
  void limitOutOfBoundsIsRefused(String limit) {
    assertThat(node.get(PATH + "?limit=" + limit).statusCode()).isEqualTo(400);
  }

  @Test
  void anyFormIsTakenOrRefusedAndNeverAFault() {
    List<String> names = List.of("hub.mode", "hub.topic", "hub.callback", "hub.secret", "hub.lease_seconds",
        "hub.signature_method", "x");
    List<String> values = List.of("subscribe", "unsubscribe", "a.b.*", "*", "http://h/", "https://h:99999/",
        "http://[::1/",
        "7200", "%", "", "é\u0000\n", "\ud83d\ude00", "sha512", "-1", "a".repeat(600), ".", "/", "x".repeat(3_000));
    Random random = new Random(20180123);
    for (int i = 0; i < 300; i++) {
      String[] fields = new String[2 * random.nextInt(8)];
      for (int f = 0; f < fields.length; f += 2) {
        fields[f] = names.get(random.nextInt(names.size()));
        fields[f + 1] = values.get(random.nextInt(values.size()));
      }
      String form = Node.form(fields);
      assertThat(node.post(PATH, form).statusCode()).as(form).isIn(202, 400, 404);
    }
    for (String form : List.of("%", "hub.topic=%ff", "&&&=&=", "hub.topic=%00", "a".repeat(20_000))) {
      assertThat(node.post(PATH, form).statusCode()).as(form).isBetween(400, 499);
    }
  }
}
