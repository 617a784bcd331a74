package dev.fairway.daml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientCredentialsTest {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger status = new AtomicInteger(200);
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final HttpServer server;

  ClientCredentialsTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void start() {
    server.createContext("/token", exchange -> {
      asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      byte[] answer = ("{\"access_token\": \"t" + asked.size() + "\", \"expires_in\": 100}")
          .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status.get(), answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private ClientCredentials credentials() {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/token");
    Clock clock = new Clock() {
      @Override
      public ZoneOffset getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(java.time.ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return now.get();
      }
    };
    return new ClientCredentials(new ClientCredentials.Grant(url, "node", new Secret("s3cret"),
        Optional.of("daml_ledger_api"), Optional.empty()), clock);
  }

  @Test
  void tokenIsKeptUntilShortlyBeforeItRunsOut() {
    ClientCredentials credentials = credentials();
    assertThat(credentials.current()).contains(new Secret("t1"));
    now.set(Instant.EPOCH.plusSeconds(79));
    assertThat(credentials.current()).contains(new Secret("t1"));
    now.set(Instant.EPOCH.plus(Duration.ofSeconds(81)));
    assertThat(credentials.current()).contains(new Secret("t2"));
    assertThat(asked).containsExactly("grant_type=client_credentials&scope=daml_ledger_api",
        "grant_type=client_credentials&scope=daml_ledger_api");
  }

  @Test
  void refusedTokenIsReplacedOnceForAllWhoHeldIt() {
    ClientCredentials credentials = credentials();
    Secret first = credentials.current().orElseThrow();
    assertThat(credentials.refused(first)).isTrue();
    assertThat(credentials.current()).contains(new Secret("t2"));
    assertThat(credentials.refused(first)).isTrue();
    assertThat(credentials.current()).contains(new Secret("t2"));
  }

  @Test
  void refusalOfTheServerNamesNoSecret() {
    status.set(401);
    assertThatThrownBy(() -> credentials().current()).isInstanceOfSatisfying(FairwayException.class, e -> {
      assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
      assertThat(e.toString()).contains("answered 401 to node").doesNotContain("s3cret").doesNotContain("t1");
    });
  }
}
