package dev.fairway.connectors.derive;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.DeriveRequest;
import dev.fairway.connector.flow.DeriveResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A connector that derives. Each call starts it anew. Safe for many threads; a session belongs to one. */
public interface DeriveProgram {
  DeriveResponse.Spec spec() throws Exception;

  DeriveResponse.Validated validate(DeriveRequest.Validate asked) throws Exception;

  /**
   * Begins a session.
   *
   * @param collection the derived collection, with its derivation
   * @param state the state last committed
   */
  Session open(CollectionSpec collection, JsonNode state) throws Exception;

  /**
   * Derives one transaction after another: {@link #derive}, then {@link #commit}. A throw ends the session, with the
   * connector's own last words; everything since the last commit is to be forgotten.
   */
  interface Session extends AutoCloseable {
    /**
     * Hands a transaction's documents over, and takes what is published until there is nothing more of it.
     *
     * @param reads may be asked by another thread than the caller's, which has ended when this returns
     */
    void derive(Reads reads, Published published) throws Exception;

    /** @return the change of state that is to become durable with the checkpoint */
    ConnectorState commit(JsonNode checkpoint) throws Exception;

    @Override
    void close();
  }

  /** The documents of a transaction. */
  interface Reads {
    /** The next one; null when there are no more. */
    DeriveRequest.@Nullable Read next() throws Exception;
  }

  /** Takes documents of the derived collection. */
  interface Published {
    void document(JsonNode document);
  }
}
