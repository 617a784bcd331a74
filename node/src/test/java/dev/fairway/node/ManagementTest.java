package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkKind;
import dev.fairway.node.management.JournalDoor;
import dev.fairway.node.management.WorkDoor;
import dev.fairway.store.Audit;
import dev.fairway.store.DeadLetters;
import dev.fairway.store.JsonCodec;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.WorkOverview;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.testing.TestClock;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.Json;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Dead letters and the journal over HTTP, and the commands that mend: what is set aside is shown, mended, released or dropped. */
class ManagementTest {
  private static final WorkKind<String> LOAD = WorkKind.of("test.load", JsonCodec.of(String.class));
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final TestClock clock = new TestClock();
  private final List<String> loaded = new CopyOnWriteArrayList<>();
  @TempDir
  private Path folder;
  private SqlStore store;
  private Workers workers;
  private WebServer server;

  @BeforeEach
  void start() {
    store = SqlStore.open(new StorageConfig.Embedded(folder), clock, List.of());
    Handlers handlers = new Handlers().add(LOAD, delivery -> {
      if (delivery.payload().contains("broken")) {
        return Outcome.fail("the crate is broken");
      }
      loaded.add(delivery.payload());
      return Outcome.done();
    });
    workers = new Workers(store.work(), handlers, clock, WorkersConfig.DEFAULT);
    server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(),
        List.of(new WorkDoor(new WorkOverview(store), new DeadLetters(store, handlers), new Audit(store)).door(),
            new JournalDoor(store.journal(), "AU").door()));
  }

  @AfterEach
  void stop() {
    server.close();
    workers.close();
    store.close();
  }

  /** Sets so many letters aside and answers their ids. */
  private List<String> dead(int count) throws Exception {
    store.run(tx -> {
      for (int i = 0; i < count; i++) {
        tx.enqueue(NewWork.of(LOAD, "broken " + i).key("quay " + i));
      }
    });
    workers.runAll();
    List<String> ids = new ArrayList<>();
    json("/api/dead").path("items").forEach(letter -> ids.add(letter.path("id").stringValue()));
    assertThat(ids).hasSize(count);
    return ids;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(server.baseUrl() + path));
  }

  private JsonNode json(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = send(to(path));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.parse(answer.body());
  }

  private String done(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--node", server.baseUrl().toString()));
    Ran ran = Ran.fairway(all.toArray(String[]::new));
    assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
    return ran.out();
  }

  @Test
  void aDeadLetterIsListedGroupedAndShownWithEveryError() throws Exception {
    String id = dead(1).getFirst();
    assertThat(done("dead", "list", "--kind", "test.load")).contains(id).contains("quay 0");
    assertThat(done("dead", "list", "--text", "no such error")).contains("no dead letters");
    assertThat(done("dead", "groups")).contains("test.load").contains("the crate is broken");
    assertThat(done("dead", "show", id)).contains("broken 0").contains("the crate is broken");
    assertThat(done("work")).contains("test.load");
  }

  @Test
  void aLetterThatWasMendedIsTriedDryAndReleased() throws Exception {
    String id = dead(1).getFirst();
    assertThat(done("dead", "try", id)).contains("the crate is broken");
    Path file = Files.writeString(folder.resolve("payload.json"), "\"mended\"");
    assertThat(done("dead", "edit", id, file.toString())).contains("edited");
    assertThat(done("dead", "redrive", id)).contains("released");
    workers.runAll();
    assertThat(loaded).containsExactly("mended");
    assertThat(json("/api/dead").path("items")).isEmpty();
    List<String> acts = json("/api/audit").path("items").valueStream().map(entry -> entry.path("act").stringValue())
        .toList();
    assertThat(acts).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void lettersAreReleasedAndDroppedByTheThousand() throws Exception {
    List<String> ids = dead(5);
    assertThat(done("dead", "discard", ids.getFirst())).contains("discarded");
    assertThat(done("dead", "discard", "--all", "--key", "quay 3")).contains("1 discarded");
    assertThat(done("dead", "redrive", "--all", "--kind", "test.load")).contains("released");
    workers.runAll();
    assertThat(done("dead", "discard", "--all")).contains("discarded");
    assertThat(json("/api/dead").path("items")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "7", "null", "\"all\"", "{\"knd\":\"test.load\"}", "{\"kind\":7}", "{\"kind\":null}"})
  void aRestrictionThatIsNoneDropsNothing(String body) throws Exception {
    dead(2);
    HttpResponse<String> answer = send(to("/api/dead/discard").header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body)));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json("/api/dead").path("items")).hasSize(2);
  }

  @Test
  void aListGoesOnWhereItEnded() throws Exception {
    List<String> ids = dead(3);
    String first = done("dead", "list", "--limit", "2");
    Matcher more = Pattern.compile("more: --cursor (\\S+)").matcher(first);
    assertThat(more.find()).as(first).isTrue();
    assertThat(done("dead", "list", "--limit", "2", "--cursor", more.group(1))).contains(ids.getLast())
        .doesNotContain(ids.getFirst());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/dead/none", "/api/dead/01a0a000-0000-7000-8000-000000000000"})
  void aLetterThereIsNotIsNotFound(String path) throws Exception {
    assertThat(send(to(path)).statusCode()).isEqualTo(404);
    assertThat(send(to(path + "/redrive").POST(BodyPublishers.noBody())).statusCode()).isEqualTo(404);
    assertThat(send(to(path + "/discard").POST(BodyPublishers.noBody())).statusCode()).isEqualTo(404);
    assertThat(send(to(path + "/dry-run").POST(BodyPublishers.noBody())).statusCode()).isEqualTo(404);
    assertThat(send(to(path + "/payload").PUT(BodyPublishers.ofString("1"))).statusCode()).isEqualTo(404);
  }

  @Test
  void theJournalIsReadInPagesAndBySubject() throws Exception {
    store.run(tx -> {
      for (int i = 0; i < 5; i++) {
        tx.append(new NewEvent("test.told", "ship " + i, "{\"n\":" + i + "}"));
      }
    });
    JsonNode first = json("/api/journal?limit=2");
    assertThat(first.path("items")).hasSize(2);
    JsonNode event = first.path("items").get(0);
    assertThat(event.path("specversion").stringValue()).isEqualTo("1.0");
    assertThat(event.path("type").stringValue()).isEqualTo("test.told");
    assertThat(event.path("source").stringValue()).isEqualTo(server.baseUrl() + "/AU");
    assertThat(event.path("data").path("n").asInt()).isZero();
    assertThat(json("/api/journal?after=" + first.path("next").asLong()).path("items")).hasSize(3);
    assertThat(json("/api/journal?subject=ship%204").path("items")).hasSize(1);
    assertThat(send(to("/api/journal?limit=501")).statusCode()).isEqualTo(400);
    assertThat(send(to("/api/journal?after=soon")).body()).contains("after: \\\"soon\\\" is not a whole number");
  }

  @Test
  void theStreamGoesOnAfterTheLastEventSeen() throws Exception {
    store.run(tx -> {
      tx.append(new NewEvent("test.told", "first", "{}"));
      tx.append(new NewEvent("test.told", "second", "{}"));
    });
    long first = json("/api/journal?limit=1").path("next").asLong();
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        BufferedReader lines = new BufferedReader(new InputStreamReader(
            client.send(to("/api/journal/stream").header("Last-Event-ID", Long.toString(first)).build(),
                BodyHandlers.ofInputStream()).body(),
            StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).isEqualTo("id: " + (first + 1));
      assertThat(lines.readLine()).isEqualTo("event: test.told");
      assertThat(lines.readLine()).startsWith("data: {").contains("\"subject\":\"second\"");
    }
    assertThat(send(to("/api/journal/stream").header("Last-Event-ID", "x")).statusCode()).isEqualTo(400);
  }
}
