package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A listener that closes loses no call that is under way, however silent it is. {@code -Dfairway.drain.rounds=100} closes many
 * listeners, one after the other.
 */
@Timeout(300)
class DrainTest {
  private static final int ROUNDS = Integer.getInteger("fairway.drain.rounds", 1);
  private static final int OF_EACH = 2;
  private static final Duration LONG = Duration.ofSeconds(60);
  /** Longer than any patience of the server's that a call must not be given up for. */
  private static final Duration SILENCE = Duration.ofMillis(1_200);
  /** More than the buffers between the two ends hold, so that the server waits for whoever reads. */
  private static final int LARGE = 24 << 20;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CountDownLatch goOn = new CountDownLatch(1);

  private WebServer start(Duration drain) {
    return WebServer.start(WebConfig.loopback().withSlowBodies(Duration.ofSeconds(60), 0).withDrain(drain),
        new DevAuthenticator(), List.of(new Door("slow", "/slow", ErrorStyle.PROBLEM, List.of(
            Route.get("/nothing", "Answers").anyone().handle(call -> call.empty(204)),
            Route.get("/handler", "Answers late").anyone().handle(call -> {
              goOn.await();
              call.text(200, "text/plain", "late");
            }),
            Route.post("/upload", "Counts what comes").anyone().maxBody(LARGE)
                .handle(call -> call.json(200, call.bytes().length)),
            Route.get("/pauses", "Gives half, and the other half late").anyone().handle(call -> call.events(sink -> {
              sink.send("", "", "early");
              goOn.await();
              sink.send("", "", "late");
            })),
            Route.get("/large", "Gives much").anyone()
                .handle(call -> call.bytes(200, "application/octet-stream", new byte[LARGE]))))),
        meters);
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void everyCallUnderWayIsAnsweredInFull(Version version) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      new DrainTest().closeUnder(version);
    }
  }

  private void closeUnder(Version version) throws Exception {
    WebServer server = start(LONG);
    HttpClient client = HttpClient.newBuilder().version(version).build();
    try {
      // Only a call without a body is upgraded to HTTP/2.
      assertThat(client.send(get(server, "nothing"), BodyHandlers.discarding()).version()).isEqualTo(version);
      List<CompletableFuture<Integer>> given = new ArrayList<>();
      List<CompletableFuture<String>> pauses = new ArrayList<>();
      List<SubmissionPublisher<ByteBuffer>> uploads = new ArrayList<>();
      List<CompletableFuture<HttpResponse<InputStream>>> downloads = new ArrayList<>();
      for (int i = 0; i < OF_EACH; i++) {
        given.add(client.sendAsync(get(server, "handler"), BodyHandlers.ofByteArray()).thenApply(r -> r.body().length));
        pauses.add(client.sendAsync(get(server, "pauses"), BodyHandlers.ofString()).thenApply(HttpResponse::body));
        SubmissionPublisher<ByteBuffer> body = new SubmissionPublisher<>();
        uploads.add(body);
        given.add(client.sendAsync(HttpRequest.newBuilder(at(server, "upload"))
            .POST(BodyPublishers.fromPublisher(body)).build(), BodyHandlers.ofString())
            .thenApply(r -> Integer.parseInt(r.body())));
        await().atMost(LONG).until(body::hasSubscribers);
        body.submit(ByteBuffer.allocate(1_000));
        downloads.add(client.sendAsync(get(server, "large"), BodyHandlers.ofInputStream()));
      }
      await().atMost(LONG).untilAsserted(() -> assertThat(underWay()).isEqualTo(4 * OF_EACH));
      int port = server.port();
      CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close, Thread.ofPlatform()::start);
      awaitClosed(port);
      Executor later = CompletableFuture.delayedExecutor(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
      CompletableFuture.runAsync(() -> assertThat(closing).isNotDone(), later).get(LONG.toSeconds(), TimeUnit.SECONDS);
      goOn.countDown();
      for (SubmissionPublisher<ByteBuffer> upload : uploads) {
        upload.submit(ByteBuffer.allocate(1_000));
        upload.close();
      }
      for (CompletableFuture<HttpResponse<InputStream>> download : downloads) {
        try (InputStream body = download.get(LONG.toSeconds(), TimeUnit.SECONDS).body()) {
          assertThat(body.readAllBytes()).hasSize(LARGE);
        }
      }
      for (int i = 0; i < OF_EACH; i++) {
        assertThat(given.get(2 * i).get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(4);
        assertThat(given.get(2 * i + 1).get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(2_000);
        assertThat(pauses.get(i).get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("data: early\n\ndata: late\n\n");
      }
      closing.get(LONG.toSeconds(), TimeUnit.SECONDS);
    } finally {
      goOn.countDown();
      client.shutdownNow();
      server.close();
    }
  }

  @Test
  void aCallThatDoesNotEndIsWaitedForNoLongerThanTheDrain() throws Exception {
    WebServer server = start(Duration.ofMillis(100));
    try (HttpClient client = HttpClient.newHttpClient()) {
      CompletableFuture<HttpResponse<Void>> stuck = client.sendAsync(get(server, "handler"), BodyHandlers.discarding());
      await().atMost(LONG).until(() -> underWay() == 1);
      server.close();
      assertThat(goOn.getCount()).isOne();
      await().atMost(LONG).until(stuck::isCompletedExceptionally);
    } finally {
      goOn.countDown();
    }
  }

  private double underWay() {
    return meters.get(WebMetric.ACTIVE.id()).gauge().value();
  }

  private static void awaitClosed(int port) {
    await().atMost(LONG).until(() -> {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return false;
      } catch (IOException e) {
        return true;
      }
    });
  }

  private static URI at(WebServer server, String path) {
    return URI.create(server.baseUrl() + "/slow/" + path);
  }

  private static HttpRequest get(WebServer server, String path) {
    return HttpRequest.newBuilder(at(server, path)).build();
  }
}
