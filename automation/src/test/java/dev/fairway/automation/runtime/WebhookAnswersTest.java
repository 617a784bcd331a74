package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.sdk.Authorization;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.WebhookResponse;
import dev.fairway.automation.sdk.Webhooks;
import dev.fairway.core.ledger.Command;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What old clients of integrations are answered, byte for byte: one row for each condition, result and helper. */
@Timeout(120)
class WebhookAnswersTest {
  private static final String JSON = "application/json;charset=utf-8";
  private static final String TEXT = "text/plain;charset=utf-8";
  private static final String TROUBLE = "500 Internal Server Error\n\nServer got itself in trouble";
  private static final String LACKS_CLAIMS = error("missing_ledger_claims",
      "this endpoint requires a valid token containing DAML ledger API claims for ledger ID \\\"cloudbox\\\"");

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir
  private static Path folder;

  private static Node node;
  private static WebServer server;

  @BeforeAll
  static void start() {
    node = new Node(folder);
    node.run("hooks", (env, events) -> {
      register(events);
      events.webhook().post("/refused").handle(call -> WebhookResponse.json(Map.of("done", true))
          .with(Command.create(Node.REQUEST, Node.request(node.alice, env.party(), "forged"))));
    });
    server = WebServer.start(WebConfig.loopback(), WebhookTest.TOKENS, node.automation.doors());
    eventually(() -> assertThat(node.automation.find("hooks").orElseThrow().ready()).isTrue());
  }

  @AfterAll
  static void stop() {
    server.close();
    node.close();
  }

  private static void register(Events events) {
    Webhooks hooks = events.webhook();
    hooks.get("/any").authorized(Authorization.ANY_PARTY).handle(call -> WebhookResponse.ok());
    hooks.get("/own").authorized(Authorization.INTEGRATION_PARTY).handle(call -> WebhookResponse.ok());
    hooks.get("/json").handle(call -> WebhookResponse.json(Map.of("a", 1)).status(202));
    hooks.get("/nothing").handle(call -> WebhookResponse.empty());
    hooks.get("/text").handle(call -> WebhookResponse.text("hi"));
    hooks.get("/blob")
        .handle(call -> WebhookResponse.bytes("b".getBytes(StandardCharsets.UTF_8), "image/png").status(203));
    hooks.get("/null").handle(call -> nothing());
    hooks.get("/throws").handle(call -> {
      throw new IllegalStateException("inner secret");
    });
    hooks.get("/exhausts").handle(call -> WebhookResponse.ok().with(new Command[Integer.MAX_VALUE]));
    hooks.get("/ok").handle(call -> WebhookResponse.ok());
    hooks.get("/400").handle(call -> WebhookResponse.badRequest("c", "d"));
    hooks.get("/401").handle(call -> WebhookResponse.unauthorized("c", "d"));
    hooks.get("/403").handle(call -> WebhookResponse.forbidden("c", "d"));
    hooks.get("/404").handle(call -> WebhookResponse.notFound("c", "d"));
    hooks.get("/500").handle(call -> WebhookResponse.internalServerError("c", "d"));
    hooks.get("/digits/{n:[0-9]+}").handle(call -> WebhookResponse.text(call.variable("n")));
  }

  @SuppressWarnings("NullAway") // what a handler must not answer
  private static WebhookResponse nothing() {
    return null;
  }

  private static String error(String code, String description) {
    return "{\"code\": \"" + code + "\", \"description\": \"" + description + "\"}\n";
  }

  static Stream<Arguments> rows() {
    String done = "200: OK";
    return Stream.of(
        Arguments.of("GET", "/any", "Basic x", 401, JSON,
            error("invalid_auth_scheme", "Invalid authorization scheme. Should be `Bearer <token>`")),
        Arguments.of("GET", "/any", "bearer x", 401, JSON,
            error("invalid_auth_scheme", "Invalid authorization scheme. Should be `Bearer <token>`")),
        Arguments.of("GET", "/any", null, 401, JSON,
            error("missing_token", "this endpoint requires a valid token and none was supplied")),
        Arguments.of("GET", "/any", "Bearer bad", 403, JSON,
            error("invalid_token", "this endpoint was presented with an invalid token")),
        Arguments.of("GET", "/any", "Bearer none", 401, JSON, LACKS_CLAIMS),
        Arguments.of("GET", "/any", "Bearer bob/bob/other", 401, JSON, LACKS_CLAIMS),
        Arguments.of("GET", "/own", "Bearer alice/alice/cloudbox", 401, JSON,
            error("unauthorized", "unauthorized token")),
        Arguments.of("GET", "/own", "Bearer bob/alice/cloudbox", 401, JSON,
            error("unauthorized", "unauthorized token")),
        Arguments.of("GET", "/own", "Bearer bob/bob/cloudbox", 200, TEXT, done),
        Arguments.of("GET", "/any", "Bearer alice/bob/cloudbox", 200, TEXT, done),
        Arguments.of("GET", "/json", null, 202, JSON, "{\"a\": 1}\n"),
        Arguments.of("GET", "/nothing", null, 200, "application/json", ""),
        Arguments.of("GET", "/text", null, 200, TEXT, "hi"), Arguments.of("GET", "/blob", null, 203, "image/png", "b"),
        Arguments.of("GET", "/null", null, 500, TEXT, TROUBLE),
        Arguments.of("GET", "/throws", null, 500, TEXT, TROUBLE),
        Arguments.of("GET", "/exhausts", null, 500, TEXT, TROUBLE), Arguments.of("GET", "/ok", null, 200, TEXT, done),
        Arguments.of("GET", "/400", null, 400, JSON, error("c", "d")),
        Arguments.of("GET", "/401", null, 401, JSON, error("c", "d")),
        Arguments.of("GET", "/403", null, 403, JSON, error("c", "d")),
        Arguments.of("GET", "/404", null, 404, JSON, error("c", "d")),
        Arguments.of("GET", "/500", null, 500, JSON, error("c", "d")),
        Arguments.of("GET", "/digits/42", null, 200, TEXT, "42"),
        Arguments.of("GET", "/digits/x", null, 404, TEXT, "404: Not Found"),
        Arguments.of("GET", "/nowhere", null, 404, TEXT, "404: Not Found"),
        Arguments.of("POST", "/text", null, 405, TEXT, "405: Method Not Allowed"),
        Arguments.of("HEAD", "/text", null, 200, TEXT, ""));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void answerIsAsItHasAlwaysBeen(String method, String path, @Nullable String authorization, int status, String type,
      String body) throws Exception {
    HttpResponse<String> answer = send(server, method, path, authorization);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type").orElse("")).isEqualToIgnoringWhitespace(type);
    assertThat(answer.body()).isEqualTo(body);
  }

  @ParameterizedTest
  @MethodSource("closed")
  void hookWhoseTokensNobodyCanCheckSaysSo(String path) throws Exception {
    var config = AutomationConfig.DEFAULT;
    try (var other = new Node(folder.resolve(path.substring(1)), ledger -> ledger, Node.NO_CALLS,
        new AutomationConfig(config.ledgerId(), false, config.webhookBody(),
            config.handlerLimit(), config.heard()))) {
      other.run("hooks", (env, events) -> register(events));
      try (var closed = WebServer.start(WebConfig.loopback(), WebhookTest.TOKENS, other.automation.doors())) {
        HttpResponse<String> answer = send(closed, "GET", path, "Bearer bob/bob/cloudbox");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo(error("no_authorization_support",
            "this endpoint requires authorization, which is unavailable without JWKS support."));
      }
    }
  }

  static Stream<String> closed() {
    return Stream.of("/any", "/own");
  }

  private static HttpResponse<String> send(WebServer to, String method, String path, @Nullable String authorization)
      throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(to.baseUrl() + "/integrations/hooks" + path))
        .method(method, HttpRequest.BodyPublishers.noBody());
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
