package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.web.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What no client should send, at every endpoint that takes something: a precise 4xx, nothing stored, nobody kept waiting. */
class BadInputTest {
  private static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String PARTS = "multipart/form-data; boundary=b";
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir
  private static Path folder;
  private static ServedNode node;
  private String before = "";

  /** Where a body is taken, and of what type. */
  record Endpoint(String method, String path, String type) {}

  static List<Endpoint> endpoints() {
    return List.of(new Endpoint("POST", "/message-api/message", JSON),
        new Endpoint("PATCH", "/message-api/message/AU:x", JSON),
        new Endpoint("POST", "/document-api/jurisdictions/SG", PARTS),
        new Endpoint("POST", "/document-api/countries/SG", PARTS),
        new Endpoint("POST", "/subscription-api/subscriptions", FORM),
        new Endpoint("POST", "/rx-api/channel-message/shared", JSON),
        new Endpoint("POST", "/channels/shared/messages", JSON),
        new Endpoint("POST", "/channels/shared/messages/subscriptions/by_id", FORM),
        new Endpoint("POST", "/channels/shared/messages/subscriptions/by_jurisdiction", FORM),
        new Endpoint("PUT", "/channels/shared/messages/1/status", FORM),
        new Endpoint("POST", "/api/dead/redrive", JSON), new Endpoint("POST", "/api/dead/discard", JSON),
        new Endpoint("PUT", "/api/dead/01a0a000-0000-7000-8000-000000000000/payload", JSON));
  }

  static Stream<Endpoint> jsonEndpoints() {
    return endpoints().stream().filter(endpoint -> endpoint.type().equals(JSON));
  }

  @BeforeAll
  static void start() throws Exception {
    node = ServedNode.start(folder, "au", "AU", """
        limits: { silence: 4s }
        exchange:
          channels:
            shared: { type: shared-database, medium: %s, participants: [AU, SG] }
          routes:
            - { receiver: [SG], channels: [shared] }
        """.formatted(folder.resolve("medium")));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void look() throws Exception {
    before = state();
  }

  /** After each kind of nonsense the node holds what it held, has nobody in it but us, and blames itself for nothing. */
  @AfterEach
  void nothingIsStoredAndNoWorkerIsStuck() throws Exception {
    await().atMost(SOON).untilAsserted(() -> assertThat(node.send(node.to("/metrics")).body().lines()
        .filter(line -> line.startsWith("fairway_http_active"))).isNotEmpty()
        .allMatch(line -> line.endsWith(" 1.0")));
    assertThat(state()).isEqualTo(before);
    assertThat(node.log()).doesNotContain("request failed");
  }

  private static String state() throws Exception {
    ObjectNode state = Json.object();
    for (String path : List.of("/message-api/messages", "/api/documents", "/subscription-api/subscriptions",
        "/channels/shared/messages?receiver=AU", "/api/audit", "/api/dead")) {
      state.set(path, node.json(path));
    }
    JsonNode journal = node.json("/api/journal?limit=500");
    long own = journal.path("items").valueStream()
        .filter(event -> !event.path("type").stringValue().startsWith("websub.")).count();
    try (Stream<Path> blobs = Files.walk(folder.resolve("au/data/blobs"))) {
      state.put("blobs", blobs.filter(Files::isRegularFile).count());
    }
    return state.put("journal", own).toString();
  }

  private static byte[] request(Endpoint endpoint, byte[] body, String... headers) {
    List<String> head = new ArrayList<>(List.of(endpoint.method() + " " + endpoint.path() + " HTTP/1.1", "Host: x",
        "Connection: close", "Content-Type: " + endpoint.type()));
    head.addAll(headers.length == 0 ? List.of("Content-Length: " + body.length) : Arrays.asList(headers));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes((String.join("\r\n", head) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    all.writeBytes(body);
    return all.toByteArray();
  }

  private static String send(Endpoint endpoint, String body) throws IOException {
    return node.raw(request(endpoint, body.getBytes(StandardCharsets.UTF_8)));
  }

  private static void assertRefused(String answer) {
    assertThat(answer).startsWith("HTTP/1.1 4").contains("Content-Type: application/");
  }

  @ParameterizedTest
  @MethodSource("endpoints")
  void anotherContentTypeIsRefused(Endpoint endpoint) throws Exception {
    String answer = send(new Endpoint(endpoint.method(), endpoint.path(), "image/png"), "{}");
    assertThat(answer).containsPattern("^HTTP/1.1 4(15|04|00) ");
  }

  @ParameterizedTest
  @MethodSource("jsonEndpoints")
  void brokenJsonIsRefused(Endpoint endpoint) throws Exception {
    for (String body : List.of("{", "[1,]", "{'a':1}", "{\"a\":1}}", "{\"a\":1,\"a\":2}", "NaN", "\"\u0001\"", "[]",
        "7",
        "\"text\"")) {
      assertThat(send(endpoint, body)).as(body).containsPattern("^HTTP/1.1 4\\d\\d ");
    }
  }

  @ParameterizedTest
  @MethodSource("endpoints")
  void tenMegabytesOfNestingAreRefused(Endpoint endpoint) throws Exception {
    assertRefused(send(endpoint, "[".repeat(10 << 20)));
    assertRefused(send(endpoint, "{\"a\":".repeat(2 << 20)));
  }

  @ParameterizedTest
  @MethodSource("jsonEndpoints")
  void hugeNumbersAndWrongTypesAreRefused(Endpoint endpoint) throws Exception {
    for (String value : List.of("1e999999999", "9".repeat(2_000), "{}", "[]", "true")) {
      String body = "{\"sender\":" + value + ",\"receiver\":" + value + ",\"subject\":" + value + ",\"obj\":" + value
          + ",\"predicate\":" + value + ",\"status\":" + value + ",\"id\":" + value + ",\"kind\":" + value + "}";
      assertThat(send(endpoint, body)).as(endpoint + " " + value).containsPattern("^HTTP/1.1 4\\d\\d ");
    }
  }

  @ParameterizedTest
  @MethodSource("endpoints")
  void bytesThatAreNoUtf8AreRefused(Endpoint endpoint) throws Exception {
    assertRefused(node.raw(request(endpoint, new byte[]{'{', '"', (byte) 0xc3, '(', '"', ':', '1', '}'})));
    assertRefused(node.raw(request(endpoint, new byte[]{(byte) 0xff, (byte) 0xfe, 0, '{'})));
  }

  @ParameterizedTest
  @MethodSource("endpoints")
  void bodiesPastTheLimitAreRefusedHoweverTheirLengthIsTold(Endpoint endpoint) throws Exception {
    assertThat(node.raw(request(endpoint, new byte[0], "Content-Length: 99999999999", "Expect: 100-continue")))
        .containsPattern("^HTTP/1.1 4\\d\\d ");
    assertRefused(node.raw(request(endpoint, new byte[40 << 20])));
  }

  @ParameterizedTest
  @MethodSource("endpoints")
  void lengthsThatContradictEachOtherAreRefused(Endpoint endpoint) throws Exception {
    byte[] two = "{}".getBytes(StandardCharsets.US_ASCII);
    assertThat(node.raw(request(endpoint, two, "Content-Length: 2", "Content-Length: 3"))).startsWith("HTTP/1.1 400 ");
    assertThat(node.raw(request(endpoint, "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII), "Content-Length: 2",
        "Transfer-Encoding: chunked"))).startsWith("HTTP/1.1 400 ");
    assertThat(node.raw(request(endpoint, "ZZ\r\n{}\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
        "Transfer-Encoding: chunked"))).startsWith("HTTP/1.1 4");
  }

  @ParameterizedTest
  @MethodSource("endpoints")
  void abortedUploadsLeaveNothing(Endpoint endpoint) throws Exception {
    byte[] whole = request(endpoint, new byte[0], "Content-Length: 1000000");
    for (int i = 0; i < 10; i++) {
      try (Socket socket = new Socket(node.url().getHost(), node.url().getPort())) {
        socket.getOutputStream().write(whole);
        socket.getOutputStream().write(("--b\r\nContent-Disposition: form-data; name=\"d\"; filename=\"d\"\r\n\r\n"
            + "x".repeat(10_000)).getBytes(StandardCharsets.US_ASCII));
        socket.setSoLinger(true, 0);
      }
    }
  }

  @Test
  void slowBodiesAreCutOff() throws Exception {
    List<Socket> open = new ArrayList<>();
    for (Endpoint endpoint : endpoints()) {
      Socket socket = new Socket(node.url().getHost(), node.url().getPort());
      socket.setSoTimeout(120_000);
      socket.getOutputStream()
          .write(request(endpoint, "{".getBytes(StandardCharsets.US_ASCII), "Content-Length: 1000"));
      open.add(socket);
    }
    for (Socket socket : open) {
      try (socket) {
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .containsPattern("^HTTP/1.1 4\\d\\d ");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/message-api/message/", "/message-api/message/AU:", "/document-api/",
      "/subscription-api/subscriptions/", "/channels/shared/messages/", "/channels/", "/rx-api/channel-message/",
      "/api/dead/", "/api/routing/", "/health/", "/"})
  void pathTricksReachNothing(String prefix) throws Exception {
    for (String trick : List.of("../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fetc%2fpasswd", "a%5c..%5cb",
        "..;/x", "%00", "a%0ab", "%zz", "%c3%28", "%252e%252e%252f", "\\..\\x", "a/../../..//x", "x".repeat(5_000),
        "..%c0%af..", "%ef%bc%8e%ef%bc%8e%2f")) {
      String answer = node.raw(("GET " + prefix + trick + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
          .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(answer).as(prefix + trick).containsPattern("^HTTP/1.1 (4\\d\\d|200|30\\d) ").doesNotContain("root:x:");
    }
  }

  @ParameterizedTest
  @CsvSource({"/message-api/messages?limit=0", "/message-api/messages?limit=x", "/message-api/messages?limit=-1",
      "/message-api/messages?cursor=%00", "/api/journal?after=-1", "/api/journal?limit=99999999999999999999",
      "/api/dead?cursor=x", "/api/dead?limit=501", "/api/audit?limit=0", "/api/documents?limit=0",
      "/api/documents?limit=many", "/channels/shared/messages?receiver=AU&limit=0",
      "/channels/shared/messages?receiver=AU&cursor=x"})
  void numbersOutOfRangeAreRefused(String path) throws Exception {
    assertThat(node.send(node.to(path)).statusCode()).isEqualTo(400);
  }
}
