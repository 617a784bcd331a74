package dev.fairway.connector;

import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.Packed;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Stores rows, one transaction after another. A transaction is: {@link #load}s, {@link #flush}, {@link #store}s,
 * {@link #commit}, in this order, then {@link #acknowledge} once the runtime's side is durable too. A throw ends the session and everything since
 * the last commit is to be forgotten. Called by one thread.
 */
public interface Transactor extends AutoCloseable {
  /**
   * The checkpoint that was committed at the destination together with the rows. Such a destination is exact: rows are
   * stored once. Empty when it keeps none, and the runtime's own checkpoint counts.
   */
  default Optional<JsonNode> checkpoint() {
    return Optional.empty();
  }

  /**
   * Whether the session must be asked for documents before they are stored. Without it, rows whose reduction needs what
   * was stored before cannot be kept.
   */
  default boolean loads() {
    return true;
  }

  /** Whether any row is there for the binding; false where that is not known. Called before the first transaction. */
  default boolean holds(int binding) throws Exception {
    return false;
  }

  /** Looks rows up by their keys and tells those that are there; called once per binding and transaction at most. */
  void load(int binding, List<Packed> keys, Found found) throws Exception;

  /** There is nothing more to look up in this transaction; when this returns, all that is there was told. */
  default void flush() throws Exception {}

  void store(Row row) throws Exception;

  /**
   * Makes everything since the last commit durable, with this checkpoint, or in a way that {@link #acknowledge} completes.
   *
   * @return a change of the connector's state, which becomes durable on the runtime's side afterwards
   * @throws FencedException when another session has taken over
   */
  ConnectorState commit(JsonNode checkpoint) throws Exception;

  /** The runtime's side of the last commit is durable. Also called first of all, after a restart. */
  default void acknowledge() throws Exception {}

  @Override
  void close();

  /** Told of rows that are there. */
  interface Found {
    void row(JsonNode document);
  }

  /**
   * A row to be stored.
   *
   * @param exists whether the key was loaded or stored before, where that is known
   * @param delete whether the row goes away
   * @param document the whole document; absent when the binding does not store it
   */
  record Row(int binding, Packed key, List<JsonNode> keys, List<JsonNode> values, @Nullable JsonNode document,
      boolean exists, boolean delete) {
    public Row {
      keys = List.copyOf(keys);
      values = List.copyOf(values);
    }
  }

  /** Another session owns the destination now. */
  final class FencedException extends Exception {
    private static final long serialVersionUID = 1L;

    public FencedException(String message) {
      super(message);
    }
  }
}
