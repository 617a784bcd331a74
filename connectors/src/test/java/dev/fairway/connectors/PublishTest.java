package dev.fairway.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.collection.Collection;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.collection.Spool;
import dev.fairway.connectors.kafka.Broker;
import dev.fairway.connectors.kafka.CollectionTopics;
import dev.fairway.connectors.kafka.KafkaServer;
import dev.fairway.connectors.kafka.PublishTask;
import dev.fairway.connectors.kafka.TopicWriter;
import dev.fairway.connectors.kafka.Topics;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.TaskLoop;
import dev.fairway.connectors.task.TaskTable;
import dev.fairway.core.Secret;
import dev.fairway.core.store.Store;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Collections as topics of a broker, read as its readers of what is committed do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublishTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int KILLS = 2;
  private static final int STRETCH = 200;
  private static final int ROWS = STRETCH * (KILLS + 1);
  /* Goes on behind each stretch only once the test says so: however slow the machine is, a kill comes before the end. */
  private static final String SOURCE = """
      case "$1" in
      check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}';;
      read) n=0
        while [ $# -gt 0 ]; do [ "$1" = --state ] && n=$(sed 's/.*"n":\\([0-9]*\\).*/\\1/' "$2"); shift; done
        while [ $n -lt 600 ]; do
          n=$((n+1))
          echo '{"type":"RECORD","record":{"stream":"rows","data":{"id":'$n'},"emitted_at":1}}'
          if [ $((n % 5)) = 0 ]; then echo '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"rows"},"stream_state":{"n":'$n'}}}}'; fi
          if [ $((n % 20)) = 0 ]; then sleep 0.05; fi
          if [ $((n % 200)) = 0 ] && [ $n -lt 600 ]; then
            i=0
            while [ ! -e go$((n / 200)) ]; do sleep 0.1; i=$((i+1)); [ $i -lt 1200 ] || exit 1; done
          fi
        done;;
      esac
      """;

  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();
  private KafkaServer broker;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    broker = KafkaServer.start(folder);
  }

  @AfterAll
  void stop() throws InterruptedException {
    broker.close();
  }

  private CollectionTopics topics(String prefix, Duration patience) {
    return topics(new Broker(broker.address(), false, Optional.empty(), Optional.empty(), patience), prefix);
  }

  /** At the listener with TLS, for the user who has this password. */
  private Broker encrypted(String password) {
    return new Broker(broker.addressWithTls(), true, Optional.of(broker.authority()), Optional.of(
        new Broker.Login(Broker.Mechanism.SCRAM_SHA_512, KafkaServer.USER, new Secret(password))), PATIENCE);
  }

  private static CollectionTopics topics(Broker broker, String prefix) {
    return new CollectionTopics(broker, new Topics(prefix, Optional.empty(), Optional.empty()),
        TopicWriter.Compression.LZ4, List.of("acme/"));
  }

  private static TaskLoop loop(PublishTask task) {
    return new TaskLoop("publish", () -> task, Duration.ZERO, false, Clock.systemUTC());
  }

  private PublishTask task(String prefix, Store store, Collections collections) throws Exception {
    return task(topics(prefix, Duration.ofMinutes(1)), store, collections);
  }

  private PublishTask task(CollectionTopics topics, Store store, Collections collections) throws Exception {
    return task(topics, store, collections, 1 << 20);
  }

  private PublishTask task(CollectionTopics topics, Store store, Collections collections, long transactionBytes)
      throws Exception {
    FlowFile file = FlowFile.read(Files.writeString(dir.resolve("flow.yaml"), """
        collections:
          acme/a: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
          acme/b: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
        """), new Sealed(List.of(), clock));
    return new PublishTask(topics, store, collections,
        Map.of("acme/a", file.collection("acme/a"), "acme/b", file.collection("acme/b")), transactionBytes);
  }

  private SqlStore store(String name) {
    return SqlStore.open(new StorageConfig.Embedded(dir.resolve(name)), clock, List.of("connectors"));
  }

  /** One transaction with a document in each collection. */
  private static void append(Collections collections, int n) {
    Map<Collection, List<Spool>> appends = new HashMap<>();
    for (String name : List.of("acme/a", "acme/b")) {
      Spool spool = new Spool(collections.scratch(), 1 << 16);
      spool.write(Json.bytes(Json.object().put("n", n)));
      spool.endDocument();
      appends.put(collections.get(name), List.of(spool));
    }
    collections.commit(appends, tx -> {});
  }

  private List<Integer> published(String topic, String member) {
    return broker.committed(topic).stream().map(record -> Json.parse(record.value()).path(member).asInt(0)).toList();
  }

  private void awaitPublished(String topic, String member, IntPredicate count) {
    Awaitility.await().atMost(PATIENCE).ignoreException(TimeoutException.class)
        .until(() -> count.test(published(topic, member).size()));
  }

  @Test
  void aPublisherThatBreaksOffAtAnyStepOfTheStoreLosesAndDoublesNothing() throws Exception {
    String prefix = UUID.randomUUID() + "-";
    try (SqlStore store = store("store"); Collections logs = new Collections(store, dir.resolve("logs"), 1 << 20)) {
      for (int step = 0; step < 9; step++) {
        append(logs, step);
        BreakingStore breaking = new BreakingStore(store, step % 4);
        PublishTask task = task(prefix, breaking, logs);
        if (step % 4 < 3) {
          assertThatThrownBy(task::runToEnd).isInstanceOf(BreakingStore.PowerCut.class);
        } else {
          assertThat(task.runToEnd()).isBetween(0, 1);
        }
      }
      task(prefix, store, logs).runToEnd();
      assertThat(task(prefix, store, logs).runToEnd()).as("nothing is left").isZero();
    }
    List<Integer> all = IntStream.range(0, 9).boxed().toList();
    assertThat(published(prefix + "acme.a", "n")).isEqualTo(all);
    assertThat(published(prefix + "acme.b", "n")).isEqualTo(all);
    assertThat(broker.committed(prefix + "acme.a").getFirst().key()).isEqualTo("{\"n\":0}");
  }

  @Test
  void aDocumentOfMoreThan16MiBIsPublished() throws Exception {
    String prefix = UUID.randomUUID() + "-";
    String large = "x".repeat(17 << 20);
    try (SqlStore store = store("large");
        Collections logs = new Collections(store, dir.resolve("large-logs"), 1 << 20)) {
      Spool spool = new Spool(logs.scratch(), 1 << 16);
      spool.write(Json.bytes(Json.object().put("n", 1).put("text", large)));
      spool.endDocument();
      logs.commit(Map.of(logs.get("acme/a"), List.of(spool)), tx -> {});
      assertThatThrownBy(task(limited(prefix, 16 << 20), store, logs)::runToEnd)
          .hasMessageContaining("the document of collection acme/a at 0 has")
          .hasMessageContaining("raise connectors.kafka.largest-document");
      assertThat(task(prefix, store, logs).runToEnd()).isEqualTo(1);
    }
    assertThat(published(prefix + "acme.a", "n")).containsExactly(1);
  }

  @Test
  void collectionsArePublishedOverTlsByAUserWhoProvesToKnowThePassword() throws Exception {
    String prefix = UUID.randomUUID() + "-";
    try (SqlStore store = store("encrypted");
        Collections logs = new Collections(store, dir.resolve("encrypted-logs"), 1 << 20)) {
      append(logs, 1);
      assertThatThrownBy(task(topics(encrypted("guessed"), prefix), store, logs)::runToEnd)
          .hasMessageContaining("the login is refused").hasMessageContaining("check user, password and mechanism");
      Broker rightful = encrypted(KafkaServer.PASSWORD);
      Broker clear = new Broker(rightful.bootstrapServers(), false, Optional.empty(), rightful.login(), PATIENCE);
      assertThatThrownBy(task(topics(clear, prefix), store, logs)::runToEnd)
          .hasMessageContaining(broker.addressWithTls() + " speaks TLS; say tls: true");
      assertThat(task(topics(rightful, prefix), store, logs).runToEnd()).isEqualTo(1);
    }
    assertThat(published(prefix + "acme.a", "n")).containsExactly(1);
  }

  private CollectionTopics limited(String prefix, int largest) {
    CollectionTopics topics = topics("early-" + prefix, PATIENCE);
    return new CollectionTopics(topics.broker(),
        new Topics("early-" + prefix, Optional.empty(), Optional.empty(), largest),
        topics.compression(), topics.collections());
  }

  @Test
  void topicsOfAnotherNodeAreLeftAlone() throws Exception {
    String prefix = UUID.randomUUID() + "-";
    for (String node : List.of("one", "two")) {
      try (SqlStore store = store(node);
          Collections logs = new Collections(store, dir.resolve(node + "-logs"), 1 << 20)) {
        append(logs, 1);
        PublishTask task = task(prefix, store, logs);
        if (node.equals("one")) {
          assertThat(task.runToEnd()).isEqualTo(1);
        } else {
          assertThatThrownBy(task::runToEnd).hasMessageContaining("hold the collections of another node")
              .hasMessageContaining("choose another topic prefix");
        }
      }
    }
    assertThat(published(prefix + "acme.a", "n")).containsExactly(1);
  }

  @Test
  void aNodeWithAnothersPrefixDoesNotFenceItOff() throws Exception {
    String prefix = UUID.randomUUID() + "-";
    try (SqlStore mine = store("rightful");
        Collections logs = new Collections(mine, dir.resolve("rightful-logs"), 1 << 20);
        SqlStore theirs = store("wrong");
        Collections others = new Collections(theirs, dir.resolve("wrong-logs"), 1 << 20);
        TaskLoop loop = loop(task(prefix, mine, logs))) {
      Awaitility.await().atMost(PATIENCE).ignoreException(TimeoutException.class)
          .until(() -> broker.committed(prefix + "fairway-checkpoint.collections").size() == 1);
      TaskLoop.Status session = loop.status();
      append(others, 7);
      PublishTask wrong = task(prefix, theirs, others);
      assertThatThrownBy(wrong::runToEnd).hasMessageContaining("hold the collections of another node");
      append(logs, 1);
      awaitPublished(prefix + "acme.b", "n", count -> count == 1);
      assertThat(loop.status()).as("the session that was open before").isEqualTo(session);
    }
    assertThat(published(prefix + "acme.a", "n")).containsExactly(1);
  }

  @Test
  void aLogBroughtBackFromABackupIsRefusedAlsoOnceItHasGrown() throws Exception {
    String prefix = UUID.randomUUID() + "-";
    try (SqlStore store = store("original");
        SqlStore restored = store("restored");
        Collections logs = new Collections(store, dir.resolve("original-logs"), 1 << 20);
        Collections older = new Collections(restored, dir.resolve("restored-logs"), 1 << 20)) {
      IntStream.range(0, 3).forEach(n -> append(logs, n));
      assertThat(task(prefix, store, logs).runToEnd()).isEqualTo(1);
      JsonNode identity = store.read(view -> TaskTable.state(view, PublishTask.NAME));
      restored.run(tx -> TaskTable.save(tx, PublishTask.NAME, PublishTask.KIND, identity, 0, 0));
      append(older, 0);
      PublishTask task = task(prefix, restored, older);
      assertThatThrownBy(task::runToEnd).hasMessageContaining("acme/a had up to 24, and it ends at 8 now");
      IntStream.range(7, 10).forEach(n -> append(older, n));
      assertThatThrownBy(task::runToEnd).hasMessageContaining("acme/a had up to 24, and it has another document at 16")
          .hasMessageContaining("a backup was brought back; choose another topic prefix");
    }
    assertThat(published(prefix + "acme.a", "n")).containsExactly(0, 1, 2);
  }

  @Test
  void collectionsTakeTurnsWhenATransactionCannotHaveAll() throws Exception {
    String prefix = UUID.randomUUID() + "-";
    try (SqlStore store = store("turns");
        Collections logs = new Collections(store, dir.resolve("turns-logs"), 1 << 20)) {
      IntStream.range(0, 3).forEach(n -> append(logs, n));
      // Its name is noted, and one transaction; after the next, the power is gone.
      PublishTask task = task(topics(prefix, PATIENCE), new BreakingStore(store, 6), logs, 1);
      assertThatThrownBy(task::runToEnd).isInstanceOf(BreakingStore.PowerCut.class);
      assertThat(published(prefix + "acme.a", "n")).containsExactly(0);
      assertThat(published(prefix + "acme.b", "n")).containsExactly(0);
    }
  }

  @Test
  void whatIsSentAndNotCommittedIsTakenBack() throws Exception {
    String prefix = UUID.randomUUID() + "-";
    try (SqlStore store = store("sent"); Collections logs = new Collections(store, dir.resolve("sent-logs"), 1 << 20)) {
      append(logs, 1);
      Path file = dir.resolve("sent-logs/=acme%2Fb").resolve("0".repeat(20) + ".jsonl");
      Path away = Files.move(file, dir.resolve("away"));
      PublishTask task = task(prefix, store, logs);
      assertThatThrownBy(task::runToEnd).hasMessageContaining("cannot read acme/b at 0");
      assertThat(published(prefix + "acme.a", "n")).as("sent before").isEmpty();
      Files.move(away, file);
      assertThat(task.runToEnd()).isEqualTo(1);
    }
    assertThat(published(prefix + "acme.a", "n")).containsExactly(1);
    assertThat(published(prefix + "acme.b", "n")).containsExactly(1);
  }

  @Test
  void aBrokerThatIsAwayIsWaitedFor() throws Exception {
    String prefix = UUID.randomUUID() + "-";
    try (SqlStore store = store("waiting");
        Collections logs = new Collections(store, dir.resolve("waiting-logs"), 1 << 20);
        TaskLoop loop = loop(task(topics(prefix, Duration.ofSeconds(3)), store, logs))) {
      append(logs, 1);
      awaitPublished(prefix + "acme.b", "n", count -> count == 1);
      // A cluster of one broker that dies between a commit and its markers can forget them when it is back.
      awaitPublished(prefix + "acme.a", "n", count -> count == 1);
      Awaitility.await().atMost(PATIENCE)
          .until(() -> broker.committed(prefix + "fairway-checkpoint.collections").size() > 1);
      broker.kill();
      append(logs, 2);
      Awaitility.await().atMost(PATIENCE).until(() -> loop.status().phase() == TaskLoop.Phase.FAILED
          && loop.status().reason().contains("no answer within 3 s; check the bootstrap servers"));
      broker.restart();
      awaitPublished(prefix + "acme.b", "n", count -> count > 1);
    }
    assertThat(published(prefix + "acme.a", "n")).containsExactly(1, 2);
    assertThat(published(prefix + "acme.b", "n")).containsExactly(1, 2);
  }

  @Test
  void everyDocumentIsPublishedOnceThoughTheNodeIsKilled() throws Exception {
    Files.writeString(dir.resolve("source.sh"), SOURCE);
    Path file = Files.writeString(dir.resolve("killed.yaml"), """
        captures:
          acme/source:
            interval: 1s
            endpoint: { airbyte: { command: [sh, source.sh], config: {} } }
            bindings: [{ resource: { stream: rows, syncMode: incremental }, target: acme/rows }]
        collections:
          acme/rows:
            schema: { type: object, properties: { id: { type: integer } }, required: [id] }
            key: [/id]
        """);
    int before = 0;
    for (int i = 1; i <= KILLS; i++) {
      int start = before;
      Process node = NodeProcess.start(dir, file, broker.address());
      try {
        awaitPublished("killed-acme.rows", "id", count -> count > start);
      } finally {
        node.destroyForcibly().waitFor();
      }
      before = published("killed-acme.rows", "id").size();
      assertThat(before).as("kill " + i + " came in the middle").isBetween(start + 1, ROWS - 1);
      Files.createFile(dir.resolve("go" + i));
    }
    Process node = NodeProcess.start(dir, file, broker.address());
    try {
      awaitPublished("killed-acme.rows", "id", count -> count >= ROWS);
    } finally {
      node.destroyForcibly().waitFor();
    }
    assertThat(published("killed-acme.rows", "id")).isEqualTo(IntStream.rangeClosed(1, ROWS).boxed().toList());
  }
}
