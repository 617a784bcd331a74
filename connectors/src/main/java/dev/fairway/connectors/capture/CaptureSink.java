package dev.fairway.connectors.capture;

import dev.fairway.connector.json.Members;
import dev.fairway.connectors.collection.DocumentWriter;
import dev.fairway.core.store.Store;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** Where a session's documents and checkpoints go. Called by one thread; blocks while the disk is slow. */
public interface CaptureSink {
  /**
   * A document, pending until the next checkpoint.
   *
   * @param row written to {@code /_meta/row_id}; {@link DocumentWriter#NO_ROW} for none
   * @param operation written to {@code /_meta/op}: {@code c}, {@code u} or {@code d}; empty for none
   * @throws dev.fairway.connectors.collection.BadDocumentException when it breaks the collection's key or schema
   */
  void document(int binding, Members document, long row, String operation);

  /**
   * Everything since the last checkpoint is one transaction, together with this change of the state.
   *
   * @return completes when it is durable
   */
  default CompletableFuture<Void> checkpoint(UnaryOperator<JsonNode> change) {
    return checkpoint(change, tx -> {});
  }

  /**
   * Everything since the last checkpoint is one transaction, together with this change of the state and this effect.
   *
   * @return completes when it is durable
   */
  CompletableFuture<Void> checkpoint(UnaryOperator<JsonNode> change, Store.Effect beside);

  void sourcedSchema(int binding, JsonNode schema);

  /** Whether the session is to end soon. */
  boolean stopping();

  /** Registers what ends the session at once: closing a pipe, killing a process. */
  void onStop(Runnable action);
}
