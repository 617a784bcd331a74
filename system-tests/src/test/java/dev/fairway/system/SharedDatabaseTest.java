package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.node.pair.Listener;
import dev.fairway.s3.BucketServer;
import dev.fairway.s3.S3Config;
import dev.fairway.web.Json;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Two processes of one node on one PostgreSQL: they share the work, and either may die. */
class SharedDatabaseTest {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final String TOPIC = "UN.CEFACT.Trade.CertificateOfOrigin.created";

  @TempDir
  private static Path folder;
  private static Database database;
  private static BucketServer buckets;
  private static ServedNode one;
  private static ServedNode two;
  private static ServedNode singapore;

  @BeforeAll
  static void start() throws Exception {
    database = Database.start(folder.resolve("postgres"));
    buckets = BucketServer.start(Files.createDirectories(folder.resolve("s3")));
    S3Config bucket = buckets.bucket("documents");
    S3Config.Credentials credentials = bucket.credentials().orElseThrow();
    String shared = database.settings("""
        bucket: { name: %s, endpoint: "%s", access-key: %s, secret-key: %s }""".formatted(bucket.bucket(),
        buckets.endpoint(), credentials.accessKey(), credentials.secretKey().reveal()));
    String exchange = """
        sealing-key: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        exchange:
          channels:
            shared: { type: shared-database, medium: %s, participants: [AU, SG] }
          routes:
            - { name: to Singapore, receiver: [SG], channels: [shared] }
        """.formatted(folder.resolve("medium"));
    one = ServedNode.start(folder, "one", "AU", shared + exchange);
    two = ServedNode.start(folder, "two", "AU", shared + exchange);
    singapore = ServedNode.start(folder, "singapore", "SG", exchange);
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable part : new AutoCloseable[]{one, two, singapore, database, buckets}) {
      if (part != null) {
        part.close();
      }
    }
  }

  private static void post(ServedNode node, String ref) throws Exception {
    ObjectNode message = Json.object().put("sender", "AU").put("receiver", "SG").put("subject", "shared")
        .put("obj", "QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n").put("predicate", TOPIC).put("sender_ref", ref);
    assertThat(node.post("/message-api/message", "application/json", message.toString()).statusCode()).isEqualTo(201);
  }

  private static List<JsonNode> messages(ServedNode node) throws Exception {
    return node.json("/message-api/messages?subject=shared&limit=500").path("items").valueStream().toList();
  }

  private static Set<String> refs(List<JsonNode> messages) {
    Set<String> refs = new TreeSet<>();
    messages.forEach(message -> refs.add(message.path("sender_ref").stringValue()));
    return refs;
  }

  @Test
  void whatAKilledProcessHadBegunTheOtherFinishes() throws Exception {
    try (Listener listener = new Listener()) {
      String form = "hub.mode=subscribe&hub.topic=message.*&hub.callback="
          + URLEncoder.encode(listener.callback().toString(), StandardCharsets.UTF_8);
      assertThat(two.post("/subscription-api/subscriptions", "application/x-www-form-urlencoded", form).statusCode())
          .isEqualTo(202);
      await().atMost(LONG).until(
          () -> two.json("/subscription-api/subscriptions").toString().contains(listener.callback().toString()));
      Set<String> sent = new TreeSet<>();
      for (int i = 0; i < 40; i++) {
        String ref = "ref-" + (100 + i);
        post(i % 2 == 0 ? one : two, ref);
        sent.add(ref);
      }
      one.process().kill();
      for (int i = 0; i < 10; i++) {
        String ref = "late-" + (100 + i);
        post(two, ref);
        sent.add(ref);
      }
      await().atMost(LONG).untilAsserted(() -> assertThat(messages(two))
          .allMatch(message -> message.path("status").stringValue().equals("accepted")).hasSize(sent.size()));
      await().atMost(LONG).untilAsserted(() -> assertThat(refs(messages(singapore))).isEqualTo(sent));
      assertThat(messages(singapore)).hasSameSizeAs(sent);
      await().atMost(LONG).untilAsserted(() -> assertThat(listener.references())
          .containsAll(sent.stream().map(ref -> "AU:" + ref).toList()));
      assertThat(two.json("/api/dead").path("items")).isEmpty();
      one.restart();
      post(one, "after");
      await().atMost(LONG).untilAsserted(() -> assertThat(refs(messages(singapore))).contains("after"));
    }
  }

  @Test
  void aDocumentGivenToOneIsGivenOutByTheOther() throws Exception {
    String boundary = "certificate";
    String form = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"document\"; filename=\"coo.txt\"\r\n"
        + "Content-Type: text/plain\r\n\r\nof Australian origin\r\n--" + boundary + "--\r\n";
    HttpResponse<String> stored = one.post("/document-api/jurisdictions/SG",
        "multipart/form-data; boundary=" + boundary,
        form);
    assertThat(stored.statusCode()).as(stored.body()).isEqualTo(200);
    String multihash = Json.parse(stored.body()).path("multihash").stringValue();
    assertThat(two.send(two.to("/document-api/" + multihash + "?as_jurisdiction=SG")).body())
        .isEqualTo("of Australian origin");
  }

  @Test
  void rulesAndMaintenanceSetAtOneProcessHoldAtTheOther() throws Exception {
    JsonNode routing = one.json("/api/routing");
    ObjectNode change = Json.object().put("seen", routing.path("version").asInt()).put("note", "renamed");
    List<JsonNode> rules = new ArrayList<>();
    routing.path("rules").forEach(rule -> rules.add(((ObjectNode) rule.deepCopy()).put("name", "renamed")));
    change.putArray("rules").addAll(rules);
    assertThat(one.send(one.to("/api/routing").header("Content-Type", "application/json")
        .PUT(BodyPublishers.ofString(change.toString()))).statusCode()).isEqualTo(200);
    String message = "{\"message\":{\"sender\":\"AU\",\"receiver\":\"SG\",\"subject\":\"s\",\"obj\":\"a.b.c\",\"predicate\":\"d.e.f\"}}";
    await().atMost(LONG).untilAsserted(() -> assertThat(
        two.post("/api/routing/dry-run", "application/json", message).body()).contains("renamed"));
    assertThat(one.send(one.to("/api/channels/shared/maintenance").header("Content-Type", "application/json")
        .PUT(BodyPublishers.ofString("{\"reason\":\"new cable\"}"))).statusCode()).isEqualTo(200);
    await().atMost(LONG)
        .untilAsserted(() -> assertThat(two.json("/api/channels").toString()).contains("new cable"));
    assertThat(two.send(two.to("/api/channels/shared/maintenance").DELETE()).statusCode()).isEqualTo(200);
    await().atMost(LONG)
        .untilAsserted(() -> assertThat(one.json("/api/channels").toString()).doesNotContain("new cable"));
  }
}
