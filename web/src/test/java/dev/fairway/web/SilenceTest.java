package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import nl.altindag.ssl.SSLFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may be silent for how long: a caller only a while, a handler as long as it needs. */
@Timeout(180)
class SilenceTest {
  private static final Duration SILENCE = Duration.ofMillis(1_500);
  private static final int MORE_THAN_ANY_BUFFER = 256 << 20;

  @TempDir
  private Path folder;

  /** What a caller speaks. */
  enum Speech {
    HTTP_1_1(Version.HTTP_1_1, false), H2C(Version.HTTP_2, false), H2(Version.HTTP_2, true);

    private final Version version;
    private final boolean encrypted;

    Speech(Version version, boolean encrypted) {
      this.version = version;
      this.encrypted = encrypted;
    }
  }

  @ParameterizedTest
  @EnumSource(Speech.class)
  void aHandlerMayThinkLongerThanACallerMayBeSilent(Speech speech) throws Exception {
    try (Talk talk = new Talk(speech, folder)) {
      CompletableFuture<HttpResponse<String>> late = talk.ask("late");
      CompletableFuture<HttpResponse<String>> paused = talk.ask("paused");
      talk.thinking.await();
      // More than twice: Jetty forgives an HTTP/2 stream the first time.
      CompletableFuture.delayedExecutor(3 * SILENCE.toMillis(), TimeUnit.MILLISECONDS).execute(talk.thought::countDown);
      assertThat(late.get(60, TimeUnit.SECONDS).body()).isEqualTo("late");
      assertThat(paused.get(60, TimeUnit.SECONDS).body()).isEqualTo("data: early\n\ndata: and late\n\n");
    }
  }

  @ParameterizedTest
  @EnumSource(Speech.class)
  void aCallerThatStopsInTheMidstOfItsBodyIsGivenUp(Speech speech) throws Exception {
    try (Talk talk = new Talk(speech, folder); SubmissionPublisher<ByteBuffer> body = new SubmissionPublisher<>()) {
      var _ = talk.client.sendAsync(talk.to("upload").POST(BodyPublishers.fromPublisher(body)).build(),
          BodyHandlers.ofString());
      await().atMost(Duration.ofSeconds(30)).until(body::hasSubscribers);
      body.submit(ByteBuffer.allocate(1_000));
      assertThat(talk.givenUp.get(60, TimeUnit.SECONDS)).hasMessage("the body stopped coming");
    }
  }

  @ParameterizedTest
  @EnumSource(Speech.class)
  void aCallerThatDoesNotReadItsAnswerIsGivenUp(Speech speech) throws Exception {
    try (Talk talk = new Talk(speech, folder)) {
      HttpResponse<InputStream> unread = talk.client.send(talk.to("download").build(), BodyHandlers.ofInputStream());
      assertThat(unread.statusCode()).isEqualTo(200);
      assertThat(talk.givenUp.get(60, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }
  }

  /** A server, and a caller that has a connection to it already: a call with a body is not upgraded to HTTP/2. */
  private static final class Talk implements AutoCloseable {
    final CountDownLatch thinking = new CountDownLatch(2);
    final CountDownLatch thought = new CountDownLatch(1);
    final CompletableFuture<Exception> givenUp = new CompletableFuture<>();
    final WebServer server;
    final HttpClient client;

    Talk(Speech speech, Path folder) throws Exception {
      WebConfig config = WebConfig.loopback().withSlowBodies(SILENCE, 0).withDrain(Duration.ZERO);
      HttpClient.Builder builder = HttpClient.newBuilder().version(speech.version);
      if (speech.encrypted) {
        config = config.withTls(new TestCertificates().issue("node", folder));
        SSLContext trusting = SSLFactory.builder().withUnsafeTrustMaterial().build().getSslContext();
        builder.sslContext(trusting);
      }
      server = WebServer.start(config, new DevAuthenticator(), List.of(door()));
      client = builder.build();
      // On a busy machine a first handshake may be too silent itself.
      await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(
          () -> assertThat(client.send(to("nothing").build(), BodyHandlers.discarding()).version())
              .isEqualTo(speech.version));
    }

    private Door door() {
      return new Door("quiet", "/quiet", ErrorStyle.PROBLEM, List.of(
          Route.get("/nothing", "Answers").anyone().handle(call -> call.empty(204)),
          Route.get("/late", "Thinks, and answers").anyone().handle(call -> {
            think();
            call.text(200, "text/plain", "late");
          }),
          Route.get("/paused", "Answers, thinks, and answers on").anyone().handle(call -> call.events(sink -> {
            sink.send("", "", "early");
            think();
            sink.send("", "", "and late");
          })),
          Route.post("/upload", "Takes what comes").anyone().handle(givingUp(Call::bytes)),
          Route.get("/download", "Gives much").anyone().handle(
              givingUp(call -> call.bytes(200, "application/octet-stream", new byte[MORE_THAN_ANY_BUFFER])))));
    }

    private void think() throws InterruptedException {
      thinking.countDown();
      thought.await();
    }

    private Handler givingUp(Handler handler) {
      return call -> {
        try {
          handler.handle(call);
        } catch (Exception e) {
          givenUp.complete(e);
          throw e;
        }
      };
    }

    HttpRequest.Builder to(String path) {
      return HttpRequest.newBuilder(URI.create(server.baseUrl() + "/quiet/" + path));
    }

    CompletableFuture<HttpResponse<String>> ask(String path) {
      return client.sendAsync(to(path).build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
      thought.countDown();
      client.shutdownNow();
      server.close();
    }
  }
}
