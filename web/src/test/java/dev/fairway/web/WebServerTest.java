package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WebServerTest {
  private static WebServer server;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  record Ship(String name, int masts) {}

  @BeforeAll
  static void start() {
    Door old = new Door("old", "/old-api", ErrorStyle.LEGACY, List.of(
        Route.get("/", "Says its name").anyone().handle(call -> call.json(200, Json.object().put("service", "old"))),
        Route.post("/ships", "Builds").consumes("application/json").handle(call -> call.json(201, call.json())),
        Route.get("/boom", "Fails").handle(call -> {
          throw new IllegalStateException("secret inside");
        }), Route.get("/refuse", "Refuses").handle(call -> {
          throw new LegacyError(400, "CallbackURLValidationError", "\"hub.callback\" attribute is invalid",
              List.of("x"));
        })));
    Door fresh = new Door("fresh", "/fresh/{harbour}", ErrorStyle.PROBLEM, List.of(
        Route.post("/ships", "Builds").maxBody(1_000)
            .handle(call -> call.json(201, call.json(Ship.class))),
        Route.get("/ships/{name}", "Shows")
            .handle(call -> call.json(200,
                Json.object().put("ship", call.param("name")).put("harbour", call.param("harbour"))
                    .put("flag", call.query("flag").orElse("none")))),
        Route.get("/ships/newest", "Shows the newest").handle(call -> call.text(200, "text/plain", "newest")),
        Route.post("/form", "Takes a form").handle(call -> call.json(200, call.form().fields())),
        Route.post("/parts", "Takes parts").handle(call -> {
          List<String> parts = new ArrayList<>();
          call.multipart(part -> parts.add(
              part.name() + "/" + part.fileName().orElse("-") + "/"
                  + new String(part.body().readAllBytes(), StandardCharsets.UTF_8)));
          call.json(200, parts);
        })));
    server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(), List.of(old, fresh));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(server.baseUrl() + path));
  }

  @Test
  void jsonGoesInAndOut() throws Exception {
    var answer = send(to("/old-api/ships").header("Content-Type", "application/json; charset=utf-8")
        .POST(BodyPublishers.ofString("{\"name\":\"Vasa\"}")));
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("{\"name\":\"Vasa\"}");
    assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
  }

  @Test
  void aRecordWithAnUnknownFieldIsRefusedByName() throws Exception {
    var answer = send(to("/fresh/oslo/ships").POST(BodyPublishers.ofString("{\"name\":\"Vasa\",\"mast\":3}")));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("mast");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
  }

  @Test
  void pathAndQueryParametersArrive() throws Exception {
    assertThat(send(to("/fresh/oslo/ships/Kon-Tiki?flag=NO")).body())
        .isEqualTo("{\"ship\":\"Kon-Tiki\",\"harbour\":\"oslo\",\"flag\":\"NO\"}");
  }

  @Test
  void aFixedSegmentWinsOverAParameter() throws Exception {
    assertThat(send(to("/fresh/oslo/ships/newest")).body()).isEqualTo("newest");
  }

  @Test
  void formsAndPartsArrive() throws Exception {
    assertThat(send(to("/fresh/oslo/form").POST(BodyPublishers.ofString("a=1&b=x%20y&a=2"))).body())
        .isEqualTo("{\"a\":[\"1\",\"2\"],\"b\":[\"x y\"]}");
    String body = """
        --XX
        Content-Disposition: form-data; name="file"; filename="a.txt"

        hello
        --XX
        Content-Disposition: form-data; name="note"

        world
        --XX--
        """.replace("\n", "\r\n");
    assertThat(send(to("/fresh/oslo/parts").header("Content-Type", "multipart/form-data; boundary=XX")
        .POST(BodyPublishers.ofString(body))).body()).isEqualTo("[\"file/a.txt/hello\",\"note/-/world\"]");
  }

  @Test
  void legacyErrorsHaveTheOldShape() throws Exception {
    assertThat(send(to("/old-api/refuse")).body()).isEqualTo(
        "{\"errors\":[{\"status\":\"Bad Request\",\"code\":\"callback-url-validation-error\",\"title\":\"Callback URL Validation Error\","
            + "\"detail\":\"\\\"hub.callback\\\" attribute is invalid\",\"source\":[\"x\"]}]}");
    var media = send(to("/old-api/ships").header("Content-Type", "text/plain").POST(BodyPublishers.ofString("x")));
    assertThat(media.statusCode()).isEqualTo(415);
    assertThat(media.body()).isEqualTo(
        "{\"errors\":[{\"status\":\"Unsupported Media Type\",\"code\":\"generic-http-error\",\"title\":\"Unsupported Media Type\","
            + "\"detail\":\"Unsupported mimetype. Value: \\\"text/plain\\\". Value must be one of ['application/json'].\","
            + "\"source\":{\"value\":\"text/plain\",\"include\":[\"application/json\"],\"exclude\":[]}}]}");
  }

  @Test
  void anUnexpectedFailureTellsAnIdAndNothingElse() throws Exception {
    var answer = send(to("/old-api/boom").header("X-Request-Id", "req-7"));
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).isEqualTo(
        "{\"errors\":[{\"status\":\"Internal Server Error\",\"code\":\"internal-server-error\",\"title\":\"Internal Server Error\","
            + "\"detail\":\"Unexpected server error occured.\",\"source\":[{\"type\":\"InternalError\",\"str\":\"req-7\"}]}]}");
  }

  @Test
  void aBrowserThatAsksForWhatNobodyServesSeesTheSignpostOfWhicheverDoorAtTheRoot() throws Exception {
    Door pages = new Door("pages", "", ErrorStyle.PROBLEM, List.of())
        .withSignpost(call -> call.text(404, "text/html", "not here"));
    Door probes = new Door("probes", "", ErrorStyle.PROBLEM, List.of());
    Door api = new Door("api", "/api", ErrorStyle.PROBLEM, List.of());
    for (List<Door> doors : List.of(List.of(pages, probes, api), List.of(api, probes, pages))) {
      try (WebServer signed = WebServer.start(WebConfig.loopback(), new DevAuthenticator(), doors)) {
        assertThat(browse(signed, "/nowhere", "text/html,*/*;q=0.8")).isEqualTo("text/html");
        assertThat(browse(signed, "/nowhere", "*/*")).isEqualTo("application/problem+json");
        assertThat(browse(signed, "/api/nowhere", "text/html,*/*;q=0.8")).isEqualTo("application/problem+json");
      }
    }
  }

  private static String browse(WebServer server, String path, String accepted) throws Exception {
    var answer = send(HttpRequest.newBuilder(URI.create(server.baseUrl() + path)).header("Accept", accepted));
    assertThat(answer.statusCode()).isEqualTo(404);
    return answer.headers().firstValue("Content-Type").orElseThrow().split(";", 2)[0];
  }

  @Test
  void unknownPathsAndWrongMethodsAreToldInTheDoorsShape() throws Exception {
    var missing = send(to("/old-api/nothing"));
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.body())
        .isEqualTo("{\"errors\":[{\"status\":\"Not Found\",\"code\":\"generic-http-error\",\"title\":\"Not Found\"}]}");
    var wrong = send(to("/fresh/oslo/ships/Vasa").DELETE());
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).contains("GET, HEAD, OPTIONS");
    assertThat(wrong.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(send(to("/nowhere")).statusCode()).isEqualTo(404);
    assertThat(send(to("/fresh/oslo/ships").method("OPTIONS", BodyPublishers.noBody())).statusCode()).isEqualTo(204);
  }

  @Test
  void headIsGetWithoutABody() throws Exception {
    var answer = send(to("/fresh/oslo/ships/newest").HEAD());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValue("Content-Length")).contains("6");
  }

  @Test
  void aBodyPastTheLimitIs413() throws Exception {
    var answer = send(to("/fresh/oslo/ships").POST(BodyPublishers.ofString("x".repeat(1_001))));
    assertThat(answer.statusCode()).isEqualTo(413);
  }

  @Test
  void namesBecomeCodesAndTitles() {
    assertThat(LegacyError.code("CallbackURLValidationError")).isEqualTo("callback-url-validation-error");
    assertThat(LegacyError.title("CallbackURLValidationError")).isEqualTo("Callback URL Validation Error");
    assertThat(LegacyError.title("NoInputFileError")).isEqualTo("No Input File Error");
    assertThat(LegacyError.code("InvalidURIError")).isEqualTo("invalid-uri-error");
  }
}
