package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A caller refused before it has sent its whole body reads why (RFC 9113, section 8.1; RFC 9112, section 9.6). */
class EarlyAnswerTest {
  private static WebServer server;

  @BeforeAll
  static void start() {
    server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(), List.of(new Door("new", "/new",
        ErrorStyle.PROBLEM,
        List.of(
            Route.post("/json", "Takes JSON").consumes("application/json").handle(call -> call.json(201, call.json())),
            Route.post("/small", "Takes little").maxBody(100).handle(call -> call.json(200, call.bytes().length)),
            Route.post("/blind", "Reads nothing").handle(call -> call.text(200, "text/plain", "fine"))))));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** A client that has a connection of that version already: only a call without a body is upgraded to HTTP/2. */
  private static HttpClient client(Version version) throws Exception {
    HttpClient client = HttpClient.newBuilder().version(version).build();
    HttpRequest first = HttpRequest.newBuilder(URI.create(server.baseUrl() + "/new/nothing")).build();
    assertThat(client.send(first, BodyHandlers.discarding()).version()).isEqualTo(version);
    return client;
  }

  private static HttpRequest post(String path, int bytes) {
    return HttpRequest.newBuilder(URI.create(server.baseUrl() + path)).header("Content-Type", "text/plain")
        .POST(BodyPublishers.ofByteArray(new byte[bytes])).build();
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1, /new/json, 415", "HTTP_1_1, /new/blind, 200", "HTTP_1_1, /new/nothing, 404",
      "HTTP_2, /new/json, 415", "HTTP_2, /new/small, 413", "HTTP_2, /new/blind, 200", "HTTP_2, /new/nothing, 404"})
  void manyCallersAtOnceAllReadTheirAnswer(Version version, String path, int status) throws Exception {
    try (HttpClient client = client(version)) {
      for (int round = 0; round < 10; round++) {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
          answers.add(client.sendAsync(post(path, 101 + i * 1_000), BodyHandlers.ofString()));
        }
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
          assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(status);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Version.class, names = {"HTTP_1_1", "HTTP_2"})
  void aLargeBodyNobodyWantsIsAnsweredAllTheSame(Version version) throws Exception {
    try (HttpClient client = client(version)) {
      assertThat(client.send(post("/new/small", 20 << 20), BodyHandlers.ofString()).statusCode()).isEqualTo(413);
      assertThat(client.send(post("/new/blind", 20 << 20), BodyHandlers.ofString()).body()).isEqualTo("fine");
    }
  }

  @Test
  void aStreamCutOffInTheMiddleEndsWithoutAnError() throws Exception {
    try (HttpClient client = client(Version.HTTP_2)) {
      HttpRequest endless = HttpRequest.newBuilder(URI.create(server.baseUrl() + "/new/small"))
          .POST(BodyPublishers.ofInputStream(Zeros::new)).build();
      assertThat(client.send(endless, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
    }
  }

  @Test
  void aConnectionWhoseBodyWasThrownAwayServesTheNextCall() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(30_000);
      for (int i = 0; i < 3; i++) {
        socket.getOutputStream().write(bytes("POST /new/json HTTP/1.1", "Host: x", "Content-Type: text/plain",
            "Content-Length: 200000", "", "x".repeat(200_000)));
      }
      socket.getOutputStream().write(bytes("GET /new/json HTTP/1.1", "Host: x", "Connection: close", "", ""));
      String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answers.split("HTTP/1.1 415 ", -1)).hasSize(4);
      assertThat(answers).contains("HTTP/1.1 405 ");
    }
  }

  @Test
  void aBodyHeldBackIsNotAskedFor() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(bytes("POST /new/json HTTP/1.1", "Host: x", "Content-Type: text/plain",
          "Expect: 100-continue", "Content-Length: 200000", "", ""));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 415 ").doesNotContain("100 Continue");
    }
  }

  private static byte[] bytes(String... lines) {
    return String.join("\r\n", lines).getBytes(StandardCharsets.US_ASCII);
  }

  /** Zeros without end. */
  private static final class Zeros extends InputStream {
    @Override
    public int read() {
      return 0;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      return length;
    }
  }
}
