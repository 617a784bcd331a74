package dev.fairway.system.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.runtime.RequestState;
import dev.fairway.automation.runtime.RequestsApi;
import dev.fairway.automation.sdk.Answer;
import dev.fairway.core.ledger.Contract;
import dev.fairway.store.Audit;
import dev.fairway.web.Authenticator;
import dev.fairway.web.Caller;
import dev.fairway.web.Door;
import dev.fairway.web.Json;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What requesters and operators see and do over HTTP. */
@Timeout(300)
class RequesterViewTest {
  /** Tokens of the test are parties; "operator" may do everything. */
  private static final Authenticator TOKENS = authorization -> authorization
      .map(header -> header.substring("Bearer ".length()))
      .map(party -> new Caller(party, Caller.Kind.VERIFIED,
          party.equals("operator") ? Set.of("igl.admin") : Set.of(), Optional.empty(), Optional.of(party),
          Optional.empty(), Map.of()))
      .orElse(Caller.ANONYMOUS);

  @TempDir
  private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private Desk desk;
  private WebServer server;

  @BeforeEach
  void open() {
    desk = new Desk(folder, Home::local, UnaryOperator.identity(), "view");
    List<Door> doors = new ArrayList<>(desk.automation.doors());
    doors.add(new RequestsApi(desk.book, desk.operator).door());
    server = WebServer.start(WebConfig.loopback(), TOKENS, doors);
  }

  @AfterEach
  void close() {
    server.close();
    desk.close();
    client.close();
  }

  private HttpRequest.Builder to(String path, String party) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).header("Authorization",
        "Bearer " + party);
  }

  private HttpResponse<String> get(String path, String party) throws IOException, InterruptedException {
    return client.send(to(path, party).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String party, String body) throws IOException, InterruptedException {
    return client.send(
        to(path, party).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private static String at(Contract request) {
    return "/" + URLEncoder.encode(request.id().value(), StandardCharsets.UTF_8);
  }

  @Test
  void onlyItsRequesterSeesARequest() throws Exception {
    desk.answer(request -> Answer.accept("yes"));
    Contract request = desk.ask("x");
    desk.awaitState(request, RequestState.ACCEPTED);
    String alice = desk.requester.name();
    assertThat(get("/requests" + at(request), alice).statusCode()).isEqualTo(200);
    assertThat(get("/requests" + at(request), "mallory").statusCode()).isEqualTo(404);
    assertThat(Json.parse(get("/requests", "mallory").body()).path("requests").size()).isZero();
    assertThat(Json.parse(get("/requests", alice).body()).path("requests").size()).isEqualTo(1);
    assertThat(get("/api/requests" + at(request), alice).statusCode()).isEqualTo(403);
  }

  @Test
  void longPollWaitsForTheEndAndEventsTellEachChange() throws Exception {
    var go = new CountDownLatch(1);
    desk.answer(request -> {
      go.await();
      return Answer.reject("QUOTA", "enough");
    });
    Contract request = desk.ask("x");
    Desk.eventually(() -> assertThat(desk.known(request)).isPresent());
    String alice = desk.requester.name();
    CompletableFuture<HttpResponse<String>> polled = client
        .sendAsync(to("/requests" + at(request) + "?wait=60", alice).build(), BodyHandlers.ofString());
    HttpResponse<InputStream> stream = client.send(to("/requests" + at(request) + "/events", alice).build(),
        BodyHandlers.ofInputStream());
    List<String> told = new ArrayList<>();
    try (var lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event:")) {
          told.add(line.substring("event:".length()).strip());
          go.countDown();
        }
      }
    }
    assertThat(told).startsWith("ready").endsWith("rejected");
    JsonNode polledTo = Json.parse(polled.join().body());
    assertThat(polledTo.path("state").asString()).isEqualTo("rejected");
    assertThat(polledTo.path("reason").path("code").asString()).isEqualTo("QUOTA");
  }

  @Test
  void requesterTakesARequestBackWhileItIsWorkedOn() throws Exception {
    var started = new CountDownLatch(1);
    var noticed = new CountDownLatch(1);
    desk.answer(request -> {
      started.countDown();
      Awaitility.await().atMost(Desk.SOON).until(request::cancelled);
      noticed.countDown();
      return Answer.accept("too late");
    });
    Contract request = desk.ask("x");
    started.await();
    assertThat(post("/requests" + at(request) + "/cancel", "mallory", "{}").statusCode()).isEqualTo(404);
    assertThat(post("/requests" + at(request) + "/cancel", desk.requester.name(), "{}").statusCode()).isEqualTo(200);
    noticed.await();
    desk.awaitState(request, RequestState.CANCELLED);
    assertThat(post("/requests" + at(request) + "/cancel", desk.requester.name(), "{}").statusCode()).isEqualTo(409);
    assertThat(desk.answers()).isEmpty();
  }

  @Test
  void operatorMendsWhatWasSetAside() throws Exception {
    var mended = new AtomicBoolean();
    desk.answer(accepting -> accepting.attempts(1), request -> {
      if (mended.get() || request.payload().equals("spelt right")) {
        return Answer.accept(request.payload());
      }
      throw new IllegalStateException("cannot read " + request.payload());
    });
    Contract wrong = desk.ask("spelt rong");
    Contract early = desk.ask("too early");
    desk.awaitState(wrong, RequestState.QUARANTINED);
    desk.awaitState(early, RequestState.QUARANTINED);
    JsonNode shown = Json.parse(get("/api/requests" + at(wrong), "operator").body());
    assertThat(shown.path("payload")).isEqualTo(Json.object().put("requester", desk.requester.name())
        .put("operator", desk.party.name()).put("text", "spelt rong"));
    assertThat(shown.path("errors").get(0).path("why").asString()).contains("cannot read spelt rong");
    assertThat(Json.parse(get("/api/requests/causes", "operator").body()).path("items").size()).isPositive();

    assertThat(post("/api/requests" + at(wrong) + "/replace", "operator",
        "{\"choice\": \"Amend\", \"argument\": {\"text\": \"spelt right\"}}").statusCode()).isEqualTo(202);
    Desk.eventually(() -> assertThat(desk.answers()).containsExactly("spelt right"));
    desk.awaitState(wrong, RequestState.REJECTED);
    assertThat(Json.parse(get("/requests" + at(wrong), desk.requester.name()).body()).path("reason").path("code")
        .asString()).isEqualTo("REPLACED");

    mended.set(true);
    assertThat(post("/api/requests" + at(early) + "/try", "operator", "{}").body()).contains("would answer Accept");
    assertThat(desk.state(early)).isEqualTo(RequestState.QUARANTINED);
    assertThat(post("/api/requests" + at(early) + "/release", "operator", "{}").statusCode()).isEqualTo(204);
    desk.awaitState(early, RequestState.ACCEPTED);
    Desk.eventually(() -> assertThat(desk.operator.groups()).as("no letter is left").isEmpty());
    assertThat(new Audit(desk.store).list(Optional.empty(), Long.MAX_VALUE, 20)).extracting(Audit.Entry::act)
        .contains("request.replace", "dead.try", "dead.redrive");
    assertThat(post("/api/requests" + at(early) + "/release", "operator", "{}").statusCode()).isEqualTo(409);
  }
}
