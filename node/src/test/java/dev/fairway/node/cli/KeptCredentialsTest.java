package dev.fairway.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.OAuth2Spec;
import dev.fairway.connector.json.Json;
import dev.fairway.testing.TestClock;
import dev.fairway.web.outbound.EgressPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** What a provider gave to one command is there for the next, and for nobody else. */
class KeptCredentialsTest {
  @TempDir
  Path dir;

  private static JsonNode config(String refreshToken) {
    return Json
        .parse("{\"credentials\":{\"client_id\":\"us\",\"client_secret\":\"s\",\"refresh_token\":\"" + refreshToken
            + "\"}}");
  }

  private static String token(KeptCredentials kept, JsonNode config, OAuth2Spec spec) throws Exception {
    return kept.fresh("acme/shop", config, () -> spec).config().path("credentials").path("access_token").asString("");
  }

  /** What is to be done while a provider is there, which gives tokens by number. */
  private interface Asked {
    void run(OAuth2Spec spec) throws Exception;
  }

  private static void withProvider(Asked asked) throws Exception {
    AtomicInteger exchanges = new AtomicInteger();
    HttpServer provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext("/token", exchange -> {
      try (exchange) {
        byte[] answer = ("{\"access\":\"token " + exchanges.incrementAndGet() + "\",\"expires_in\":3600}")
            .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
      }
    });
    provider.start();
    try {
      OAuth2Spec spec = FlowCodec.part(Json.parse("""
          {"refreshTokenUrlTemplate":"http://127.0.0.1:%d/token","refreshTokenBody":"{}",
           "refreshTokenResponseMap":{"access_token":"/access",
             "token_expiry_date":"{{#now_plus}}{{expires_in}}{{/now_plus}}"}}"""
          .formatted(provider.getAddress().getPort())), OAuth2Spec.class);
      asked.run(spec);
    } finally {
      provider.stop(0);
    }
  }

  private KeptCredentials kept(Clock clock) {
    return new KeptCredentials(dir.resolve("kept"), EgressPolicy.trusting(), clock);
  }

  @Test
  void whatAProviderGaveIsKeptForTheNextCommand() throws Exception {
    withProvider(spec -> {
      KeptCredentials kept = kept(Clock.systemUTC());
      assertThat(token(kept, config("r0"), spec)).isEqualTo("token 1");
      assertThat(token(kept, config("r0"), spec)).isEqualTo("token 1");
      assertThat(token(kept, config("of another sign-in"), spec)).isEqualTo("token 2");
      assertThat(token(kept, config("r0"), spec)).isEqualTo("token 1");
    });
    assertThat(folders()).hasSize(2).allSatisfy(folder -> assertThat(
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))).isEqualTo("rwx------"));
  }

  @Test
  void whatNobodyUsedForLongIsRemovedAndNothingElseIs() throws Exception {
    Path notes = Files.writeString(Files.createDirectories(dir.resolve("kept")).resolve("notes"), "of the user");
    Files.setLastModifiedTime(notes, FileTime.from(Instant.EPOCH));
    TestClock clock = new TestClock();
    withProvider(spec -> {
      token(kept(clock), config("old"), spec);
      token(kept(clock), config("used again"), spec);
      clock.advance(Duration.ofDays(KeptCredentials.UNUSED_DAYS - 1));
      token(kept(clock), config("used again"), spec);
      assertThat(folders()).hasSize(2);
      clock.advance(Duration.ofDays(2));
      token(kept(clock), config("new"), spec);
      assertThat(folders()).hasSize(2);
      assertThat(token(kept(clock), config("new"), spec)).isEqualTo("token 4");
    });
    assertThat(notes).exists();
  }

  private List<Path> folders() throws IOException {
    try (Stream<Path> all = Files.list(dir.resolve("kept"))) {
      return all.filter(Files::isDirectory).toList();
    }
  }

  @Test
  void whoDidNotSignInIsGivenWhatIsConfiguredAndNothingIsKept() throws Exception {
    KeptCredentials kept = new KeptCredentials(dir.resolve("kept"), EgressPolicy.guarded(), Clock.systemUTC());
    JsonNode config = Json.object().put("token", "t");
    assertThat(kept.fresh("acme/shop", config, () -> {
      throw new IllegalStateException("the connector was started");
    }).config()).isEqualTo(config);
    assertThat(dir.resolve("kept")).doesNotExist();
  }

  private static KeptCredentials ofUser(Map<String, String> env) {
    return KeptCredentials.ofUser(env, EgressPolicy.guarded());
  }

  @Test
  void theFolderIsWhereItIsAskedToBe() {
    assertThat(ofUser(Map.of("FAIRWAY_CREDENTIALS", "/a")).dir()).isEqualTo(Path.of("/a"));
    assertThat(ofUser(Map.of("XDG_STATE_HOME", "/b")).dir()).isEqualTo(Path.of("/b/fairway/credentials"));
    assertThat(ofUser(Map.of()).dir()).endsWithRaw(Path.of(".local/state/fairway/credentials"));
  }

  @Test
  void anEmptyVariableIsNotSet() {
    assertThat(ofUser(Map.of("FAIRWAY_CREDENTIALS", "", "XDG_STATE_HOME", "/b")).dir())
        .isEqualTo(Path.of("/b/fairway/credentials"));
    assertThat(ofUser(Map.of("FAIRWAY_CREDENTIALS", "", "XDG_STATE_HOME", ""))).isEqualTo(ofUser(Map.of()));
  }

  @Test
  void whoMayBeCalledIsForTheCommandToSay() {
    ConnectorCommand.Task task = new ConnectorCommand.Task();
    assertThat(new CommandLine(task).parseArgs().errors()).isEmpty();
    assertThat(task.policy()).usingRecursiveComparison().isEqualTo(EgressPolicy.guarded());
    assertThat(new CommandLine(task).parseArgs("--allow-private").errors()).isEmpty();
    assertThat(KeptCredentials.ofUser(Map.of(), task.policy()).policy()).usingRecursiveComparison()
        .isEqualTo(EgressPolicy.trusting());
  }
}
