package dev.fairway.connectors.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.collection.Collection;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.Tasks;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Webhooks over HTTP into a collection. */
class IngestTest {
  private static final String TOKEN = "a token that is long enough";
  private static final String SECRET = "a secret that is long enough";
  private static final String FLOW = """
      captures:
        acme/hooks:
          endpoint: { connector: { image: fairway/source-http-ingest, config: { token: "%s" } } }
          bindings:
            - resource: { path: shop/orders, maxBytes: 1000, headers: [X-Shop] }
              target: acme/orders
        acme/signed:
          endpoint: { connector: { image: fairway/source-http-ingest, config: { signature: { secret: "%s" } } } }
          bindings: [{ resource: { path: signed, idHeader: X-GitHub-Delivery }, target: acme/signed }]
      collections:
        acme/orders: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/_meta/webhookId] }
        acme/signed: { schema: { type: object }, key: [/_meta/webhookId] }
      """
      .formatted(TOKEN, SECRET);

  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();
  private final HttpClient http = HttpClient.newHttpClient();
  private SqlStore store;
  private Connectors connectors;
  private WebServer server;

  @BeforeEach
  void start() throws IOException {
    Path flow = Files.writeString(dir.resolve("flow.yaml"), FLOW);
    store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock, List.of("connectors"));
    connectors = new Connectors(store, dir.resolve("collections"), ConnectorsConfig.of(List.of(flow)),
        new Sealed(List.of(), clock), clock);
    connectors.start();
    server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(), connectors.doors());
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> post("shop/orders", "probe", "{}").statusCode() != 404
        && post("signed", "probe", "{}").statusCode() != 404);
  }

  @AfterEach
  void stop() {
    server.close();
    connectors.close();
    store.close();
  }

  private HttpResponse<String> post(String path, String id, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.baseUrl() + "/ingest/" + path))
        .header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    if (!id.isEmpty()) {
      request.header("Idempotency-Key", id);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> order(String id, String body) throws IOException, InterruptedException {
    return post("shop/orders", id, body, "Authorization", "Bearer " + TOKEN, "X-Shop", "north");
  }

  private List<JsonNode> documents(String name) throws IOException {
    Collection collection = connectors.collections().get(name);
    List<JsonNode> documents = new ArrayList<>();
    try (CollectionReader reader = collection.read(0)) {
      while (reader.next()) {
        documents.add(Json.parse(reader.buffer(), reader.from(), reader.to()));
      }
    }
    return documents;
  }

  @Test
  void whatWasAnsweredIsThereOnceAlthoughItIsSentAgainAfterARestart() throws Exception {
    HttpResponse<String> first = order("order-1", "{\"n\":1,\"_meta\":{\"webhookId\":\"forged\"}}");
    assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
    assertThat(Json.parse(first.body())).isEqualTo(Json.parse("{\"id\":\"order-1\",\"duplicate\":false}"));
    JsonNode document = documents("acme/orders").getFirst();
    assertThat(document.path("n").asInt()).isEqualTo(1);
    assertThat(document.path("_meta").path("webhookId").asString()).isEqualTo("order-1");
    assertThat(document.path("_meta").path("headers")).isEqualTo(Json.parse("{\"X-Shop\":\"north\"}"));

    stop();
    start();
    assertThat(Json.parse(order("order-1", "{\"n\":1}").body()).path("duplicate").asBoolean()).isTrue();
    assertThat(order("order-2", "{\"n\":2}").statusCode()).isEqualTo(200);
    assertThat(documents("acme/orders")).extracting(each -> each.path("n").asInt()).containsExactly(1, 2);
  }

  @Test
  void manyAtOnceAreEachThereOnce() throws Exception {
    try (ExecutorService senders = Executors.newFixedThreadPool(8)) {
      // Each is sent three times, at about the same time.
      List<Callable<Integer>> calls = IntStream.range(0, 240).<Callable<Integer>>mapToObj(
          n -> () -> order("order-" + n / 3, "{\"n\":" + n / 3 + "}").statusCode()).toList();
      for (var call : senders.invokeAll(calls)) {
        assertThat(call.get()).isEqualTo(200);
      }
    }
    assertThat(documents("acme/orders")).extracting(document -> document.path("n").asInt())
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 80).boxed().toList());
  }

  @Test
  void withoutANameEachIsNew() throws Exception {
    assertThat(order("", "{\"n\":1}").statusCode()).isEqualTo(200);
    assertThat(order("", "{\"n\":1}").statusCode()).isEqualTo(200);
    assertThat(documents("acme/orders")).extracting(each -> each.path("_meta").path("webhookId").asString())
        .doesNotHaveDuplicates().hasSize(2);
  }

  @Test
  void whatCannotBeTakenInIsRefusedAndDoesNotEndTheSession() throws Exception {
    assertThat(post("shop/orders", "1", "{\"n\":1}").statusCode()).isEqualTo(401);
    assertThat(post("shop/orders", "1", "{\"n\":1}", "Authorization", "Bearer something else").statusCode())
        .isEqualTo(401);
    assertThat(order("1", "{\"n\":").statusCode()).isEqualTo(400);
    assertThat(order("1", "[]").statusCode()).isEqualTo(400);
    assertThat(order("x".repeat(201), "{\"n\":1}").statusCode()).isEqualTo(400);
    assertThat(order("1", "{\"n\":1,\"long\":\"" + "x".repeat(1000) + "\"}").statusCode()).isEqualTo(413);
    HttpResponse<String> bad = order("1", "{\"n\":\"one\"}");
    assertThat(bad.statusCode()).isEqualTo(422);
    assertThat(bad.body()).contains("acme/orders").contains("/n");
    assertThat(post("shop/none", "1", "{}").statusCode()).isEqualTo(404);
    assertThat(order("1", "{\"n\":1}").statusCode()).isEqualTo(200);
    assertThat(documents("acme/orders")).hasSize(1);
  }

  @Test
  void aSignatureIsOverTheBody() throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String body = "{\"ref\":\"main\"}";
    String signature = "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    assertThat(post("signed", "", body + " ", "X-Hub-Signature-256", signature).statusCode()).isEqualTo(401);
    assertThat(post("signed", "", body, "X-Hub-Signature-256", signature, "X-GitHub-Delivery", "d1").statusCode())
        .isEqualTo(200);
    assertThat(documents("acme/signed")).extracting(each -> each.path("_meta").path("webhookId").asString())
        .containsExactly("d1");
  }

  @Test
  void aCollectionThatReducesIsRefused() throws Exception {
    FlowFile file = FlowFile.read(Files.writeString(dir.resolve("reducing.yaml"), """
        captures:
          acme/counts:
            endpoint: { connector: { image: fairway/source-http-ingest, config: { open: true } } }
            bindings: [{ resource: { path: counts }, target: acme/counts }]
        collections:
          acme/counts: { key: [/k], schema: { type: object, reduce: { strategy: merge }, required: [k],
            properties: { k: { type: string }, n: { type: integer, reduce: { strategy: sum } } } } }
        """), new Sealed(List.of(), clock));
    FlowFile.Capture capture = Objects.requireNonNull(file.captures().get("acme/counts"));
    IngestCapture program = new IngestCapture(store, new Inlets(clock), clock);
    assertThatThrownBy(() -> Tasks.validated(file, capture, program))
        .hasMessageContaining("the schema of collection acme/counts reduces documents")
        .hasMessageContaining("derive");
  }

  @Test
  void aPausedCaptureSendsSendersAway() throws Exception {
    connectors.pause("acme/hooks");
    Awaitility.await().atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(order("late", "{\"n\":1}").statusCode()).isEqualTo(404));
    connectors.resume("acme/hooks");
    Awaitility.await().atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(order("late", "{\"n\":7}").statusCode()).isEqualTo(200));
  }
}
