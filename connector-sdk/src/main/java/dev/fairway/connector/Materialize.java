package dev.fairway.connector;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import dev.fairway.connector.flow.RangeSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Keeps the documents of collections somewhere, one row per key. */
public non-sealed interface Materialize<C extends Record, R extends Record> extends Connector<C, R> {
  /** Where the resource is at the destination; must be unique in a task. */
  List<String> resourcePath(C config, R resource);

  /** Whether each stored document is a change to be added, rather than the row's new content. */
  default boolean deltaUpdates(R resource) {
    return false;
  }

  /**
   * What may be stored of a collection there: a constraint per field. Connects, looks, and changes nothing.
   *
   * @throws Exception whose message tells the person who configured it what to mend
   */
  Map<String, Constraint> constraints(C config, R resource, CollectionSpec collection) throws Exception;

  /**
   * Creates and widens what the bindings need. Idempotent.
   *
   * @return what was done, for people; empty when nothing had to be
   */
  String apply(C config, List<Bound<R>> bindings) throws Exception;

  /**
   * How soon documents are stored, where each transaction costs so much that it should have many of them. Heeded by a
   * runtime that runs the connector in its own process; the Flow protocol has no word for it.
   */
  default Pace pace(C config) {
    return Pace.AT_ONCE;
  }

  /** Begins a session: takes ownership of the range at the destination, so that an older session can no longer write. */
  Transactor open(C config, String task, RangeSpec range, List<Bound<R>> bindings, JsonNode state) throws Exception;

  /**
   * When a transaction begins.
   *
   * @param leastBytes as soon as documents of so many bytes wait, as their collections have them
   * @param longestWait but once a document has waited so long since it was published, with whatever there is
   */
  record Pace(long leastBytes, Duration longestWait) {
    /** With the first document. */
    public static final Pace AT_ONCE = new Pace(0, Duration.ZERO);
  }

  /**
   * A binding to be stored.
   *
   * @param index its number in the session
   */
  record Bound<R>(int index, R resource, MaterializationSpec.Binding spec) {
    public static <R extends Record> Bound<R> of(int index, MaterializationSpec.Binding binding, Class<R> type) {
      return new Bound<>(index, Settings.read(binding.resourceConfig(), type), binding);
    }

    public CollectionSpec collection() {
      return spec.collection();
    }
  }
}
