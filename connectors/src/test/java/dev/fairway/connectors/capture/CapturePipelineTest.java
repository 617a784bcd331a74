package dev.fairway.connectors.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.collection.Collection;
import dev.fairway.connectors.collection.Spool;
import dev.fairway.core.store.Store;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Checkpoints that wait for a disk which does not come. */
class CapturePipelineTest extends RowsFixture {
  private static final int MEMORY = 1 << 20;
  private static final Duration LONG = Duration.ofMinutes(1);

  private CapturePipeline pipeline(CapturePipeline.Commit commit) {
    return new CapturePipeline(spec(Json.object()), collections, true, MEMORY, Clock.systemUTC(), commit);
  }

  /** Hands over so many checkpoints of one document each. */
  private static void feed(CapturePipeline pipeline, int checkpoints, int bytes) {
    for (int i = 0; i < checkpoints; i++) {
      byte[] json = ("{\"id\":" + i + ",\"x\":\"" + "x".repeat(bytes) + "\"}").getBytes(StandardCharsets.UTF_8);
      JsonCursor cursor = new JsonCursor();
      cursor.reset(json, 0, json.length);
      Members document = new Members();
      document.read(json, cursor);
      pipeline.document(0, document, i, "");
      var _ = pipeline.checkpoint(state -> state, tx -> {});
    }
  }

  @Test
  void manySmallCheckpointsWaitInLittleMemory() throws Exception {
    Disk disk = new Disk();
    try (CapturePipeline pipeline = pipeline(disk)) {
      Thread feeder = Thread.ofPlatform().start(() -> feed(pipeline, 500, 10));
      assertThat(feeder.join(LONG)).as("500 small checkpoints do not fill the memory").isTrue();
      disk.comes.countDown();
      pipeline.drain();
    } finally {
      disk.comes.countDown();
    }
    assertThat(disk.documents).hasValue(500);
    assertThat(disk.taken).allSatisfy(taken -> assertThat(taken).isLessThan(MEMORY / 2));
  }

  @Test
  void memoryThatIsTakenAndNotUsedCounts() throws Exception {
    Disk disk = new Disk();
    try (CapturePipeline pipeline = pipeline(disk)) {
      Thread feeder = Thread.ofPlatform().start(() -> feed(pipeline, 100, 20_000));
      Awaitility.await().atMost(LONG).until(() -> feeder.getState() == Thread.State.WAITING || !feeder.isAlive());
      disk.comes.countDown();
      assertThat(feeder.join(LONG)).isTrue();
      pipeline.drain();
    } finally {
      disk.comes.countDown();
    }
    assertThat(disk.documents).hasValue(100);
    assertThat(disk.taken).allSatisfy(taken -> assertThat(taken).isLessThanOrEqualTo(MEMORY + (1 << 16)));
  }

  @Test
  void anErrorInACommitEndsTheSession() {
    try (CapturePipeline pipeline = pipeline(new Disk() {
      @Override
      public void commit(Map<Collection, List<Spool>> appends, UnaryOperator<JsonNode> change, Store.Effect effects,
          long documents, long bytes) {
        throw new StackOverflowError("too deep");
      }
    })) {
      CompletableFuture<Void> fed = CompletableFuture.runAsync(() -> {
        feed(pipeline, 1, 10);
        pipeline.drain();
      });
      assertThat(fed).failsWithin(LONG).withThrowableOfType(ExecutionException.class)
          .withMessageContaining("cannot commit").withRootCauseInstanceOf(StackOverflowError.class);
      Awaitility.await().atMost(LONG).until(pipeline::stopping);
    }
  }

  /** Nothing is durable before it comes. */
  private static class Disk implements CapturePipeline.Commit {
    private final CountDownLatch comes = new CountDownLatch(1);
    private final List<Long> taken = new CopyOnWriteArrayList<>();
    private final AtomicLong documents = new AtomicLong();

    @Override
    public void commit(Map<Collection, List<Spool>> appends, UnaryOperator<JsonNode> change, Store.Effect effects,
        long documents, long bytes) {
      try {
        comes.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      taken.add(appends.values().stream().flatMap(List::stream).mapToLong(Spool::taken).sum());
      this.documents.addAndGet(documents);
    }

    @Override
    public void sourcedSchema(CaptureSpec.Binding binding, JsonNode schema) {
      throw new IllegalStateException("no schema was sourced");
    }
  }
}
