package dev.fairway.web.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundClientTest {
  private static final CountDownLatch NEVER = new CountDownLatch(1);
  private static final AtomicInteger TOKENS = new AtomicInteger();
  private static final AtomicLong LIFE = new AtomicLong(3_600);
  private static WebServer server;
  private static OutboundClient client;

  @BeforeAll
  static void start() {
    Door peer = new Door("peer", "", ErrorStyle.PROBLEM,
        List.of(
            Route.post("/echo", "Gives back")
                .handle(call -> call.with("X-Type", call.contentType()).bytes(200, "text/plain", call.bytes())),
            Route.get("/moved", "Points elsewhere").handle(call -> call.with("Location", "/echo").empty(302)),
            Route.get("/large", "Sends a megabyte")
                .handle(call -> call.bytes(200, "application/octet-stream", new byte[1 << 20])),
            Route.get("/silent", "Never answers").handle(call -> NEVER.await()),
            Route.get("/discovery", "Names the token endpoint").handle(
                call -> call.json(200, Json.object().put("token_endpoint", call.baseUrl() + "/token"))),
            Route.post("/token", "Issues a token").handle(call -> {
              assertThat(call.header("Authorization")).contains("Basic aWQ6czNjcjN0");
              assertThat(call.form().get("grant_type")).contains("client_credentials");
              call.json(200,
                  Json.object().put("access_token", "t" + TOKENS.incrementAndGet()).put("expires_in", LIFE.get()));
            })));
    server = WebServer.start(WebConfig.loopback().withDrain(Duration.ofMillis(100)), new DevAuthenticator(),
        List.of(peer));
    client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
  }

  @AfterAll
  static void stop() {
    NEVER.countDown();
    client.close();
    server.close();
  }

  private static URI at(String path) {
    return URI.create(server.baseUrl() + path);
  }

  @Test
  void aBodyGoesOutAndTheAnswerComesBack() throws Exception {
    OutboundResult result = client.send(OutboundRequest.post(at("/echo")).json(Map.of("id", 55)));
    assertThat(result).isInstanceOfSatisfying(OutboundResult.Answered.class, answer -> {
      assertThat(answer.ok()).isTrue();
      assertThat(answer.body().text()).isEqualTo("{\"id\":55}");
      assertThat(answer.header("X-Type")).contains("application/json");
    });
  }

  @Test
  void aStreamGoesOutAsItComes() throws Exception {
    byte[] large = new byte[500_000];
    OutboundResult result = client.send(OutboundRequest.post(at("/echo"))
        .body(new OutboundRequest.Body.Streamed("application/octet-stream", new ByteArrayInputStream(large))));
    assertThat(result).isInstanceOfSatisfying(OutboundResult.Answered.class,
        answer -> assertThat(answer.body().size()).isEqualTo(large.length));
  }

  @Test
  void redirectsAreAnswersAndNotFollowed() throws Exception {
    assertThat(client.send(OutboundRequest.get(at("/moved")))).isInstanceOfSatisfying(OutboundResult.Answered.class,
        answer -> assertThat(answer.status()).isEqualTo(302));
  }

  @Test
  void anAnswerBeyondTheLimitIsAFailure() throws Exception {
    assertThat(client.send(OutboundRequest.get(at("/large")).responseLimit(1_000)))
        .isInstanceOfSatisfying(OutboundResult.Failed.class, failed -> assertThat(failed.sent()).isTrue());
  }

  @Test
  void aStreamedAnswerStopsAtTheLimit() {
    assertThatThrownBy(() -> client.stream(OutboundRequest.get(at("/large")).responseLimit(1_000),
        (answer, body) -> body.transferTo(OutputStream.nullOutputStream()))).isInstanceOfSatisfying(
            FairwayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
  }

  @Test
  void aStreamedAnswerIsReadWhole() throws Exception {
    AtomicLong bytes = new AtomicLong();
    OutboundResult result = client.stream(OutboundRequest.get(at("/large")),
        (answer, body) -> bytes.set(body.transferTo(OutputStream.nullOutputStream())));
    assertThat(result).isInstanceOf(OutboundResult.Answered.class);
    assertThat(bytes).hasValue(1 << 20);
  }

  @Test
  void aClosedPortIsAFailureThatMayBeSentAgain() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(client.send(OutboundRequest.get(URI.create("http://127.0.0.1:" + port + "/"))))
        .isInstanceOfSatisfying(OutboundResult.Failed.class, failed -> assertThat(failed.sent()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://example.com/", "ftp://example.com/", "https:///x", "https://user:pass@example.com/",
      "//example.com/x", "mailto:a@example.com"})
  void aGuardedClientRefusesTheUrl(String url) {
    assertThat(EgressPolicy.guarded().refusal(URI.create(url))).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"http://example.com:81/k3y?key=k3y#k3y, '\"http://example.com:81\" is not https'",
      "ftp://me:k3y@example.com/k3y, '\"ftp://example.com\" is not an absolute http or https URL'",
      "mailto:k3y@example.com, '\"mailto:\" is not an absolute http or https URL'",
      "k3y?key=k3y, a relative URL is not an absolute http or https URL"})
  void aRefusalTellsNoMoreOfTheUrlThanItsSchemeAndHost(String url, String why) {
    assertThat(EgressPolicy.guarded().refusal(URI.create(url))).contains(why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
      "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1",
      "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
      "2001::1", "2001:db8::1", "::127.0.0.1"})
  void anAddressThatIsNotPublicIsRefused(String address) throws IOException {
    assertThat(EgressPolicy.isPublic(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "193.0.0.1", "2606:4700::1111", "2001:4860::8888"})
  void aPublicAddressIsAllowed(String address) throws IOException {
    assertThat(EgressPolicy.isPublic(InetAddress.getByName(address))).isTrue();
  }

  @Test
  void aNameThatResolvesToThisMachineIsRefusedWhenItIsConnectedTo() throws Exception {
    try (OutboundClient guarded = new OutboundClient(OutboundConfig.defaults(),
        new EgressPolicy(true, false, Set.of()))) {
      for (String host : List.of("localhost", "127.0.0.1", "127.1", "[::1]")) {
        assertThat(guarded.send(OutboundRequest.get(URI.create("http://" + host + ":" + server.port() + "/moved"))))
            .as(host).isInstanceOf(OutboundResult.Refused.class);
      }
    }
    try (OutboundClient trusting = new OutboundClient(OutboundConfig.defaults(),
        EgressPolicy.guarded().withTrustedHosts(Set.of("localhost")))) {
      assertThat(trusting.send(OutboundRequest.get(URI.create("http://localhost:" + server.port() + "/moved"))))
          .isInstanceOf(OutboundResult.Answered.class);
    }
  }

  @Test
  void aTokenIsKeptUntilAMinuteBeforeItsEnd() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    LIFE.set(3_600);
    ClientCredentials source = new ClientCredentials(client, now::get,
        new ClientCredentials.Endpoint.Discovery(at("/discovery")), "id", new Secret("s3cr3t"),
        Optional.of("messages"));
    Secret first = source.token();
    now.updateAndGet(t -> t.plusSeconds(3_539));
    assertThat(source.token()).isEqualTo(first);
    now.updateAndGet(t -> t.plusSeconds(1));
    Secret second = source.token();
    assertThat(second).isNotEqualTo(first);
    source.discard(second);
    LIFE.set(20);
    Secret third = source.token();
    assertThat(third).isNotEqualTo(second);
    now.updateAndGet(t -> t.plusSeconds(9));
    assertThat(source.token()).isEqualTo(third);
    now.updateAndGet(t -> t.plusSeconds(1));
    assertThat(source.token()).isNotEqualTo(third);
  }

  @Test
  void retryAfterIsReadAsSecondsOrAsADate() {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    assertThat(retryAfter("120", now)).contains(Duration.ofMinutes(2));
    assertThat(retryAfter("Thu, 01 Jan 2026 00:01:00 GMT", now)).contains(Duration.ofMinutes(1));
    assertThat(retryAfter("Wed, 31 Dec 2025 00:00:00 GMT", now)).contains(Duration.ZERO);
    assertThat(retryAfter("soon", now)).isEmpty();
  }

  private static Optional<Duration> retryAfter(String value, Instant now) {
    return new OutboundResult.Answered(503, Map.of("retry-after", List.of(value)),
        new Payload("".getBytes(StandardCharsets.UTF_8))).retryAfter(now);
  }
}
