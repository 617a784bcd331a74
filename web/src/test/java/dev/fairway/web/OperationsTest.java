package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What an operator and their machines see of the server. */
class OperationsTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private final AtomicReference<Optional<String>> trouble = new AtomicReference<>(Optional.empty());
  private List<Door> doors;
  private WebServer server;

  @BeforeEach
  void start() {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Health health = new Health();
    health.register("database", trouble::get);
    Door things = new Door("things", "/things/{kind}", ErrorStyle.LEGACY,
        List.of(
            Route.post("/{id}", "Makes one").consumes("application/json").scope("things.write")
                .request(Json.object().put("type", "object")).query("dry", "Only try").answers(201, "Made")
                .handle(call -> call.empty(201)),
            Route.get("/{id}", "Shows one").describe("As it was made.").answers(200, "It")
                .handle(call -> call.empty(200)),
            Route.get("/files/<path>", "Shows a file").anyone().handle(call -> call.empty(200)),
            Route.get("/page", "A page for people").unlisted().handle(call -> call.empty(200)),
            Route.get("/events", "Tells events").handle(call -> call.events(sink -> {
              sink.send("1", "tick", "first\nsecond");
              sink.beat();
            }))));
    doors = new ArrayList<>(List.of(things, Probes.door(health, meters)));
    doors.add(OpenApi.door("Fairway", "1", List.copyOf(doors)));
    server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(), doors, meters);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return CLIENT.send(HttpRequest.newBuilder(URI.create(server.baseUrl() + path)).build(), BodyHandlers.ofString());
  }

  @Test
  void readinessNamesWhatIsWrong() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").body()).isEqualTo("{\"status\":\"up\",\"checks\":{\"database\":\"up\"}}");
    trouble.set(Optional.of("the database does not answer"));
    HttpResponse<String> down = get("/health/ready");
    assertThat(down.statusCode()).isEqualTo(503);
    assertThat(down.body()).contains("the database does not answer");
  }

  @Test
  void callsAreMeasuredByRoute() throws Exception {
    get("/things/a/1");
    get("/things/a/2");
    assertThat(get("/metrics").body()).contains(
        "fairway_http_requests_seconds_count{door=\"things\",method=\"GET\",route=\"/things/{kind}/{id}\",status=\"2xx\"} 2");
  }

  @Test
  void eventsAreStreamed() throws Exception {
    HttpResponse<java.io.InputStream> answer = CLIENT.send(
        HttpRequest.newBuilder(URI.create(server.baseUrl() + "/things/a/events")).build(),
        BodyHandlers.ofInputStream());
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.lines().toList()).containsExactly("id: 1", "event: tick", "data: first", "data: second", "", ":",
          "");
    }
  }

  @Test
  void eachDoorsShapeOfErrorsIsDescribed() {
    for (ErrorStyle style : ErrorStyle.values()) {
      Door door = new Door("things", "/things", style, List.of(Route.get("/a", "Shows a").handle(_ -> {})));
      JsonNode document = OpenApi.document("Fairway", "1", List.of(door));
      JsonNode content = document.at("/paths/~1things~1a/get/responses/default/content");
      assertThat(content.propertyNames()).containsExactly(style.contentType());
      String schema = content.path(style.contentType()).at("/schema/$ref").asString();
      assertThat(document.at(schema.substring(1)).path("required").isArray()).as(schema).isTrue();
    }
  }

  @Test
  void everyListedRouteIsInTheDocumentAndTheDocumentIsOpenApi31() throws Exception {
    JsonNode document = Json.parse(get("/api/openapi.json").body());
    assertThat(document.get("openapi").asString()).matches("3\\.1\\.\\d+");
    assertThat(document.at("/info/title").asString()).isNotEmpty();
    assertThat(document.at("/info/version").asString()).isNotEmpty();
    Set<String> listed = new HashSet<>();
    Set<String> ids = new HashSet<>();
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      assertThat(path.getKey()).startsWith("/").doesNotContain("<");
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        assertThat(operation.getKey()).isIn("get", "put", "post", "delete", "patch");
        listed.add(operation.getKey() + " " + path.getKey());
        checkOperation(path.getKey(), operation.getValue(), document, ids);
      }
    }
    Set<String> declared = new HashSet<>();
    doors.forEach(door -> door.routes().stream().filter(Route::listed).forEach(route -> declared
        .add((route.method().toLowerCase(java.util.Locale.ROOT) + " " + door.prefix() + route.path()).replace('<', '{')
            .replace('>', '}'))));
    assertThat(listed).isEqualTo(declared);
  }

  private static void checkOperation(String path, JsonNode operation, JsonNode document, Set<String> ids) {
    assertThat(ids.add(operation.get("operationId").asString())).isTrue();
    assertThat(operation.get("summary").asString()).isNotEmpty();
    Set<String> inPath = new HashSet<>();
    for (JsonNode parameter : operation.path("parameters")) {
      assertThat(parameter.get("in").asString()).isIn("path", "query", "header", "cookie");
      assertThat(parameter.has("schema")).isTrue();
      if (parameter.get("in").asString().equals("path")) {
        assertThat(parameter.get("required").booleanValue()).isTrue();
        inPath.add(parameter.get("name").asString());
      }
    }
    Set<String> inTemplate = new HashSet<>();
    Matcher matcher = Pattern.compile("\\{([^}]+)}").matcher(path);
    while (matcher.find()) {
      inTemplate.add(matcher.group(1));
    }
    assertThat(inPath).isEqualTo(inTemplate);
    assertThat(operation.get("responses").properties()).isNotEmpty().allSatisfy(response -> {
      assertThat(response.getKey()).matches("[1-5](\\d\\d|XX)|default");
      assertThat(response.getValue().get("description").asString()).isNotEmpty();
    });
    for (JsonNode reference : operation.findValues("$ref")) {
      assertThat(document.at(reference.asString().substring(1)).isMissingNode()).isFalse();
    }
    for (JsonNode requirement : operation.get("security")) {
      assertThat(document.at("/components/securitySchemes").has(requirement.propertyNames().iterator().next()))
          .isTrue();
    }
  }

  @Test
  void aTakenPortIsToldInASentence() {
    assertThatThrownBy(
        () -> WebServer.start(WebConfig.at("127.0.0.1", server.port()), new DevAuthenticator(), List.of()))
        .isInstanceOf(FairwayException.class).hasMessageContaining("cannot listen on 127.0.0.1:" + server.port());
  }

  @Test
  void aCallerOverItsRateIsToldWhenToComeBack() throws Exception {
    try (WebServer strict = WebServer.start(WebConfig.loopback().withRate(1, 2), new DevAuthenticator(), doors)) {
      List<HttpResponse<String>> answers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        answers.add(CLIENT.send(HttpRequest.newBuilder(URI.create(strict.baseUrl() + "/things/a/1")).build(),
            BodyHandlers.ofString()));
      }
      assertThat(answers).extracting(HttpResponse::statusCode).startsWith(200, 200, 200).endsWith(429);
      assertThat(answers.getLast().headers().firstValue("Retry-After")).isPresent();
    }
  }

  @Test
  void http2WithoutTlsIsSpoken() throws Exception {
    HttpClient h2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    HttpResponse<String> answer = h2.send(
        HttpRequest.newBuilder(URI.create(server.baseUrl() + "/health/live")).build(), BodyHandlers.ofString());
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
  }
}
