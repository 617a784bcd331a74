package dev.fairway.system.request;

import static dev.fairway.core.ledger.LedgerValue.int64;
import static dev.fairway.core.ledger.LedgerValue.list;
import static dev.fairway.core.ledger.LedgerValue.none;
import static dev.fairway.core.ledger.LedgerValue.some;
import static dev.fairway.core.ledger.LedgerValue.struct;
import static dev.fairway.core.ledger.LedgerValue.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fairway.automation.caller.ApiCaller;
import dev.fairway.automation.kit.IntegrationKit;
import dev.fairway.automation.metadata.FieldType;
import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.runtime.AvailableType;
import dev.fairway.automation.runtime.Outside;
import dev.fairway.automation.shipped.ShippedIntegrations;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.daml.openapi.OpenApiGenerator;
import dev.fairway.web.Json;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From the description of an API over generated requests to calls of a real service, and its answers back. */
@Timeout(300)
class ApiCallerTest {
  private static final String DESCRIPTION = """
      openapi: 3.0.3
      info: {title: Shop, version: "1.2.0"}
      paths:
        /items/{item-id}:
          get:
            operationId: getItem
            parameters:
              - {name: item-id, in: path, required: true, schema: {type: string}}
              - {name: fields, in: query, style: form, explode: false, schema: {type: array, items: {type: string}}}
              - {name: X-Trace, in: header, schema: {type: string}}
            responses:
              "200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
              "404": {description: none}
              5XX: {description: broken, content: {text/plain: {schema: {type: string}}}}
        /items:
          post:
            operationId: addItem
            requestBody:
              required: true
              content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}
            responses:
              "201": {description: made}
              default: {description: other, content: {application/json: {schema: {type: object, properties: {title: {type: string}}}}}}
      components:
        schemas:
          Item:
            type: object
            required: [name, price, made, kind, tags, parts]
            properties:
              name: {type: string}
              price: {type: number}
              made: {type: string, format: date-time}
              kind: {type: string, enum: [toy, dark-book]}
              tags: {type: object, additionalProperties: {type: integer}}
              parts: {type: array, items: {$ref: '#/components/schemas/Item'}}
              note: {type: string}
      """;
  private static final String ITEM = """
      {"name":"train","price":12.5,"made":"2026-03-01T12:00:00Z","kind":"dark-book","tags":{"a":1},"parts":[]}""";

  private record Said(int status, String body, Map<String, String> headers) {}

  private record Heard(String method, String path, Map<String, List<String>> headers, String body) {}

  private final Queue<Said> answers = new ArrayDeque<>();
  private final List<Heard> heard = new ArrayList<>();
  private final OutboundClient client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
  private String mapping = "";
  private HttpServer service;
  private IntegrationKit kit;

  @BeforeEach
  void start() throws IOException {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext("/", this::serve);
    service.start();
    SortedMap<String, String> generated = new OpenApiGenerator(new OpenApiGenerator.Options("Shop", "shop"))
        .generate(DESCRIPTION.getBytes(StandardCharsets.UTF_8)).files();
    mapping = Objects.requireNonNull(generated.get("mapping.json"));
    kit = IntegrationKit.of(new ApiCaller()).templates(Objects.requireNonNull(generated.get("templates.yaml")))
        .set("mapping", mapping)
        .set("url", "http://127.0.0.1:" + service.getAddress().getPort() + "/v1/").set("authorization", "Bearer secret")
        .set("keyHeader", "X-Key").set("key", "k").set("idempotent", "false").calls(new Outside(client))
        .start("gateway");
  }

  @AfterEach
  void stop() {
    kit.close();
    service.stop(0);
    client.close();
  }

  private synchronized void serve(HttpExchange exchange) throws IOException {
    heard.add(new Heard(exchange.getRequestMethod(), exchange.getRequestURI().toString(),
        Map.copyOf(exchange.getRequestHeaders()),
        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    Said said = Objects.requireNonNull(answers.poll());
    said.headers().forEach(exchange.getResponseHeaders()::add);
    byte[] body = said.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(said.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void say(int status, String body) {
    answers.add(new Said(status, body, Map.of()));
  }

  private void get(String item) {
    LedgerValue.Struct payload = struct("requestor", LedgerValue.party(kit.party("alice")), "gateway",
        LedgerValue.party(kit.party("gateway"))).with("path", struct("itemId", text(item)))
        .with("query", struct("fields", some(list(text("a b"), text("c")))))
        .with("headers", struct("xTrace", none()));
    kit.create("alice", "Shop.Requests:GetItem", payload);
    kit.settle();
  }

  /* How the generator named it is in the mapping file. */
  private LedgerValue.Enumeration darkBook() {
    return new LedgerValue.Enumeration(Json.parse(mapping).path("declarations").path("ItemKind").path("enum")
        .valueStream().filter(one -> one.path("name").asString().equals("dark-book")).findFirst().orElseThrow()
        .path("constructor").asString());
  }

  private LedgerValue.Struct item() {
    return struct("name", text("train"), "price", LedgerValue.numeric(new BigDecimal("12.5")))
        .with("made", LedgerValue.timestamp(Instant.parse("2026-03-01T12:00:00Z")))
        .with("kind", darkBook()).with("tags", LedgerValue.textMap(Map.of("a", int64(1))))
        .with("parts", list()).with("note", none());
  }

  private void add() {
    kit.create("alice", "Shop.Requests:AddItem", struct("requestor", LedgerValue.party(kit.party("alice")), "gateway",
        LedgerValue.party(kit.party("gateway"))).with("requestBody", item()));
    kit.settle();
  }

  private List<LedgerValue.Variant> told(String operation) {
    return kit.contracts("alice", "Shop.Requests:" + operation + "Response").stream().map(Contract::payload)
        .map(payload -> (LedgerValue.Variant) payload.get("body")).toList();
  }

  @Test
  void g18EveryAnswerHasExactlyOneConstructor() {
    say(200, ITEM);
    say(404, "");
    say(418, "short and stout");
    say(200, "{\"name\": \"without a price\"}");
    for (String item : List.of("one/1", "two", "three", "four")) {
      get(item);
    }
    assertThat(told("GetItem")).extracting(LedgerValue.Variant::constructor).containsExactlyInAnyOrder(
        "GetItemResponseBody_200", "GetItemResponseBody_404", "GetItemResponseBody_Unexpected",
        "GetItemResponseBody_Unexpected");
    assertThat(told("GetItem")).extracting(LedgerValue.Variant::value)
        .contains(struct("status", int64(418), "body", text("short and stout")));
    assertThat(heard.getFirst().path()).isEqualTo("/v1/items/one%2F1?fields=a%20b,c");
  }

  @Test
  void g19ValuesComeBackAsTheyWent() {
    say(201, "");
    add();
    say(200, ITEM);
    get("it");
    assertThat(Json.parse(heard.getFirst().body())).isEqualTo(Json.parse(ITEM));
    assertThat(told("GetItem").getFirst().value()).isEqualTo(item());
    assertThat(told("AddItem").getFirst()).isEqualTo(
        new LedgerValue.Variant("AddItemResponseBody_201", new LedgerValue.Unit()));
  }

  @Test
  void callThatMayBeRepeatedIsRepeatedUnderTheSameKeyAndAnotherIsNot() {
    say(503, "down");
    say(502, "down");
    say(200, ITEM);
    get("it");
    kit.advance(Duration.ofMinutes(10));
    kit.advance(Duration.ofMinutes(10));
    assertThat(told("GetItem")).singleElement().extracting(LedgerValue.Variant::constructor)
        .isEqualTo("GetItemResponseBody_200");
    assertThat(heard).extracting(one -> one.headers().get("Idempotency-key")).hasSize(3).containsOnly(
        heard.getFirst().headers().get("Idempotency-key"));
    assertThat(heard)
        .allSatisfy(one -> assertThat(one.headers()).containsEntry("Authorization", List.of("Bearer secret"))
            .containsEntry("X-key", List.of("k")));
    heard.clear();
    say(500, "{\"title\": \"broken\"}");
    add();
    kit.advance(Duration.ofMinutes(10));
    assertThat(heard).hasSize(1);
    assertThat(told("AddItem")).singleElement().isEqualTo(
        new LedgerValue.Variant("AddItemResponseBody_default", struct("title", some(text("broken")))));
  }

  @Test
  void serviceThatAsksToWaitIsWaitedForAndItsLastAnswerCounts() {
    answers.add(new Said(429, "", Map.of("Retry-After", "3600")));
    say(201, "");
    add();
    kit.advance(Duration.ofMinutes(30));
    assertThat(heard).hasSize(1);
    kit.advance(Duration.ofMinutes(31));
    assertThat(told("AddItem")).hasSize(1);
    for (int i = 0; i < 5; i++) {
      say(500, "still down");
    }
    get("it");
    for (int i = 0; i < 5; i++) {
      kit.advance(Duration.ofMinutes(10));
    }
    assertThat(told("GetItem")).singleElement()
        .isEqualTo(new LedgerValue.Variant("GetItemResponseBody_5XX", text("still down")));
  }

  @Test
  void credentialsAreOfTheKindThatIsNeverShown() {
    AvailableType type = ShippedIntegrations.types().stream().filter(one -> one.metadata().id().equals("api_caller"))
        .findFirst().orElseThrow();
    assertThat(type.metadata().fields()).filteredOn(field -> field.type() instanceof FieldType.Clob)
        .extracting(PackageMetadata.Field::id).containsExactly("mapping", "authorization", "password", "key");
  }

  @Test
  void thatThereWasNoAnswerIsTold() {
    service.stop(0);
    add();
    assertThat(told("AddItem")).singleElement().extracting(LedgerValue.Variant::constructor)
        .isEqualTo("AddItemResponseBody_TransportError");
  }
}
