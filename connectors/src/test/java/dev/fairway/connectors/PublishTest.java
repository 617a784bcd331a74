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
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Collections as topics of a broker, read as its readers of what is committed do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublishTest {
  private static final int KILLS = 2;
  private static final int ROWS = 600;
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
  void stop() {
    broker.close();
  }

  private CollectionTopics topics(String prefix, Duration patience) {
    return new CollectionTopics(
        new Broker(broker.address(), false, Optional.empty(), Optional.empty(), patience),
        new Topics(prefix, Optional.empty(), Optional.empty()), TopicWriter.Compression.LZ4, List.of("acme/"));
  }

  private PublishTask task(String prefix, Store store, Collections collections) throws Exception {
    return task(topics(prefix, Duration.ofMinutes(1)), store, collections);
  }

  private PublishTask task(CollectionTopics topics, Store store, Collections collections) throws Exception {
    FlowFile file = FlowFile.read(Files.writeString(dir.resolve("flow.yaml"), """
        collections:
          acme/a: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
          acme/b: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
        """), new Sealed(List.of(), clock));
    return new PublishTask(topics, store, collections,
        Map.of("acme/a", file.collection("acme/a"), "acme/b", file.collection("acme/b")), 1 << 20);
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
  void aBrokerThatIsAwayIsWaitedFor() throws Exception {
    String prefix = UUID.randomUUID() + "-";
    try (SqlStore store = store("waiting");
        Collections logs = new Collections(store, dir.resolve("waiting-logs"), 1 << 20);
        TaskLoop loop = new TaskLoop("publish", task(topics(prefix, Duration.ofSeconds(3)), store, logs), Duration.ZERO,
            false, clock)) {
      append(logs, 1);
      Awaitility.await().atMost(Duration.ofMinutes(1)).ignoreExceptions()
          .until(() -> published(prefix + "acme.b", "n").size() == 1);
      broker.kill();
      append(logs, 2);
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> loop.status().phase() == TaskLoop.Phase.FAILED
          && loop.status().reason().contains("no answer within 3 s; check the bootstrap servers"));
      broker.restart();
      Awaitility.await().atMost(Duration.ofMinutes(2)).ignoreExceptions()
          .until(() -> published(prefix + "acme.b", "n").size() > 1);
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
    Random random = new Random(1);
    for (int i = 0; i < KILLS; i++) {
      Process node = NodeProcess.start(dir, file, broker.address());
      node.waitFor(700 + random.nextInt(1500), TimeUnit.MILLISECONDS);
      node.destroyForcibly().waitFor();
    }
    Process node = NodeProcess.start(dir, file, broker.address());
    try {
      Awaitility.await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(500))
          .ignoreException(TimeoutException.class)
          .until(() -> published("killed-acme.rows", "id").size() >= ROWS);
    } finally {
      node.destroyForcibly().waitFor();
    }
    assertThat(published("killed-acme.rows", "id")).isEqualTo(IntStream.rangeClosed(1, ROWS).boxed().toList());
  }
}
