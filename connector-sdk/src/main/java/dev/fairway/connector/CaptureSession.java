package dev.fairway.connector;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import tools.jackson.databind.JsonNode;

/**
 * A capture at work. Documents and the state that says they were captured are handed over as one {@link Batch}, so there
 * is no way to send one without the other. Safe for many threads; each batch belongs to one.
 */
public interface CaptureSession<R> {
  List<Capture.Bound<R>> bindings();

  /** What was last committed for a binding; empty when it is new, or to begin anew. */
  Optional<JsonNode> state(Capture.Bound<R> binding);

  /** What was last committed beside the bindings' states under this name. */
  Optional<JsonNode> state(String name);

  /** Begins a transaction. Nothing of it leaves before {@link Batch#commit}, and none of it is lost apart. */
  Batch<R> batch();

  /** Tells what the source says the documents look like; objects must be closed ({@code additionalProperties: false}). */
  void sourcedSchema(Capture.Bound<R> binding, JsonNode schema);

  /** Whether the session should end soon. */
  boolean stopping();

  /** Documents and states that become durable together, or not at all. */
  interface Batch<R> {
    /** Adds a document: a JSON object. It is checked only by the runtime. */
    Batch<R> document(Capture.Bound<R> binding, byte[] json);

    /** Adds a document: a JSON object. */
    Batch<R> document(Capture.Bound<R> binding, JsonNode document);

    /** Changes a binding's state by a merge patch (RFC 7396). */
    Batch<R> state(Capture.Bound<R> binding, JsonNode patch);

    /** Changes a state beside the bindings'. */
    Batch<R> state(String name, JsonNode patch);

    /** Bytes of the documents so far; commit before it grows beyond what memory can hold. */
    long bytes();

    /**
     * Hands the batch over. It blocks while the runtime is slow.
     *
     * @return completes when the transaction is durable; a source that forgets what it has given away must wait for it
     */
    CompletionStage<Void> commit();
  }
}
