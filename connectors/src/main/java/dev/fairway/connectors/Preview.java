package dev.fairway.connectors;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.capture.CaptureProgram;
import dev.fairway.connectors.capture.CaptureSink;
import dev.fairway.connectors.collection.DocumentWriter;
import dev.fairway.core.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs sessions of a capture for a person to look at. Documents are told at each checkpoint, the last of each key; their
 * {@code /_meta/uuid} is a placeholder, so that two runs compare equal. Nothing is kept. Belongs to one thread.
 */
public final class Preview {
  private final CaptureProgram program;
  private final CaptureSpec spec;
  private final Options options;
  private final Told told;
  private JsonNode state;

  Preview(CaptureProgram program, CaptureSpec spec, Options options, Told told) {
    this.program = program;
    this.spec = spec;
    this.options = options;
    this.told = told;
    this.state = options.state();
  }

  /** Runs the sessions, each from the state the one before it ended with. */
  void run() throws Exception {
    for (int transactions : options.sessions()) {
      session(new Sink(transactions));
    }
    told.end(state);
  }

  private void session(Sink sink) throws Exception {
    try (sink) {
      program.run(spec, state, sink);
    } catch (Exception e) {
      // A session that was asked to end may end as badly as it likes.
      if (!sink.stopping()) {
        throw e;
      }
    }
  }

  /**
   * How to run.
   *
   * @param sessions how many transactions each session has; negative for all there are
   * @param delay how long to wait after each transaction
   * @param timeout ends a session that has had no transaction for so long
   * @param state where the first session begins; an empty object for the beginning
   */
  public record Options(List<Integer> sessions, Duration delay, Duration timeout, JsonNode state) {
    public Options {
      sessions = List.copyOf(sessions);
    }
  }

  /** Told of what is captured. */
  interface Told {
    void document(String collection, JsonNode document);

    /** A transaction ended with this change of the state. */
    void checkpoint(ConnectorState change);

    /** The last session ended with this state. */
    void end(JsonNode state);
  }

  private final class Sink implements CaptureSink, AutoCloseable {
    private final List<Map<Packed, JsonNode>> pending = new ArrayList<>();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().name("preview").daemon().factory());
    private ScheduledFuture<?> deadline;
    private int left;
    private volatile boolean stopping;
    private volatile @Nullable Runnable onStop;

    Sink(int transactions) {
      left = transactions;
      spec.bindings().forEach(_ -> pending.add(new LinkedHashMap<>()));
      deadline = arm();
    }

    private ScheduledFuture<?> arm() {
      return watch.schedule(this::stop, options.timeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void stop() {
      stopping = true;
      Runnable action = onStop;
      if (action != null) {
        action.run();
      }
    }

    @Override
    public void document(int binding, Members document, long row, String operation) {
      ObjectNode full = withMeta((ObjectNode) Json.parse(document.bytes(), document.from(), document.to()), row,
          operation);
      Packed key = Packed.of(spec.bindings().get(binding).collection().key().stream()
          .map(pointer -> full.at(JsonPointer.compile(pointer))).toList());
      pending.get(binding).put(key, full);
    }

    @Override
    public CompletableFuture<Void> checkpoint(UnaryOperator<JsonNode> change, Store.Effect beside) {
      if (!stopping) {
        deadline.cancel(false);
        for (int i = 0; i < pending.size(); i++) {
          String collection = spec.bindings().get(i).collection().name();
          pending.get(i).values().forEach(document -> told.document(collection, document));
          pending.get(i).clear();
        }
        JsonNode next = change.apply(state);
        told.checkpoint(change(state, next));
        state = next;
        pause();
        deadline = arm();
        if (left > 0 && --left == 0) {
          stop();
        }
      }
      return CompletableFuture.completedFuture(null);
    }

    private void pause() {
      try {
        Thread.sleep(options.delay());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        stop();
      }
    }

    @Override
    public void sourcedSchema(int binding, JsonNode schema) {
      // Schemas are for the runtime; a preview keeps none.
    }

    @Override
    public boolean stopping() {
      return stopping;
    }

    @Override
    public void onStop(Runnable action) {
      onStop = action;
      if (stopping) {
        action.run();
      }
    }

    @Override
    public void close() {
      watch.shutdownNow();
    }
  }

  private static ObjectNode withMeta(ObjectNode document, long row, String operation) {
    ObjectNode meta = Json.object().put("uuid", Protocol.UUID_PLACEHOLDER);
    if (row != DocumentWriter.NO_ROW) {
      meta.put("row_id", row);
    }
    if (!operation.isEmpty()) {
      meta.put("op", operation);
    }
    document.path("_meta").properties().stream().filter(member -> !meta.has(member.getKey()))
        .forEach(member -> meta.set(member.getKey(), member.getValue()));
    ObjectNode full = Json.object();
    full.set("_meta", meta);
    document.properties().stream().filter(member -> !member.getKey().equals("_meta"))
        .forEach(member -> full.set(member.getKey(), member.getValue()));
    return full;
  }

  /** As a merge patch where one can say it; a null that is to be kept cannot be said. */
  private static ConnectorState change(JsonNode before, JsonNode after) {
    ConnectorState patch = ConnectorState.patch(Json.diff(before, after));
    return patch.applyTo(before).equals(after) ? patch : new ConnectorState(after, false);
  }
}
