package dev.fairway.connectors.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.OAuth2Spec;
import dev.fairway.connector.json.Json;
import dev.fairway.core.Secret;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.testing.TestClock;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A provider that takes each refresh token once, as RFC 6749, section 6, and its security practice (RFC 9700) have it. */
class TokenKeeperTest {
  private static final JsonNode CONFIG = Json.parse(
      "{\"shop\":\"north\",\"credentials\":{\"client_id\":\"us\",\"client_secret\":\"s\",\"refresh_token\":\"r0\",\"access_token\":\"a0\"}}");

  @TempDir
  Path dir;
  private final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final OutboundClient outbound = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
  private final AtomicInteger exchanges = new AtomicInteger();
  private volatile String valid = "r0";
  private HttpServer provider;
  private SqlStore store;

  @BeforeEach
  void start() throws IOException {
    store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock, List.of("connectors"));
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext("/token", exchange -> {
      try (exchange) {
        String given = Json.parse(exchange.getRequestBody().readAllBytes()).path("refresh").asString("");
        boolean good = given.equals(valid);
        if (good) {
          valid = "r" + exchanges.incrementAndGet();
        }
        byte[] answer = (good
            ? "{\"access\":\"a" + exchanges + "\",\"refresh\":\"" + valid
                + "\",\"expires_in\":3600,\"refresh_expires_in\":86400}"
            : "{\"error\":\"invalid_grant\"}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(good ? 200 : 400, answer.length);
        exchange.getResponseBody().write(answer);
      }
    });
    provider.start();
  }

  @AfterEach
  void stop() {
    provider.stop(0);
    outbound.close();
    store.close();
  }

  private OAuth2Spec spec() {
    return FlowCodec.part(Json.parse(
        """
            {"refreshTokenUrlTemplate":"http://127.0.0.1:%d/token",
             "refreshTokenBody":"{\\"refresh\\":\\"{{{refresh_token}}}\\"}",
             "refreshTokenResponseMap":{"access_token":"/access","refresh_token":"/refresh",
               "refresh_token_expiry_date":"{{#now_plus}}{{refresh_expires_in}}{{/now_plus}}",
               "token_expiry_date":"{{#now_plus}}{{expires_in}}{{/now_plus}}"}}"""
            .formatted(provider.getAddress().getPort())),
        OAuth2Spec.class);
  }

  private TokenKeeper keeper(String key) {
    return new TokenKeeper(store, new Secret(key), outbound, clock);
  }

  private static String token(TokenKeeper.Fresh fresh) {
    return fresh.config().path("credentials").path("access_token").asString("");
  }

  @Test
  void whatTheProviderGaveIsKeptSealedAndUsedUntilItIsAboutToExpire() throws Exception {
    TokenKeeper.Fresh first = keeper("key").fresh("acme/shop", spec(), CONFIG);
    assertThat(token(first)).isEqualTo("a1");
    assertThat(first.config().path("shop").asString("")).isEqualTo("north");
    assertThat(first.until()).contains(clock.instant().plus(Duration.ofHours(1)).minus(TokenKeeper.MARGIN));
    assertThat(stored()).doesNotContain("refresh_token").matches("[A-Za-z0-9+/=]+");

    // Another process begins here: it has what was kept, not what was configured.
    assertThat(token(keeper("key").fresh("acme/shop", spec(), CONFIG))).isEqualTo("a1");
    clock.advance(Duration.ofMinutes(56));
    assertThat(token(keeper("key").fresh("acme/shop", spec(), CONFIG))).isEqualTo("a2");
    assertThat(exchanges).hasValue(2);
  }

  private String stored() {
    return store.read(view -> {
      try (Statement statement = view.connection().createStatement();
          ResultSet row = statement.executeQuery("SELECT sealed FROM connector_credentials")) {
        row.next();
        return row.getString(1);
      }
    });
  }

  @Test
  void manyWhoAskAtOnceMakeOneExchange() throws Exception {
    TokenKeeper keeper = keeper("key");
    Callable<String> ask = () -> token(keeper.fresh("acme/shop", spec(), CONFIG));
    try (ExecutorService all = Executors.newFixedThreadPool(4)) {
      for (var answer : all.invokeAll(Collections.nCopies(8, ask))) {
        assertThat(answer.get()).isEqualTo("a1");
      }
    }
    assertThat(exchanges).hasValue(1);
  }

  @Test
  void aRefusalIsTold() {
    valid = "withdrawn";
    assertThatThrownBy(() -> keeper("key").fresh("acme/shop", spec(), CONFIG))
        .hasMessageContaining("acme/shop cannot be refreshed").hasMessageContaining("invalid_grant")
        .hasMessageContaining("sign in again");
  }

  @Test
  void credentialsConfiguredAnewReplaceThoseThatWereKept() throws Exception {
    assertThat(token(keeper("key").fresh("acme/shop", spec(), CONFIG))).isEqualTo("a1");
    valid = "anew";
    JsonNode anew = Json.merge(CONFIG, Json.parse("{\"credentials\":{\"refresh_token\":\"anew\"}}"));
    assertThat(token(keeper("key").fresh("acme/shop", spec(), anew))).isEqualTo("a2");
  }

  @Test
  void whatAnotherKeySealedIsAsIfItWereNotThere() throws Exception {
    assertThat(token(keeper("key").fresh("acme/shop", spec(), CONFIG))).isEqualTo("a1");
    valid = "r0";
    assertThat(token(keeper("another").fresh("acme/shop", spec(), CONFIG))).isEqualTo("a2");
  }

  @Test
  void withoutARefreshTheConfigurationIsAsItWas() throws Exception {
    OAuth2Spec none = FlowCodec.part(Json.object(), OAuth2Spec.class);
    assertThat(keeper("key").fresh("acme/shop", none, CONFIG).config()).isEqualTo(CONFIG);
    assertThat(exchanges).hasValue(0);
  }
}
