package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.testing.http.RawHttp;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a well-behaved client would never send: each gets a precise refusal, and nothing stays behind. */
class HostileRequestTest {
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final AtomicInteger inHandler = new AtomicInteger();
  private final AtomicInteger stored = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);
  private WebServer server;

  @BeforeEach
  void start() {
    server = WebServer.start(
        WebConfig.loopback().withSlowBodies(Duration.ofMillis(600), 1_000).withDrain(Duration.ofMillis(200))
            .withMaxConcurrent(8),
        new DevAuthenticator(),
        List.of(door("old", "/old", ErrorStyle.LEGACY), door("new", "/new", ErrorStyle.PROBLEM)));
  }

  private Door door(String name, String prefix, ErrorStyle style) {
    return new Door(name, prefix, style,
        List.of(Route.post("/json", "Takes JSON").maxBody(64 << 20).consumes("application/json").handle(call -> {
          inHandler.incrementAndGet();
          try {
            var body = call.json();
            stored.incrementAndGet();
            call.json(201, body);
          } finally {
            inHandler.decrementAndGet();
          }
        }), Route.post("/small", "Takes little").maxBody(100).handle(call -> call.json(200, call.bytes().length)),
            Route.post("/parts", "Takes parts").handle(call -> {
              call.multipart(part -> part.body().readAllBytes());
              call.json(200, List.of());
            }),
            Route.get("/things/{id}", "Shows")
                .handle(call -> call.json(200, Json.object().put("id", call.param("id")))),
            Route.get("/query", "Reads its query").handle(call -> call.json(200, call.query("a").orElse(""))),
            Route.get("/wait", "Waits").handle(call -> {
              release.await(5, TimeUnit.SECONDS);
              call.text(200, "text/plain", "waited");
            })));
  }

  @AfterEach
  void stop() {
    release.countDown();
    Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> inHandler.get() == 0);
    server.close();
  }

  private String exchange(byte[] request) throws IOException {
    return new RawHttp("127.0.0.1", server.port(), SILENCE).exchange(request);
  }

  private String post(String path, String headers, byte[] body) throws IOException {
    byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        + headers + "Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[head.length + body.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return exchange(all);
  }

  private String raw(String text) throws IOException {
    return exchange(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static int status(String answer) {
    assertThat(answer).startsWith("HTTP/1.1 ");
    return Integer.parseInt(answer.substring(9, 12));
  }

  private void assertRefused(String answer, int status) {
    assertThat(status(answer)).as(answer).isEqualTo(status);
    assertThat(stored).hasValue(0);
  }

  @Test
  void twoContentLengthsAreRefused() throws Exception {
    assertRefused(jsonWith("{}", "Content-Length: 2", "Content-Length: 3"), 400);
    assertRefused(jsonWith("0\r\n\r\n", "Content-Length: 2", "Transfer-Encoding: chunked"), 400);
  }

  private String jsonWith(String body, String... headers) throws IOException {
    return raw("POST /new/json HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        + String.join("\r\n", headers) + "\r\n\r\n" + body);
  }

  @Test
  void anErrorOfTheHttpLayerIsAProblemToo() throws Exception {
    assertThat(raw("GARBAGE\r\n\r\n")).startsWith("HTTP/1.1 400 ").contains("application/problem+json");
  }

  @Test
  void brokenChunksAreRefused() throws Exception {
    assertRefused(jsonWith("ZZ\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), 400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/old/json", "/new/json"})
  void tenMegabytesOfNestingAreRefused(String path) throws Exception {
    assertRefused(post(path, "", "[".repeat(10 << 20).getBytes(StandardCharsets.US_ASCII)), 400);
    assertRefused(post(path, "", "{\"a\":".repeat(2 << 20).getBytes(StandardCharsets.US_ASCII)), 400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "nul", "{\"a\":1}}", "{\"a\":1,\"a\":2}", "[1,]", "{'a':1}", "NaN", "\"\u0001\"",
      "{\"a\":\"\\ud800x\"}x"})
  void malformedJsonIsRefused(String body) throws Exception {
    assertRefused(post("/new/json", "", body.getBytes(StandardCharsets.UTF_8)), 400);
  }

  @Test
  void hugeNumbersAreRefused() throws Exception {
    assertRefused(post("/new/json", "", "9".repeat(200).getBytes(StandardCharsets.US_ASCII)), 400);
    assertRefused(post("/new/json", "", ("1e" + "9".repeat(50)).getBytes(StandardCharsets.US_ASCII)), 400);
  }

  @Test
  void invalidUtf8IsRefused() throws Exception {
    assertRefused(post("/new/json", "", new byte[]{'"', (byte) 0xc3, (byte) 0x28, '"'}), 400);
    assertRefused(post("/new/json", "", new byte[]{'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}), 400);
    assertRefused(post("/new/json", "", "{}".getBytes(StandardCharsets.UTF_16LE)), 400);
  }

  @Test
  void anOversizedBodyIsRefusedHoweverItsLengthIsTold() throws Exception {
    assertThat(status(post("/new/small", "", new byte[101]))).isEqualTo(413);
    String chunked = "POST /new/small HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "c8\r\n" + "x".repeat(200) + "\r\n0\r\n\r\n";
    assertThat(status(raw(chunked))).isEqualTo(413);
    assertThat(
        status(raw("POST /old/small HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 99999999999\r\n\r\n")))
        .isEqualTo(413);
  }

  @Test
  void aBodyThatStopsComingIsTimedOut() throws Exception {
    assertRefused(
        raw("POST /new/json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"),
        408);
  }

  @Test
  void aBodyThatTricklesIsCutOff() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST /new/json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n["
              .getBytes(StandardCharsets.US_ASCII));
      Thread trickle = Thread.startVirtualThread(() -> {
        try {
          while (!socket.isClosed()) {
            out.write(' ');
            out.flush();
            release.await(20, TimeUnit.MILLISECONDS);
          }
        } catch (IOException | InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      byte[] buffer = new byte[8_192];
      int n = socket.getInputStream().read(buffer);
      assertThat(new String(buffer, 0, Math.max(0, n), StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 408 ");
      socket.close();
      trickle.join();
    }
    assertThat(stored).hasValue(0);
  }

  @Test
  void anAbortedUploadLeavesNoThreadBehind() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.getOutputStream().write(
            "POST /new/json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"a\":"
                .getBytes(StandardCharsets.US_ASCII));
        socket.setSoLinger(true, 0);
      }
    }
    Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> inHandler.get() == 0);
    assertThat(status(post("/new/json", "", "{}".getBytes(StandardCharsets.US_ASCII)))).isEqualTo(201);
    assertThat(stored).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/new/things/../json", "/new/things/%2e%2e/json", "/new/things/a%2fb", "/new/things/a%5cb",
      "/new/things/..;/x", "/new/things/%00", "/new/things/a%0ab", "/new/things/%zz", "/new/things/%c3%28",
      "/new//things/x", "/new/things/%252e%252e%252fetc", "/new/things/;a=b", "/new/things/\\..\\x"})
  void pathTricksNeverReachAnIdAsPathsNorFailTheServer(String path) throws Exception {
    String answer = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    int status = status(answer);
    assertThat(status).as(answer).isLessThan(500);
    if (status == 200) {
      String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
      String id = Json.parse(body).get("id").asString();
      assertThat(id).as(path).doesNotContain("/", "\\", "\u0000", "\n").isNotEqualTo("..");
    }
  }

  @Test
  void aQueryThatIsNoUtf8IsRefusedInWordsForPeople() throws Exception {
    assertThat(raw("GET /new/query?a=%c3%28 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ").contains("percent-encoded UTF-8").doesNotContain("Exception");
  }

  @Test
  void headersBeyondTheLimitAreRefused() throws Exception {
    assertThat(status(raw("GET /new/things/a HTTP/1.1\r\nHost: x\r\nX-Large: " + "x".repeat(40_000) + "\r\n\r\n")))
        .isEqualTo(431);
    assertThat(status(raw("GET /new/" + "x".repeat(40_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))).isEqualTo(414);
  }

  @Test
  void aLineBreakInARequestIdIsNotEchoed() throws Exception {
    assertThat(raw("GET /new/things/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: a b<script>\r\n\r\n"))
        .doesNotContain("script");
  }

  @ParameterizedTest
  @ValueSource(strings = {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"",
      "multipart/form-data; boundary=XX", "text/plain"})
  void aMultipartBodyThatIsNoneIsRefused(String type) throws Exception {
    String body = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nunfinished";
    assertThat(status(raw("POST /old/parts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: " + type
        + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body))).isBetween(400, 415);
  }

  @Test
  void callsBeyondTheBoundAreToldToComeLater() throws Exception {
    try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = java.util.stream.IntStream.range(0, 8)
          .mapToObj(_ -> threads.submit(() -> raw("GET /new/wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")))
          .toList();
      Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(
          raw("GET /new/things/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 503 ")
          .contains("Retry-After: 1"));
      release.countDown();
      for (var answer : waiting) {
        assertThat(status(answer.get())).isEqualTo(200);
      }
    }
  }

  @Test
  void aHandlerMayTakeLongerThanAConnectionMayBeSilent() throws Exception {
    Thread.startVirtualThread(() -> {
      try {
        if (!release.await(1_500, TimeUnit.MILLISECONDS)) {
          release.countDown();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    assertThat(raw("GET /new/wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 200 ");
  }
}
