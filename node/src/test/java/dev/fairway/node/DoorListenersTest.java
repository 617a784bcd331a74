package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.fairway.node.config.Settings;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.Listeners;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A node whose callbacks, subscriptions and channel endpoints are at addresses of their own. */
class DoorListenersTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String DOORS = """
      doors:
        rx-api: { listen: "127.0.0.1:0" }
        channels: { listen: "127.0.0.1:0", public-url: "https://endpoint.example.org" }
        subscription-api: { listen: "127.0.0.1:0" }
      """;

  @TempDir
  private static Path folder;
  private static Node node;

  @BeforeAll
  static void start() throws IOException {
    Settings settings = Settings.load(Optional.of(config(DOORS)), Map.of(), _ -> null);
    NodeConfig config = NodeConfig.from(settings.root());
    settings.check();
    node = Node.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Path config(String doors) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "fairway", ".yaml"), """
        profile: dev
        listen: 127.0.0.1:0
        dir: %s
        exchange:
          channels:
            shared: { type: shared-database, medium: %s, participants: [AU, SG] }
          routes:
            - { receiver: [SG], channels: [shared] }
        """.formatted(folder.resolve("data"), folder.resolve("medium")) + doors);
  }

  @Test
  void aPortThatIsTakenIsWaitedForAndThenListenedOn(@TempDir Path home) throws Exception {
    CompletableFuture<Node> started;
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); Told told = new Told()) {
      Settings settings = Settings.load(Optional.empty(), Map.of("profile", "dev", "jurisdiction", "AU", "dir",
          home.resolve("data").toString(), "listen", "127.0.0.1:" + holder.getLocalPort()), _ -> null);
      NodeConfig taken = NodeConfig.from(settings.root());
      started = CompletableFuture.supplyAsync(() -> Node.start(taken), Thread.ofPlatform()::start);
      String waiting = "127.0.0.1:" + holder.getLocalPort() + ": the port is taken; waiting until it is free";
      await().atMost(Duration.ofMinutes(1)).until(() -> told.contains(waiting));
      assertThat(started).isNotDone();
    }
    try (Node late = started.get(1, TimeUnit.MINUTES)) {
      assertThat(get(late.url(), "/health/live").statusCode()).isEqualTo(200);
    }
  }

  /** What a node says in its log. */
  private static final class Told implements AutoCloseable {
    private final Logger log = (Logger) LoggerFactory.getLogger(Node.class);
    private final Queue<String> sentences = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
      @Override
      protected void append(ILoggingEvent event) {
        sentences.add(event.getFormattedMessage());
      }
    };

    Told() {
      appender.start();
      log.addAppender(appender);
    }

    boolean contains(String text) {
      return sentences.stream().anyMatch(sentence -> sentence.contains(text));
    }

    @Override
    public void close() {
      log.detachAppender(appender);
    }
  }

  private static HttpResponse<String> get(URI base, String path) throws IOException, InterruptedException {
    return CLIENT.send(HttpRequest.newBuilder(URI.create(base + path)).build(), BodyHandlers.ofString());
  }

  @Test
  void aDoorWithAListenerOfItsOwnIsAtNoOther() throws Exception {
    URI callbacks = node.url("/rx-api");
    assertThat(callbacks).isNotEqualTo(node.url());
    assertThat(get(callbacks, "/rx-api").statusCode()).isEqualTo(200);
    assertThat(get(node.url(), "/rx-api").statusCode()).isEqualTo(404);
    assertThat(get(node.url(), "/message-api").statusCode()).isEqualTo(200);
    for (String path : List.of("/message-api", "/api/dead", "/metrics", "/")) {
      assertThat(get(callbacks, path).statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void whatIsNotThereIsToldInTheDoorsShapeThereToo() throws Exception {
    assertThat(get(node.url("/rx-api"), "/rx-api/none").body()).contains("\"errors\"");
    assertThat(get(node.url("/rx-api"), "/none").headers().firstValue("Content-Type"))
        .contains("application/problem+json");
  }

  @Test
  void everyListenerTellsWhetherTheNodeIsReadyAndThatOfTheManagementApiWhetherEachListens() throws Exception {
    for (URI base : List.of(node.url(), node.url("/rx-api"))) {
      HttpResponse<String> ready = get(base, "/health/ready");
      assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
      assertThat(get(base, "/health/live").statusCode()).isEqualTo(200);
    }
    assertThat(Json.parse(get(node.url("/api"), "/health/ready").body()).path("checks").propertyNames())
        .filteredOn(check -> check.startsWith("listener 127.0.0.1:")).hasSize(4);
    assertThat(get(node.url("/rx-api"), "/health/ready").body()).isEqualTo("{\"status\":\"up\"}");
  }

  @Test
  void linksLeadToTheListenerOfTheirDoor() throws Exception {
    String message = Json.object().put("sender", "AU").put("receiver", "SG").put("subject", "links")
        .put("obj", "QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n").put("predicate", "a.b.c").toString();
    HttpResponse<String> posted = CLIENT.send(HttpRequest.newBuilder(URI.create(node.url() + "/message-api/message"))
        .header("Content-Type", "application/json").POST(BodyPublishers.ofString(message)).build(),
        BodyHandlers.ofString());
    assertThat(posted.statusCode()).as(posted.body()).isEqualTo(201);
    assertThat(posted.headers().firstValue("Link").orElse(""))
        .contains("<" + node.url("/subscription-api") + "/subscription-api/subscriptions>; rel=\"hub\"");
    assertThat(node.url("/channels/shared/messages")).isEqualTo(URI.create("https://endpoint.example.org"));
    assertThat(get(node.url(), "/messages").body())
        .contains("curl '" + node.url() + "/message-api/messages'");
    assertThat(get(node.url(), "/subscriptions").body())
        .contains("curl '" + node.url("/subscription-api") + "/subscription-api/subscriptions'");
  }

  @Test
  void doorsOfOneAddressShareItsListener() {
    Settings settings = Settings.of("test", """
        profile: dev
        listen: 127.0.0.1:8080
        doors:
          rx-api: { listen: "127.0.0.1:8081" }
          channels: { listen: "127.0.0.1:8081" }
          document-api: { listen: "127.0.0.1:8080" }
          api: { listen: "127.0.0.1:8082" }
        """, folder, _ -> null);
    DoorSettings doors = NodeConfig.from(settings.root()).doors();
    settings.check();
    assertThat(doors.plans(List.of(door("message", "/message-api"), door("document", "/document-api"),
        door("message_rx", "/rx-api"), door("channel", "/channels/{channel}"), door("work", "/api"),
        door("openapi", ""),
        door("console", "")), door("probes", ""), door("health", ""))
        .stream().map(DoorListenersTest::names)).containsExactly("8080 message document console health",
            "8081 message_rx channel health", "8082 work openapi probes");
  }

  @Test
  void anAddressIsReachedAtTheUrlThatAnyOfItsDoorsNames() {
    Settings settings = Settings.of("test", """
        profile: dev
        listen: 127.0.0.1:8080
        doors:
          rx-api: { listen: "127.0.0.1:8081" }
          channels: { listen: "127.0.0.1:8081", public-url: "https://partners.example.org" }
          requests: { listen: "127.0.0.1:8081", public-url: "https://partners.example.org" }
        """, folder, _ -> null);
    DoorSettings doors = NodeConfig.from(settings.root()).doors();
    settings.check();
    assertThat(doors.plans(List.of(), door("probes", ""), door("health", "")))
        .extracting(plan -> plan.config().publicUrl())
        .containsExactly(Optional.empty(), Optional.of(URI.create("https://partners.example.org")));
  }

  private static Door door(String name, String prefix) {
    return new Door(name, prefix, ErrorStyle.PROBLEM, List.of());
  }

  private static String names(Listeners.Plan plan) {
    return plan.config().port() + " " + String.join(" ", plan.doors().stream().map(Door::name).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rx-api: { listen: nowhere } ~ doors.rx-api.listen ~ is not HOST:PORT",
      "rx-api: { listen: \"0.0.0.0:8090\" } ~ doors.rx-api.listen ~ the dev profile listens on loopback only",
      "rx-api: { public-url: \"https://rx.example.org\" } ~ doors.rx-api.public-url ~ needs listen beside it",
      "rx-api: { listen: \"127.0.0.1:8090\", public-url: \"https://rx.example.org\" }\n"
          + "  channels: { listen: \"127.0.0.1:8090\", public-url: \"https://endpoint.example.org\" }"
          + " ~ doors.channels.public-url ~ others at 127.0.0.1:8090 are reached at https://rx.example.org",
      "rxapi: { listen: \"127.0.0.1:8090\" } ~ doors.rxapi ~ did you mean doors.rx-api?"})
  void aSettingThatCannotBeMeantIsToldByItsKey(String wrong) {
    String[] parts = wrong.split(" ~ ", -1);
    Settings settings = Settings.of("test", "profile: dev\ndoors:\n  " + parts[0] + "\n", folder, _ -> null);
    NodeConfig.from(settings.root());
    assertThatThrownBy(settings::check).hasMessageContaining(parts[1]).hasMessageContaining(parts[2]);
  }

  @Test
  void theDoctorLooksAtEachPort() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      Ran ran = Ran.fairway("doctor", "--config",
          config("doors: { rx-api: { listen: \"127.0.0.1:" + taken.getLocalPort() + "\" } }\n").toString());
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out()).contains("ok    port: 127.0.0.1:0 is free")
          .contains("MEND  port of doors.rx-api: 127.0.0.1:" + taken.getLocalPort() + " cannot be used")
          .contains("choose another with doors.rx-api.listen:");
    }
  }
}
