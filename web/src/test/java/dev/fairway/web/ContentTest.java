package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private final AtomicReference<FileChannel> opened = new AtomicReference<>();
  @TempDir
  private Path folder;
  private WebServer server;

  @BeforeEach
  void start() throws IOException {
    Path file = Files.writeString(folder.resolve("bytes"), "0123456789");
    Door door = new Door("content", "", ErrorStyle.PROBLEM, List.of(Route.get("/bytes", "Gives bytes").handle(call -> {
      opened.set(FileChannel.open(file));
      call.content(new Content(opened.get(), "text/plain", Optional.of("v1"),
          Optional.of(Instant.parse("2026-01-01T00:00:00.5Z"))));
    })));
    server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(), List.of(door));
  }

  @AfterEach
  void stop() {
    // The last byte reaches the client a moment before the handler is through.
    Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> !opened.get().isOpen());
    server.close();
  }

  private HttpResponse<String> get(String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.baseUrl() + "/bytes"));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void theWholeIsGivenWithItsValidators() throws Exception {
    HttpResponse<String> answer = get();
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("0123456789");
    assertThat(answer.headers().firstValue("ETag")).contains("\"v1\"");
    assertThat(answer.headers().firstValue("Accept-Ranges")).contains("bytes");
  }

  @Test
  void aRangeIsGivenAlone() throws Exception {
    HttpResponse<String> answer = get("Range", "bytes=2-4");
    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(answer.body()).isEqualTo("234");
    assertThat(answer.headers().firstValue("Content-Range")).contains("bytes 2-4/10");
    assertThat(get("Range", "bytes=-3").body()).isEqualTo("789");
    assertThat(get("Range", "bytes=8-").body()).isEqualTo("89");
    assertThat(get("Range", "lines=1-2").body()).isEqualTo("0123456789");
  }

  @Test
  void aRangeBehindTheEndIsUnsatisfiable() throws Exception {
    HttpResponse<String> answer = get("Range", "bytes=10-");
    assertThat(answer.statusCode()).isEqualTo(416);
    assertThat(answer.headers().firstValue("Content-Range")).contains("bytes */10");
  }

  @Test
  void conditionsAreHeeded() throws Exception {
    assertThat(get("If-None-Match", "\"v0\", W/\"v1\"").statusCode()).isEqualTo(304);
    assertThat(get("If-None-Match", "\"v0\"").statusCode()).isEqualTo(200);
    assertThat(get("If-Match", "\"v0\"").statusCode()).isEqualTo(412);
    assertThat(get("If-Match", "W/\"v1\"").statusCode()).isEqualTo(412);
    assertThat(get("If-Match", "*").statusCode()).isEqualTo(200);
    assertThat(get("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT").statusCode()).isEqualTo(304);
    assertThat(get("If-Modified-Since", "Wed, 31 Dec 2025 00:00:00 GMT").statusCode()).isEqualTo(200);
    assertThat(get("If-Unmodified-Since", "Wed, 31 Dec 2025 00:00:00 GMT").statusCode()).isEqualTo(412);
    assertThat(get("If-Modified-Since", "yesterday").statusCode()).isEqualTo(200);
  }

  @Test
  void aRangeOfAnOlderVersionIsAnsweredWithTheWhole() throws Exception {
    assertThat(get("Range", "bytes=0-0", "If-Range", "\"v0\"").body()).isEqualTo("0123456789");
    assertThat(get("Range", "bytes=0-0", "If-Range", "\"v1\"").body()).isEqualTo("0");
  }

  @Test
  void headTellsTheLengthAndSendsNothing() throws Exception {
    HttpResponse<String> answer = CLIENT.send(
        HttpRequest.newBuilder(URI.create(server.baseUrl() + "/bytes")).HEAD().build(), BodyHandlers.ofString());
    assertThat(answer.headers().firstValue("Content-Length")).contains("10");
    assertThat(answer.body()).isEmpty();
  }
}
