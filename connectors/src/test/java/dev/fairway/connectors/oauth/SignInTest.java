package dev.fairway.connectors.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.OAuth2Spec;
import dev.fairway.connector.json.Json;
import dev.fairway.core.Secret;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A sign-in at a provider that checks what it is sent, as RFC 6749 and RFC 7636 say. */
class SignInTest {
  private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
  private static final SignIn.Application APPLICATION = new SignIn.Application("our id", new Secret("our secret"));

  private final OutboundClient outbound = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
  private final List<JsonNode> asked = new ArrayList<>();
  private HttpServer provider;
  private String challenge = "";
  private int status = 200;

  @BeforeEach
  void start() throws IOException {
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext("/token", exchange -> {
      try (exchange) {
        JsonNode body = Json.parse(exchange.getRequestBody().readAllBytes());
        asked.add(body);
        byte[] answer = ("{\"access\":\"token " + asked.size() + "\",\"refresh\":\"next " + asked.size()
            + "\",\"expires_in\":3600,\"scope\":\"all\"}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, answer.length);
        exchange.getResponseBody().write(answer);
      }
    });
    provider.start();
  }

  @AfterEach
  void stop() {
    provider.stop(0);
    outbound.close();
  }

  private OAuth2Spec spec() {
    String at = "http://127.0.0.1:" + provider.getAddress().getPort();
    return FlowCodec.part(
        Json.parse(
            """
                {"provider":"example",
                 "authUrlTemplate":"%1$s/authorize?client_id={{#urlencode}}{{{client_id}}}{{/urlencode}}&redirect_uri={{#urlencode}}{{{redirect_uri}}}{{/urlencode}}&state={{{state}}}&code_challenge={{{code_challenge}}}&code_challenge_method={{{code_challenge_method}}}&missing={{nothing.here}}",
                 "accessTokenUrlTemplate":"%1$s/token",
                 "accessTokenBody":"{\\"code\\":\\"{{{code}}}\\",\\"verifier\\":\\"{{{code_verifier}}}\\",\\"secret\\":\\"{{{client_secret}}}\\",\\"basic\\":\\"{{#basicauth}}{{{client_id}}}:{{{client_secret}}}{{/basicauth}}\\"}",
                 "accessTokenResponseMap":{"access_token":"/access","refresh_token":"/refresh","seconds":"/expires_in","token_expiry_date":"{{#now_plus}}{{expires_in}}{{/now_plus}}"},
                 "refreshTokenUrlTemplate":"%1$s/token",
                 "refreshTokenBody":"{\\"refresh\\":\\"{{{refresh_token}}}\\"}",
                 "refreshTokenResponseMap":{"access_token":"/access","refresh_token":"/refresh"}}"""
                .formatted(at)),
        OAuth2Spec.class);
  }

  private SignIn signIn(OAuth2Spec spec, String config) {
    return new SignIn(spec, APPLICATION, Json.parse(config), Json.object(), outbound, CLOCK);
  }

  /** The person says yes: what the provider sends them back with. */
  private Map<String, String> consent(URI page) {
    Map<String, String> query = Loopback.parse(page.getRawQuery());
    challenge = query.getOrDefault("code_challenge", "");
    assertThat(query).containsEntry("client_id", "our id").containsEntry("code_challenge_method", "S256")
        .containsEntry("missing", "");
    return new LinkedHashMap<>(Map.of("code", "a code", "state", query.getOrDefault("state", "")));
  }

  @Test
  void consentBecomesCredentials() throws Exception {
    SignIn signIn = signIn(spec(), "{}");
    var credentials = signIn.finish(consent(signIn.begin(URI.create("http://localhost:16963/"))));
    assertThat(credentials).isEqualTo(Json.parse(
        """
            {"client_id":"our id","client_secret":"our secret","access_token":"token 1","refresh_token":"next 1","seconds":3600,
            "token_expiry_date":"2026-01-01T01:00:00.000Z"}"""));
    JsonNode body = asked.getFirst();
    assertThat(body.path("code").asString("")).isEqualTo("a code");
    assertThat(Base64.getUrlEncoder().withoutPadding().encodeToString(MessageDigest.getInstance("SHA-256")
        .digest(body.path("verifier").asString("").getBytes(StandardCharsets.US_ASCII)))).isEqualTo(challenge);
    assertThat(body.path("basic").asString("")).isEqualTo(Base64.getEncoder()
        .encodeToString("our id:our secret".getBytes(StandardCharsets.UTF_8)));

    assertThat(signIn.refresh(credentials).path("refresh_token").asString("")).isEqualTo("next 2");
    assertThat(asked.getLast().path("refresh").asString("")).isEqualTo("next 1");
  }

  @Test
  void anAnswerCountsOnce() throws Exception {
    SignIn signIn = signIn(spec(), "{}");
    Map<String, String> answer = consent(signIn.begin(URI.create("http://localhost:1/")));
    signIn.finish(answer);
    assertThatThrownBy(() -> signIn.finish(answer)).hasMessageContaining("finished before");
    assertThat(asked).hasSize(1);
  }

  @Test
  void anAnswerToAnotherSignInIsRefused() {
    SignIn signIn = signIn(spec(), "{}");
    Map<String, String> old = consent(signIn.begin(URI.create("http://localhost:1/")));
    signIn.begin(URI.create("http://localhost:1/"));
    assertThatThrownBy(() -> signIn.finish(old)).hasMessageContaining("not to this sign-in");
    assertThat(asked).isEmpty();
  }

  @Test
  void whoeverSaysNoIsQuoted() {
    SignIn signIn = signIn(spec(), "{}");
    Map<String, String> answer = consent(signIn.begin(URI.create("http://localhost:1/")));
    answer.put("error", "access_denied");
    answer.put("error_description", "they changed their mind");
    assertThatThrownBy(() -> signIn.finish(answer)).hasMessageContaining("access_denied (they changed their mind)");

    status = 400;
    Map<String, String> again = consent(signIn.begin(URI.create("http://localhost:1/")));
    assertThatThrownBy(() -> signIn.finish(again)).hasMessageContaining("answered 400");
  }

  @Test
  void aConfiguredValueCannotChooseWhereSecretsGo() {
    for (String store : List.of("evil.example/x", "evil.example#", "user@evil", "a.b", "-a", "")) {
      SignIn signIn = signIn(at("https://{{{config.store}}}.shop.example/authorize"),
          Json.text(Json.object().put("store", store)));
      assertThatThrownBy(() -> signIn.begin(URI.create("http://localhost:1/"))).as(store)
          .hasMessageContaining("refused");
    }
    assertThat(signIn(at("https://{{{config.store}}}.shop.example/authorize"), "{\"store\":\"acme\"}")
        .begin(URI.create("http://localhost:1/"))).hasHost("acme.shop.example");
    for (String template : List.of("https://{{{config.host}}}/authorize", "{{{config.host}}}://shop.example/",
        "https://my-{{{config.host}}}.shop.example/", "https://{{{config.host}}}.{{{config.host}}}.example/",
        "https://shop.example:{{{config.host}}}/", "https://{{{config.host}}}.example/")) {
      assertThatThrownBy(() -> signIn(at(template), "{\"host\":\"a\"}").begin(URI.create("http://localhost:1/")))
          .as(template).hasMessageContaining("refused");
    }
  }

  private static OAuth2Spec at(String template) {
    return FlowCodec.part(Json.object().put("authUrlTemplate", template), OAuth2Spec.class);
  }

  @Test
  void privateAddressesAreNotCalled() throws Exception {
    try (OutboundClient guarded = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.guarded())) {
      SignIn signIn = new SignIn(spec(), APPLICATION, Json.object(), Json.object(), guarded, CLOCK);
      Map<String, String> answer = consent(signIn.begin(URI.create("http://localhost:1/")));
      assertThatThrownBy(() -> signIn.finish(answer)).hasMessageContaining("is not called");
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void theLoopbackTakesOneRedirect() throws Exception {
    try (Loopback loopback = new Loopback(0);
        var http = java.net.http.HttpClient.newHttpClient()) {
      URI redirect = URI.create("http://127.0.0.1:" + loopback.redirect().getPort() + "/");
      var icon = http.send(java.net.http.HttpRequest.newBuilder(redirect.resolve("/favicon.ico")).build(),
          java.net.http.HttpResponse.BodyHandlers.ofString());
      assertThat(icon.statusCode()).isEqualTo(404);
      var page = http.send(java.net.http.HttpRequest.newBuilder(redirect.resolve("/?code=a%20b&state=c")).build(),
          java.net.http.HttpResponse.BodyHandlers.ofString());
      assertThat(page.body()).contains("You may close this window now.");
      assertThat(loopback.await(Duration.ofSeconds(30))).contains(Map.of("code", "a b", "state", "c"));
    }
  }
}
