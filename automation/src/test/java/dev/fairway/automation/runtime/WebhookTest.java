package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.sdk.Authorization;
import dev.fairway.automation.sdk.WebhookResponse;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.testing.ledger.ContractModel;
import dev.fairway.web.Authenticator;
import dev.fairway.web.Caller;
import dev.fairway.web.Json;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class WebhookTest {
  @TempDir
  private Path folder;
  private Node node;
  private WebServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /* Tokens of the test: "actAs/readAs/ledgerId", each a comma list. */
  static final Authenticator TOKENS = authorization -> {
    if (authorization.isEmpty()) {
      return Caller.ANONYMOUS;
    }
    String token = authorization.get().substring("Bearer ".length());
    if (token.equals("bad")) {
      throw new FairwayException(ErrorCode.UNAUTHENTICATED, "no");
    }
    String[] parts = token.split("/", -1);
    return new Caller("test", Caller.Kind.VERIFIED, Set.of(), Optional.empty(), Optional.empty(), Optional.empty(),
        parts.length < 3
            ? Map.of()
            : Map.of("https://daml.com/ledger-api", Map.of("actAs", List.of(parts[0].split(",")), "readAs",
                List.of(parts[1].split(",")), "ledgerId", parts[2])));
  };

  @BeforeEach
  void start() {
    node = new Node(folder);
    node.run("hooks", (env, events) -> {
      events.webhook().post("/ask/{word}").label("Ask")
          .handle(call -> WebhookResponse.json(Map.of("word", call.variable("word"))).with(
              Command.create(Node.REQUEST, Node.request(env.party(), env.party(), call.variable("word")))));
      events.webhook().post("/forge").handle(call -> WebhookResponse.ok()
          .with(Command.create(Node.REQUEST, Node.request(node.alice, env.party(), "forged"))));
      events.webhook().post("/later").answerFirst().handle(call -> WebhookResponse.text("stored").status(202)
          .with(Command.create(Node.REQUEST, Node.request(env.party(), env.party(), call.text()))));
      events.webhook().get("").handle(call -> WebhookResponse.empty());
      events.webhook().get("/text").handle(call -> WebhookResponse.text("hi"));
      events.webhook().get("/ok").handle(call -> WebhookResponse.ok());
      events.webhook().get("/throws").handle(call -> {
        throw new IllegalStateException("inner secret");
      });
      events.webhook().get("/any").authorized(Authorization.ANY_PARTY)
          .handle(call -> WebhookResponse.json(List.of(call.parties().toString())));
      events.webhook().get("/own").authorized(Authorization.INTEGRATION_PARTY).handle(call -> WebhookResponse.ok());
    });
    server = WebServer.start(WebConfig.loopback(), TOKENS, node.automation.doors());
    eventually(() -> assertThat(node.automation.find("hooks").orElseThrow().ready()).isTrue());
  }

  @AfterEach
  void stop() {
    server.close();
    node.close();
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.baseUrl() + path)).method(method,
        HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
    return send("GET", path, "", headers);
  }

  @Test
  void callBecomesAContractBeforeItIsAnswered() throws Exception {
    HttpResponse<String> answer = send("POST", "/integrations/hooks/ask/hello", "");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"word\": \"hello\"}\n");
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .isEqualToIgnoringWhitespace("application/json;charset=utf-8");
    assertThat(node.active(node.bob, ContractModel.REQUEST)).singleElement()
        .extracting(c -> c.payload().text("text")).isEqualTo("hello");
  }

  @Test
  void refusalByTheLedgerIsTheAnswer() throws Exception {
    HttpResponse<String> answer = send("POST", "/integrations/hooks/forge", "");
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(Json.parse(answer.body()).path("code").asString()).isEqualTo("MISSING_AUTHORIZATION");
    assertThat(Json.parse(answer.body()).path("commandId").asString()).startsWith("hooks/webhook/");
  }

  @Test
  void answerFirstIsStoredAndSentAfter() throws Exception {
    assertThat(send("POST", "/integrations/hooks/later", "soon").statusCode()).isEqualTo(202);
    eventually(() -> assertThat(node.active(node.bob, ContractModel.REQUEST)).singleElement()
        .extracting(c -> c.payload().text("text")).isEqualTo("soon"));
  }

  @Test
  void bodiesAreAsTheyHaveAlwaysBeen() throws Exception {
    HttpResponse<String> empty = get("/integrations/hooks");
    assertThat(empty.statusCode()).isEqualTo(200);
    assertThat(empty.body()).isEmpty();
    assertThat(get("/integrations/hooks/ok").body()).isEqualTo("200: OK");
    assertThat(get("/integrations/hooks/text").body()).isEqualTo("hi");
    assertThat(get("/integrations/hooks/nowhere").body()).isEqualTo("404: Not Found");
    assertThat(get("/integrations/other/text").statusCode()).isEqualTo(404);
    assertThat(send("POST", "/integrations/hooks/text", "").body()).isEqualTo("405: Method Not Allowed");
    HttpResponse<String> failed = get("/integrations/hooks/throws");
    assertThat(failed.statusCode()).isEqualTo(500);
    assertThat(failed.body()).isEqualTo("500 Internal Server Error\n\nServer got itself in trouble");
  }

  @Test
  void tokensAreCheckedInOrder() throws Exception {
    assertCode(get("/integrations/hooks/any", "Authorization", "Basic x"), 401, "invalid_auth_scheme");
    assertCode(get("/integrations/hooks/any"), 401, "missing_token");
    assertCode(get("/integrations/hooks/any", "Authorization", "Bearer bad"), 403, "invalid_token");
    assertCode(get("/integrations/hooks/any", "Authorization", "Bearer none"), 401, "missing_ledger_claims");
    assertCode(get("/integrations/hooks/any", "Authorization", "Bearer bob/bob/other"), 401, "missing_ledger_claims");
    assertThat(get("/integrations/hooks/any", "Authorization", "Bearer alice,bob/bob/cloudbox").body())
        .isEqualTo("[\"[bob]\"]\n");
    assertCode(get("/integrations/hooks/own", "Authorization", "Bearer alice/alice/cloudbox"), 401, "unauthorized");
    assertCode(get("/integrations/hooks/own", "Authorization", "Bearer bob/alice/cloudbox"), 401, "unauthorized");
    assertThat(get("/integrations/hooks/own", "Authorization", "Bearer bob/bob/cloudbox").statusCode()).isEqualTo(200);
  }

  private static void assertCode(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(Json.parse(answer.body()).path("code").asString()).isEqualTo(code);
  }

  @Test
  void statusHasItsKeysInOrder() throws Exception {
    send("POST", "/integrations/hooks/ask/hello", "");
    var status = Json.parse(get("/integrations/hooks/status", "Authorization", "Bearer bob/bob/cloudbox").body());
    assertThat(status.propertyNames()).containsExactly("running", "start_time", "error_message", "error_time",
        "pending_events", "event_queue", "webhooks", "ledger_events", "timers", "queues", "log_level",
        "log_level_options", "_self");
    assertThat(status.path("running").asBoolean()).isTrue();
    var row = status.path("webhooks").get(0);
    assertThat(row.propertyNames()).containsExactly("index", "label", "command_count", "use_count", "error_count",
        "error_message", "error_time", "url_path", "method");
    assertThat(row.path("url_path").asString()).isEqualTo("/integrations/{integration_id}/ask/{word}");
    assertThat(row.path("command_count").asInt()).isEqualTo(1);
    assertThat(get("/integrations/hooks/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void integrationThatDoesNotRunIsNeitherReadyNorThere() throws Exception {
    node.automation.stop("hooks");
    for (String id : List.of("hooks", "never-heard-of")) {
      assertThat(get("/integrations/" + id + "/readyz")).as(id).satisfies(answer -> {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("not running\n");
      });
      assertThat(get("/integrations/" + id + "/livez").statusCode()).as(id).isEqualTo(404);
      assertThat(get("/integrations/" + id + "/healthz").statusCode()).as(id).isEqualTo(404);
    }
  }

  @Test
  void logLevelIsSetWithinItsRange() throws Exception {
    String[] token = {"Authorization", "Bearer bob/bob/cloudbox"};
    assertThat(send("POST", "/integrations/hooks/log-level", "{\"log_level\": \"20\"}", token).body())
        .isEqualTo("{\"log_level\": \"20\"}");
    assertThat(node.automation.find("hooks").orElseThrow().logLevel()).isEqualTo(20);
    for (String wrong : new String[]{"{\"log_level\": 51}", "{\"log_level\": -1}", "{}", "x"}) {
      assertThat(send("POST", "/integrations/hooks/log-level", wrong, token).statusCode()).as(wrong).isEqualTo(400);
    }
    assertThat(send("POST", "/integrations/hooks/log-level", "{\"log_level\": 1}").statusCode()).isEqualTo(401);
  }
}
