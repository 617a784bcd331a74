package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may be silent for how long: a caller only a while, a handler as long as it needs. */
@Timeout(120)
class SilenceTest {
  private static final Duration SILENCE = Duration.ofMillis(500);

  private final CountDownLatch thought = new CountDownLatch(1);
  private final WebServer server = WebServer.start(WebConfig.loopback().withSlowBodies(SILENCE, 0),
      new DevAuthenticator(), List.of(new Door("quiet", "/quiet", ErrorStyle.PROBLEM, List.of(
          Route.get("/nothing", "Answers").anyone().handle(call -> call.empty(204)),
          Route.get("/thinker", "Answers late").anyone().handle(call -> {
            thought.await();
            call.text(200, "text/plain", "late");
          }),
          Route.post("/upload", "Counts what comes").anyone().handle(call -> call.json(200, call.bytes().length))))),
      new SimpleMeterRegistry());

  @AfterEach
  void close() {
    thought.countDown();
    server.close();
  }

  private HttpClient client(Version version) throws Exception {
    HttpClient client = HttpClient.newBuilder().version(version).build();
    // Only a call without a body is upgraded to HTTP/2.
    HttpResponse<Void> first = client.send(HttpRequest.newBuilder(at("nothing")).build(), BodyHandlers.discarding());
    assertThat(first.version()).isEqualTo(version);
    return client;
  }

  private URI at(String path) {
    return URI.create(server.baseUrl() + "/quiet/" + path);
  }

  @Test
  void aHandlerMayThinkLongerThanACallerMayBeSilent() throws Exception {
    HttpClient client = client(Version.HTTP_1_1);
    CompletableFuture<HttpResponse<String>> answer = client.sendAsync(HttpRequest.newBuilder(at("thinker")).build(),
        BodyHandlers.ofString());
    CompletableFuture.delayedExecutor(4 * SILENCE.toMillis(), TimeUnit.MILLISECONDS).execute(thought::countDown);
    assertThat(answer.get(60, TimeUnit.SECONDS).body()).isEqualTo("late");
  }

  /* Under HTTP/1.1 the client of the JDK does not look for an answer before it has sent its body; HostileRequestTest does. */
  @Test
  void aCallerThatStopsInTheMidstOfItsBodyIsCutOffUnderHttp2() throws Exception {
    HttpClient client = client(Version.HTTP_2);
    SubmissionPublisher<ByteBuffer> body = new SubmissionPublisher<>();
    CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
        HttpRequest.newBuilder(at("upload")).POST(BodyPublishers.fromPublisher(body)).build(), BodyHandlers.ofString());
    await().atMost(Duration.ofSeconds(30)).until(body::hasSubscribers);
    body.submit(ByteBuffer.allocate(1_000));
    try {
      assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(408);
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(IOException.class);
    }
  }
}
