package dev.fairway.connectors.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.Settings;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.collection.DocumentUuids;
import dev.fairway.connectors.collection.DocumentWriter;
import dev.fairway.connectors.collection.Spool;
import dev.fairway.connectors.lake.LakeMaterialize;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.FollowStep;
import dev.fairway.connectors.task.Tasks;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.testing.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a transaction of files begins: with enough documents, or when one has waited long enough. */
@SuppressWarnings("NullAway.Init") // each test has its own
class LakePaceTest {
  private static final Duration WAIT = Duration.ofMinutes(5);
  /* Each document that is named in one moment is a tenth of a microsecond later than the one before. */
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final long LARGE = 64L << 20;

  @TempDir
  Path dir;
  private final TestClock clock = new TestClock();
  private SqlStore store;
  private Collections collections;
  private FlowFile file;
  private int written;

  @BeforeEach
  void open() throws Exception {
    store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock, List.of("connectors"));
    collections = new Collections(store, dir.resolve("data"), 1 << 20);
    file = FlowFile.read(Files.writeString(dir.resolve("flow.yaml"), """
        materializations:
          acme/lake:
            endpoint: { connector: { image: fairway/materialize-lake, config: { location: %s, leastMegabytes: 1 } } }
            bindings:
              - { source: acme/rows, resource: { folder: rows } }
              - { source: acme/others, resource: { folder: others } }
        collections:
          acme/rows: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
          acme/others: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
        """.formatted(dir.resolve("out"))), new Sealed(List.of(), clock));
  }

  @AfterEach
  void close() {
    collections.close();
    store.close();
  }

  private void publish(String collection, int documents, int bytes) {
    DocumentWriter writer = new DocumentWriter(file.collection(collection), false, new DocumentUuids(clock), 1 << 20);
    JsonCursor cursor = new JsonCursor();
    Members members = new Members();
    try (Spool spool = new Spool(dir, 1 << 20)) {
      for (int i = 0; i < documents; i++) {
        byte[] json = Json.bytes(Json.object().put("n", written++).put("text", "x".repeat(bytes)));
        cursor.reset(json, 0, json.length);
        members.read(json, cursor);
        writer.write(members, DocumentWriter.NO_ROW, "", spool);
      }
      writer.finish(spool);
      collections.commit(Map.of(collections.get(collection), List.of(spool)), tx -> {});
    }
  }

  private MaterializeTask task(long transactionBytes) throws Exception {
    return task(program(), transactionBytes);
  }

  private FlowFile.Materialization lake() {
    return Objects.requireNonNull(file.materializations().get("acme/lake"));
  }

  private MaterializeProgram program() {
    return Tasks.program(lake(), dir.resolve("scratch"), line -> {});
  }

  private MaterializeTask task(MaterializeProgram program, long transactionBytes) throws Exception {
    return new MaterializeTask(program, Tasks.validated(file, lake(), program), store, collections, transactionBytes,
        clock);
  }

  private long files() throws IOException {
    try (Stream<Path> files = Files.walk(dir.resolve("out"))) {
      return files.filter(path -> path.toString().endsWith(".jsonl.gz")).count();
    }
  }

  @Test
  void aTrickleWaitsForTheLongestWaitAndIsOneFile() throws Exception {
    try (FollowStep.Session session = task(LARGE).open()) {
      assertThat(session.due()).as("with nothing at all").isFalse();
      for (int minute = 0; minute < 5; minute++) {
        publish("acme/rows", 1, 10);
        assertThat(session.due()).as("after %s minutes", minute).isFalse();
        clock.advance(WAIT.dividedBy(5));
      }
      clock.advance(MOMENT);
      assertThat(session.due()).isTrue();
      assertThat(session.transaction()).isTrue();
      assertThat(files()).isEqualTo(1);
      clock.advance(WAIT);
      assertThat(session.due()).as("with nothing new").isFalse();
      publish("acme/rows", 1, 10);
      assertThat(session.due()).as("the wait begins with the document").isFalse();
    }
  }

  @Test
  void theDestinationIsToldThatACommitIsDurableBeforeTheNextOneIsDue() throws Exception {
    Steps steps = new Steps(program(), Integer.MAX_VALUE);
    try (FollowStep.Session session = task(steps, LARGE).open()) {
      assertThat(session.due()).isFalse();
      assertThat(steps.acknowledged()).as("first of all, of what a session before committed").isEqualTo(1);
      publish("acme/rows", 1, 10);
      assertThat(session.transaction()).isTrue();
      assertThat(steps.acknowledged()).isEqualTo(1);
      assertThat(session.due()).isFalse();
      assertThat(steps.acknowledged()).as("though nothing more comes").isEqualTo(2);
      assertThat(session.due()).isFalse();
      assertThat(session.transaction()).isFalse();
      assertThat(steps.acknowledged()).as("once").isEqualTo(2);
    }
  }

  @Test
  void whatOneMoreListensForIsNewsOnly() throws Exception {
    publish("acme/rows", 1, 10);
    try (FollowStep.Session session = task(LARGE).open()) {
      assertThat(session.due()).isFalse();
      assertThat(session.sources()).allSatisfy(
          source -> assertThat(source.collection().await(source.seen(), Duration.ZERO)).isFalse());
    }
  }

  @Test
  void enoughDocumentsOfAllBindingsTogetherAreStoredAtOnce() throws Exception {
    try (FollowStep.Session session = task(LARGE).open()) {
      publish("acme/rows", 6, 100_000);
      assertThat(session.due()).isFalse();
      publish("acme/others", 6, 100_000);
      assertThat(session.due()).isTrue();
    }
  }

  @Test
  void aTransactionThatMayNotHaveSoManyDoesNotWaitForThem() throws Exception {
    try (FollowStep.Session session = task(1000).open()) {
      publish("acme/rows", 1, 1000);
      assertThat(session.due()).isTrue();
    }
  }

  @Test
  void theWaitGoesOnInTheNextSession() throws Exception {
    publish("acme/rows", 1, 10);
    try (FollowStep.Session session = task(LARGE).open()) {
      assertThat(session.due()).isFalse();
    }
    clock.advance(WAIT.plus(MOMENT));
    try (FollowStep.Session session = task(LARGE).open()) {
      assertThat(session.due()).isTrue();
    }
  }

  @Test
  void whoWantsEverythingNowDoesNotWait() throws Exception {
    publish("acme/rows", 1, 10);
    assertThat(task(LARGE).runToEnd()).isEqualTo(1);
    assertThat(files()).isEqualTo(1);
  }

  @Test
  void aPaceThatCannotBeIsRefused() {
    for (String wait : List.of("PT-1S", "PT25H")) {
      assertThatThrownBy(() -> Settings.read(Json.object().put("location", "out").put("longestWait", wait),
          LakeMaterialize.Config.class)).hasMessageContaining("longestWait must be PT0S to PT24H, is " + wait);
    }
    assertThatThrownBy(() -> Settings.read(Json.object().put("location", "out").put("leastMegabytes", -1),
        LakeMaterialize.Config.class)).hasMessageContaining("leastMegabytes must be 0 to 1024, is -1");
  }
}
