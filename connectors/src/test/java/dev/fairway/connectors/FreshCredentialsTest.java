package dev.fairway.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.capture.CaptureTask;
import dev.fairway.connectors.oauth.TokenKeeper;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.TaskLoop;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A derivation whose connector signs in, run by a node and by hand: it is given the token that the provider gave last. */
@SuppressWarnings("NullAway.Init") // each test has its own
class FreshCredentialsTest {
  private static final String SCRIPT = """
      while IFS= read -r line; do
        case "$line" in
        '{"spec"'*) echo '{"spec":{"protocol":3032023,"configSchema":{"type":"object"},"resourceConfigSchema":{},"documentationUrl":"","oauth2":OAUTH}}';;
        '{"validate"'*) t=${line##*'"access_token":"'}; t=${t%%'"'*}; echo "validated with $t" >&2; echo '{"validated":{"transforms":[{"readOnly":false}]}}';;
        '{"open"'*) t=${line##*'"access_token":"'}; t=${t%%'"'*}; echo '{"opened":{}}';;
        '{"read"'*) echo '{"published":{"doc":{"n":1,"token":"'$t'"}}}';;
        '{"flush"'*) echo '{"flushed":{}}';;
        '{"startCommit"'*) echo '{"startedCommit":{}}';;
        esac
      done
      """;

  /** Enough that their session is under way for a while. */
  private static final int ROWS = 300_000;

  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();
  private final Sealed sealed = new Sealed(List.of(), clock);
  private final AtomicInteger exchanges = new AtomicInteger();
  private final OutboundClient outbound = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
  private HttpServer provider;
  private SqlStore store;
  private TokenKeeper keeper;
  private Path source;

  @BeforeEach
  void start() throws IOException {
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext("/token", exchange -> {
      try (exchange) {
        byte[] answer = ("{\"access\":\"a" + exchanges.incrementAndGet() + "\",\"expires_in\":3600}")
            .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
      }
    });
    provider.start();
    store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock, List.of("connectors"));
    keeper = new TokenKeeper(store, new Secret("key"), outbound, clock);
    String oauth = Json.text(Json.parse(
        """
            {"refreshTokenUrlTemplate":"http://127.0.0.1:%d/token","refreshTokenBody":"{}",
             "refreshTokenResponseMap":{"access_token":"/access","token_expiry_date":"{{#now_plus}}{{expires_in}}{{/now_plus}}"}}"""
            .formatted(provider.getAddress().getPort())));
    Files.writeString(dir.resolve("derive.sh"), SCRIPT.replace("OAUTH", oauth));
    source = Files.writeString(dir.resolve("flow.yaml"), """
        collections:
          acme/rows: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
          acme/seen:
            schema: { type: object, properties: { n: { type: integer }, token: { type: string } }, required: [n] }
            key: [/n]
            derive:
              using:
                local:
                  command: [sh, derive.sh]
                  config: { credentials: { client_id: us, client_secret: s, refresh_token: r, access_token: a0 } }
              transforms: [{ name: rows, source: acme/rows, shuffle: any, lambda: {} }]
        """);
  }

  @AfterEach
  void stop() {
    provider.stop(0);
    outbound.close();
    store.close();
  }

  @Test
  void aNodesDerivationGetsThem() throws Exception {
    FlowFile file = FlowFile.read(source, sealed);
    Fixture fixture = new Fixture(Files.writeString(dir.resolve("fixture.json"), "[[[\"acme/rows\",{\"n\":1}]]]"),
        file);
    try (Connectors connectors = new Connectors(store, dir.resolve("collections"), ConnectorsConfig.of(List.of()),
        sealed,
        clock, name -> {
          throw new FairwayException(ErrorCode.NOT_FOUND, name);
        }, keeper)) {
      new CaptureTask(fixture, fixture.spec(file), false, store, connectors.collections(), 1 << 20, clock).run();
      TaskLoop.Step step = connectors.step(file, file.derivations().values().iterator().next());
      FutureTask<Void> deriving = new FutureTask<>(() -> {
        step.run();
        return null;
      });
      Thread.ofPlatform().daemon().start(deriving);
      Awaitility.await().atMost(Duration.ofSeconds(60))
          .until(() -> deriving.isDone() || connectors.collections().get("acme/seen").documents() > 0);
      step.stop();
      deriving.get();
      try (var reader = connectors.collections().get("acme/seen").read(0)) {
        assertThat(reader.next()).isTrue();
        assertThat(Json.parse(reader.buffer(), reader.from(), reader.to()).path("token").asString("")).isEqualTo("a1");
      }
    }
  }

  @Test
  void commandsGetThemAndAskTheProviderOnce() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    ConnectorCommands commands = new ConnectorCommands(new PrintWriter(out), new PrintWriter(err), sealed,
        dir.resolve("scratch"), keeper);
    commands.validate(source, Optional.empty());
    assertThat(err.toString()).contains("validated with a1").contains("acme/seen would work");
    Path fixture = Files.writeString(dir.resolve("fixture.json"), "[[[\"acme/rows\",{\"n\":1}]]]");
    commands.derive(source, Optional.empty(), Optional.of(fixture), Optional.empty(), Duration.ofMinutes(1));
    assertThat(out.toString()).contains("\"token\":\"a1\"");
    assertThat(exchanges).hasValue(1);
  }

  @Test
  void aCaptureByHandGoesOnWhereANodesWouldEndToBeginAgain() throws Exception {
    Files.writeString(dir.resolve("source.sh"),
        """
            case "$1" in
            spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object"}}}';;
            check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}';;
            discover) echo '{"type":"CATALOG","catalog":{"streams":[{"name":"rows","json_schema":{"type":"object"},"supported_sync_modes":["full_refresh"]}]}}';;
            read) seq 1 ROWS | sed 's/.*/{"type":"RECORD","record":{"stream":"rows","data":{"n":&},"emitted_at":1}}/';;
            esac
            """
            .replace("ROWS", String.valueOf(ROWS)));
    Path flow = Files.writeString(dir.resolve("trial.flow.yaml"), """
        captures:
          acme/source:
            endpoint: { airbyte: { command: [sh, source.sh], config: {} } }
            bindings: [{ resource: { stream: rows, syncMode: full_refresh }, target: acme/rows }]
        materializations:
          acme/files:
            endpoint: { connector: { image: fairway/materialize-files, config: { directory: %s } } }
            bindings: [{ source: acme/rows, resource: { file: rows.jsonl } }]
        collections:
          acme/rows: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
        """.formatted(dir.resolve("out")));
    StringWriter err = new StringWriter();
    new ConnectorCommands(new PrintWriter(new StringWriter()), new PrintWriter(err), sealed, dir.resolve("scratch"),
        (_, config, _) -> new TokenKeeper.Fresh(config, Optional.of(clock.instant().plusMillis(300))))
        .materialize(flow, Optional.empty(), Optional.empty(), Optional.empty(), Duration.ofMinutes(5));
    try (Stream<String> rows = Files.lines(dir.resolve("out").resolve("rows.jsonl"))) {
      assertThat(rows).hasSize(ROWS);
    }
  }
}
