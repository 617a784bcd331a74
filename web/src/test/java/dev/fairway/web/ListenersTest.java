package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A main listener, and one for partners. */
class ListenersTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Health health = new Health();
  private final CountDownLatch release = new CountDownLatch(1);
  private Optional<Listeners> opened = Optional.empty();

  @AfterEach
  void stop() {
    release.countDown();
    opened.ifPresent(Listeners::close);
  }

  private Listeners start(WebConfig config) {
    Route waits = Route.get("/wait", "Waits").anyone().handle(call -> {
      release.await();
      call.text(200, "text/plain", call.baseUrl("/main").toString());
    });
    Route answers = Route.get("/", "Answers").anyone().handle(call -> call.empty(200));
    Listeners listeners = Listeners.start(List.of(
        new Listeners.Plan(config, List.of(new Door("main", "/main", ErrorStyle.PROBLEM, List.of(answers)))),
        new Listeners.Plan(config,
            List.of(new Door("partners", "/partners", ErrorStyle.PROBLEM, List.of(answers, waits)),
                Probes.health(health)))),
        new DevAuthenticator(), meters);
    opened = Optional.of(listeners);
    return listeners;
  }

  private static HttpRequest to(Listeners listeners, String path) {
    return HttpRequest.newBuilder(URI.create(listeners.baseUrl(path) + path)).build();
  }

  private static HttpResponse<String> get(Listeners listeners, String path) throws IOException, InterruptedException {
    return CLIENT.send(to(listeners, path), BodyHandlers.ofString());
  }

  private double underWay(URI listener) {
    return meters.get(WebMetric.ACTIVE.id()).tag("address", listener.getAuthority()).gauge().value();
  }

  private CompletableFuture<HttpResponse<String>> waiting(Listeners listeners) {
    double before = underWay(listeners.baseUrl("/partners"));
    CompletableFuture<HttpResponse<String>> waiting = CLIENT.sendAsync(to(listeners, "/partners/wait"),
        BodyHandlers.ofString());
    await().atMost(LONG).until(() -> underWay(listeners.baseUrl("/partners")) == before + 1);
    return waiting;
  }

  @Test
  void noneTakesCallsWhileAnotherWaitsForThoseUnderWay() throws Exception {
    Listeners listeners = start(WebConfig.loopback().withDrain(LONG.multipliedBy(2)));
    URI main = listeners.baseUrl();
    CompletableFuture<HttpResponse<String>> waiting = waiting(listeners);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(listeners::close, Thread.ofPlatform()::start);
    // The call at the other ends only when it is let go.
    await().atMost(LONG)
        .untilAsserted(
            () -> assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), main.getPort()).close())
                .isInstanceOf(ConnectException.class));
    release.countDown();
    assertThat(waiting.get(60, TimeUnit.SECONDS).body()).isEqualTo(main.toString());
    closing.get(180, TimeUnit.SECONDS);
  }

  @Test
  void callsUnderWayAtOneTakeRoomThatIsNobodysAndAreMeasuredWhereTheyAre() throws Exception {
    Listeners listeners = start(WebConfig.loopback().withMaxConcurrent(1));
    CompletableFuture<HttpResponse<String>> waiting = waiting(listeners);
    assertThat(get(listeners, "/main").statusCode()).isEqualTo(503);
    assertThat(meters.get(WebMetric.ACTIVE.id()).gauges()).extracting(Gauge::value).containsExactlyInAnyOrder(0.0, 1.0);
    release.countDown();
    assertThat(waiting.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    await().atMost(LONG).until(() -> get(listeners, "/main").statusCode() == 200);
  }

  @Test
  void aFloodAtOneLeavesTheOthersTheirShareOfTheRoom() throws Exception {
    Listeners listeners = start(WebConfig.loopback().withMaxConcurrent(4));
    List<CompletableFuture<HttpResponse<String>>> flood = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      flood.add(waiting(listeners));
    }
    assertThat(get(listeners, "/partners").statusCode()).isEqualTo(503);
    assertThat(get(listeners, "/main").statusCode()).isEqualTo(200);
    release.countDown();
    for (CompletableFuture<HttpResponse<String>> call : flood) {
      assertThat(call.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
    await().atMost(LONG).until(() -> get(listeners, "/partners").statusCode() == 200);
  }

  @Test
  void aCallerHasOneAllowanceForAllOfThem() throws Exception {
    Listeners listeners = start(WebConfig.loopback().withRate(1, 200));
    int calls = 0;
    while (get(listeners, "/partners").statusCode() == 200) {
      assertThat(++calls).isLessThan(2_000);
    }
    // Of its own, the main listener would have more for it than are asked here; a second gives both together one call
    // more.
    await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(200))
        .until(() -> get(listeners, "/partners").statusCode() == 429 && get(listeners, "/main").statusCode() == 429);
  }

  @Test
  void strangersAreToldWhetherTheNodeIsReadyAndNotWhy() throws Exception {
    Listeners listeners = start(WebConfig.loopback());
    listeners.checks().forEach(health::register);
    URI ready = URI.create(listeners.baseUrl("/partners") + "/health/ready");
    HttpResponse<String> up = CLIENT.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.ofString());
    assertThat(up.statusCode() + up.body()).isEqualTo("200{\"status\":\"up\"}");
    health.register("store", () -> Optional.of("the database at 10.0.0.9 does not answer"));
    HttpResponse<String> down = CLIENT.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.ofString());
    assertThat(down.statusCode() + down.body()).isEqualTo("503{\"status\":\"down\"}");
  }
}
