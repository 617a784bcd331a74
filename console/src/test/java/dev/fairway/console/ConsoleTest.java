package dev.fairway.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.core.work.NewWork;
import dev.fairway.store.Audit;
import dev.fairway.store.DeadLetters.Filter;
import dev.fairway.web.Caller;
import dev.fairway.web.DevAuthenticator;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleTest {
  private static final Pattern GUARD = Pattern.compile("name=\"guard\" value=\"([0-9a-f]+)\"");
  @TempDir
  private Path folder;
  private ConsoleNode node;

  @BeforeEach
  void start() {
    node = new ConsoleNode(folder, new DevAuthenticator(), 0);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private String letter() {
    await().atMost(Duration.ofSeconds(20)).until(() -> node.dead.count(Filter.ALL) == 1);
    return node.dead.list(Filter.ALL, 0, 1).getFirst().id().toString();
  }

  private static String guard(HttpResponse<String> page) {
    Matcher matcher = GUARD.matcher(page.body());
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/messages", "/documents", "/subscriptions", "/work", "/dead", "/audit", "/journal"})
  void everyPageShowsItselfAndTheCommandThatDoesTheSame(String path) throws Exception {
    HttpResponse<String> page = node.get(path);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("<h1", "curl &#39;".replace("&#39;", "'"), "aria-current=\"page\"");
    assertThat(page.headers().firstValue("Content-Security-Policy")).isPresent();
  }

  @Test
  void aBrowserIsShownWhatIsNotSwitchedOnAndHowToSwitchItOn() throws Exception {
    for (String path : List.of("/market", "/market/", "/market/listings?state=x")) {
      HttpResponse<String> page = node.look(path);
      assertThat(page.statusCode()).as(path).isEqualTo(404);
      assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
      assertThat(page.headers().firstValue("Content-Security-Policy")).isPresent();
      assertThat(page.body()).as(path).contains("Datatrust is not switched on", "datatrust:", "operator-key",
          "href=\"/messages\"").doesNotContain("aria-current");
    }
  }

  @Test
  void aBrowserThatAsksForAnUnknownPageIsShownSo() throws Exception {
    HttpResponse<String> page = node.look("/mark%3Cb%3Eet");
    assertThat(page.statusCode()).isEqualTo(404);
    assertThat(page.body()).contains("Nothing is here", "/mark&lt;b&gt;et", "href=\"/messages\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/market", "/nowhere"})
  void aProgramThatAsksForAnUnknownPathIsToldSoAsAProblem(String path) throws Exception {
    HttpResponse<String> answer = node.get(path);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains("nothing is served at " + path);
  }

  @Test
  void anUnknownPathOfAProgramsDoorStaysInThatDoorsShape() throws Exception {
    assertThat(node.look("/message-api/nowhere").headers().firstValue("Content-Type")).hasValue("application/json");
  }

  @Test
  void aMessagesJourneyIsShownStepByStep() throws Exception {
    String ref = node.message("AU.abn1.<script>alert(1)</script>");
    await().atMost(Duration.ofSeconds(20)).untilAsserted(
        () -> assertThat(node.get("/messages/" + ref).body()).contains("confirmed", "Accepted", "On a channel"));
    assertThat(node.get("/messages").body()).contains(ref).doesNotContain("<script>alert");
    assertThat(node.get("/messages?state=NO_ROUTE").body()).doesNotContain(ref).contains("No message is like that.");
  }

  @Test
  void aDocumentThatWasAskedForAndNotGivenIsNotSaidToHaveBeenRead() throws Exception {
    String ref = node.message("AU.abn1.asked-for");
    assertThat(node.get("/document-api/" + ConsoleNode.ABSENT + "?as_jurisdiction=SG").statusCode()).isEqualTo(404);
    assertThat(node.get("/messages/" + ref).body()).contains("SG asked; it is not here")
        .doesNotContain("document read");
  }

  @Test
  void whatIsNotThereIsSaidSo() throws Exception {
    for (String path : new String[]{"/messages/AU:none", "/messages/nonsense", "/documents/x", "/dead/x"}) {
      HttpResponse<String> page = node.get(path);
      assertThat(page.statusCode()).as(path).isEqualTo(404);
      assertThat(page.body()).as("nothing is the same from a terminal").doesNotContain("curl '");
    }
  }

  @Test
  void aDeadLetterIsTriedDryEditedReleasedAndAudited() throws Exception {
    node.parcel("nowhere");
    String id = letter();
    HttpResponse<String> page = node.get("/dead/" + id);
    assertThat(page.body()).contains("no road to nowhere", "Try dry");
    String guard = guard(page);
    assertThat(node.post("/dead/act/try", Map.of("guard", guard, "id", id)).headers().firstValue("Location"))
        .contains("/dead/" + id);
    assertThat(node.get("/dead/" + id).body()).contains("Outcome fail");
    node.post("/dead/act/edit", Map.of("guard", guard, "id", id, "payload", "{\"address\":\"here\"}"));
    assertThat(node.get("/dead/" + id).body()).contains("here");
    node.post("/dead/act/edit", Map.of("guard", guard, "id", id, "payload", "{", "back", "/dead/" + id));
    assertThat(node.get("/dead/" + id).body()).contains("role=\"alert\"", "here");
    node.broken.set(false);
    node.post("/dead/act/redrive", Map.of("guard", guard, "id", id));
    await().atMost(Duration.ofSeconds(20)).until(() -> node.dead.count(Filter.ALL) == 0);
    assertThat(node.get("/audit").body()).contains("dead.try", "dead.edit", "dead.redrive", "developer");
  }

  @Test
  void lettersAreDiscardedAllAtOnce() throws Exception {
    node.parcel("nowhere");
    letter();
    String guard = guard(node.get("/dead"));
    node.post("/dead/act/discard-all", Map.of("guard", guard, "kind", "parcel.send"));
    assertThat(node.dead.count(Filter.ALL)).isZero();
    assertThat(node.get("/dead").body()).contains("1 letter discarded");
  }

  @Test
  void aReadersRightToADocumentIsWithdrawnAndAudited() throws Exception {
    String name = node.document("a certificate", "SG");
    HttpResponse<String> page = node.get("/documents/" + name);
    assertThat(page.body()).contains("Withdraw the right of SG");
    Map<String, String> form = Map.of("guard", guard(page), "document", name, "reader", "SG");
    node.post("/documents/act/withdraw", form);
    assertThat(node.get("/documents/" + name).body()).contains("SG may no longer read it.",
        "No other jurisdiction may.");
    assertThat(node.get("/document-api/" + name + "?as_jurisdiction=SG").statusCode()).isEqualTo(404);
    assertThat(node.get("/audit").body()).contains("document.withdraw", name, "developer");
    node.post("/documents/act/withdraw", form);
    assertThat(node.get("/documents/" + name).body()).contains("SG could not read it anyway.");
    assertThat(node.get("/audit").body()).containsOnlyOnce(">document.withdraw<");
  }

  @Test
  void aSubscriptionIsEndedAndAudited() throws Exception {
    String id = node.subscribe("AU.abn1.ended");
    HttpResponse<String> page = node.get("/subscriptions");
    assertThat(page.body()).contains("End the subscription to AU.abn1.ended", "/listener");
    Map<String, String> form = Map.of("guard", guard(page), "scope", node.exchange.hub().config().scope(), "id", id);
    node.post("/subscriptions/act/end", form);
    assertThat(node.get("/subscriptions").body()).contains("The subscription has ended", "Nobody has subscribed");
    assertThat(node.exchange.hub().find(id)).isEmpty();
    assertThat(node.get("/audit").body()).contains("subscription.end", id, "AU.abn1.ended", "developer");
    node.post("/subscriptions/act/end", form);
    assertThat(node.get("/subscriptions").body()).contains("It had ended already.");
    assertThat(node.get("/audit").body()).containsOnlyOnce(">subscription.end<");
  }

  @Test
  void aLongListIsShownPageByPage() throws Exception {
    node.store.run(tx -> {
      for (int act = 1; act <= 101; act++) {
        Audit.record(tx, "olga", "test.act-" + act, "nothing", "");
      }
    });
    HttpResponse<String> first = node.get("/audit");
    assertThat(first.body()).contains(">test.act-101<", ">test.act-2<").doesNotContain(">test.act-1<");
    Matcher older = Pattern.compile("/audit\\?before=\\d+").matcher(first.body());
    assertThat(older.find()).isTrue();
    assertThat(node.get(older.group()).body()).contains(">test.act-1<").doesNotContain(">test.act-2<", "Older acts");
  }

  @Test
  void deadLettersDoNotStandInTheWayOfLivingWork() throws Exception {
    for (int parcel = 0; parcel < 60; parcel++) {
      node.parcel("nowhere");
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> node.dead.count(Filter.ALL) == 60);
    node.store.run(tx -> tx
        .enqueue(NewWork.of(ConsoleNode.PARCELS, new ConsoleNode.Parcel("later")).after(Duration.ofHours(1))));
    assertThat(node.get("/work?kind=parcel.send").body()).contains("data-label=\"Key\"").doesNotContain(">More<");
  }

  @Test
  void aFormFromElsewhereDoesNothing() throws Exception {
    node.parcel("nowhere");
    String id = letter();
    node.get("/dead");
    assertThat(node.post("/dead/act/discard", Map.of("id", id)).statusCode()).isEqualTo(403);
    assertThat(node.post("/dead/act/discard", Map.of("id", id, "guard", "0".repeat(64))).statusCode()).isEqualTo(403);
    assertThat(node.dead.count(Filter.ALL)).isOne();
  }

  @Test
  void anOpenPageIsToldOfWhatChanges() throws Exception {
    HttpResponse<java.io.InputStream> events = HttpClient.newHttpClient().send(
        HttpRequest.newBuilder(URI.create(node.server.baseUrl() + "/console/events?after=0")).build(),
        BodyHandlers.ofInputStream());
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
      node.message("AU.abn1.live");
      assertThat(lines.lines().filter(line -> line.startsWith("data: "))
          .anyMatch(line -> line.contains("exchange.message.accepted"))).isTrue();
    }
  }

  @Test
  void withoutATokenThereIsOnlyTheSignInPage() throws Exception {
    Caller operator = new Caller("olga", Caller.Kind.VERIFIED, java.util.Set.of(Console.SCOPE), Optional.empty(),
        Optional.empty(), Optional.empty(), Map.of());
    try (ConsoleNode strict = new ConsoleNode(folder.resolve("strict"),
        header -> header.filter("Bearer a.b.c"::equals).map(_ -> operator).orElse(Caller.ANONYMOUS), 0)) {
      assertThat(strict.get("/dead").headers().firstValue("Location")).contains("/console/sign-in");
      assertThat(strict.look("/market").headers().firstValue("Location")).contains("/console/sign-in");
      String guard = guard(strict.get("/console/sign-in"));
      assertThat(strict.post("/console/sign-in", Map.of("guard", guard, "token", "x.y.z")).statusCode())
          .isEqualTo(401);
      assertThat(strict.post("/console/sign-in", Map.of("guard", guard, "token", "a.b.c")).statusCode())
          .isEqualTo(303);
      assertThat(strict.get("/dead").statusCode()).isEqualTo(200);
    }
  }
}
