package dev.fairway.connector;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.ConnectorState;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Makes a collection out of others.
 *
 * @param <R> configuration of one transform: its lambda
 */
public non-sealed interface Derive<C extends Record, R extends Record> extends Connector<C, R> {
  /** @throws Exception whose message tells the person who configured it what to mend */
  default void validate(C config, List<R> transforms) throws Exception {}

  Session open(C config, CollectionSpec collection, List<R> transforms, JsonNode state) throws Exception;

  /** A derivation at work; called by one thread. */
  interface Session {
    /** Takes a document of a source in, and may publish. */
    void read(int transform, JsonNode document, Publisher publisher) throws Exception;

    /** The transaction has no more documents; may publish. */
    default void flush(Publisher publisher) throws Exception {}

    /** The state that commits with what was published and read. */
    default ConnectorState commit() {
      return ConnectorState.unchanged();
    }

    /** Forgets everything; between test cases only. */
    default void reset() {}
  }

  /** Takes documents of the derived collection. Works only during the call it is given to. */
  interface Publisher {
    void publish(JsonNode document);
  }
}
