package dev.fairway.connectors.capture;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.collection.Collection;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.collection.Spool;
import dev.fairway.connectors.task.TaskLoop;
import dev.fairway.connectors.task.TaskTable;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A capture under way: each session goes on from the state that was committed with the last documents, so what is captured
 * is in the collections once, however the session ended.
 */
public final class CaptureTask implements TaskLoop.Step {
  public static final String KIND = "capture";
  /** Most bytes of documents held in memory, for checkpoints that are large or wait for the disk. */
  public static final int MEMORY = 32 << 20;

  private final CaptureProgram program;
  private final CaptureSpec spec;
  private final boolean rows;
  private final Store store;
  private final Collections collections;
  private final int memory;
  private final Clock clock;
  private volatile @Nullable CapturePipeline pipeline;
  private volatile boolean stopped;

  /** @param rows whether rows are numbered by us, because the source's documents have no {@code /_meta} */
  public CaptureTask(CaptureProgram program, CaptureSpec spec, boolean rows, Store store, Collections collections,
      int memory, Clock clock) {
    this.program = program;
    this.spec = spec;
    this.rows = rows;
    this.store = store;
    this.collections = collections;
    this.memory = memory;
    this.clock = clock;
  }

  /**
   * Runs one session to its end; none when it was stopped before. What it checkpointed is durable when this returns or
   * throws.
   */
  @Override
  public void run() throws Exception {
    Committing commit = new Committing(store.read(view -> TaskTable.state(view, spec.name())));
    JsonNode before = commit.state;
    try (CapturePipeline session = new CapturePipeline(spec, collections, rows, memory, clock, commit)) {
      pipeline = session;
      // A stop that came before the line above found nobody to tell.
      if (!stopped) {
        program.run(spec, before, session);
        session.drain();
      }
    } catch (Exception e) {
      // A session that was asked to end may end as badly as it likes: what it did not checkpoint is forgotten.
      if (!stopped) {
        throw e;
      }
    } finally {
      pipeline = null;
    }
  }

  @Override
  public void stop() {
    stopped = true;
    CapturePipeline session = pipeline;
    if (session != null) {
      session.stop();
    }
  }

  /** Writes documents, state and the news of both in one transaction. */
  private final class Committing implements CapturePipeline.Commit {
    private volatile JsonNode state;

    Committing(JsonNode state) {
      this.state = state;
    }

    @Override
    public void commit(Map<Collection, List<Spool>> appends, UnaryOperator<JsonNode> change, Store.Effect effects,
        long documents, long bytes) {
      JsonNode next = change.apply(state);
      collections.commit(appends, tx -> {
        TaskTable.save(tx, spec.name(), KIND, next, documents, bytes);
        effects.apply(tx);
        ObjectNode body = Json.object().put("task", spec.name()).put("documents", documents).put("bytes", bytes);
        tx.append(new NewEvent("connector.checkpoint", spec.name(), Json.text(body)));
      });
      state = next;
    }

    @Override
    public void sourcedSchema(CaptureSpec.Binding binding, JsonNode schema) {
      ObjectNode body = Json.object().put("task", spec.name()).put("collection", binding.collection().name());
      body.set("schema", schema);
      store.run(tx -> tx.append(new NewEvent("connector.schema", spec.name(), Json.text(body))));
    }
  }
}
