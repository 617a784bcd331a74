package dev.fairway.connector;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.CollectionSpec;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Takes data from somewhere and hands it over in transactions. An implementation has no state of its own between calls:
 * each call may come in a new process.
 */
public non-sealed interface Capture<C extends Record, R extends Record> extends Connector<C, R> {
  /** What could be captured with this configuration. */
  List<Discovery<R>> discover(C config) throws Exception;

  /**
   * Whether it would work: connects, looks, and changes nothing.
   *
   * @throws Exception whose message tells the person who configured it what to mend
   */
  default void validate(C config, List<R> resources) throws Exception {
    discover(config);
  }

  /** The resource's name at the source: where its state is kept, and what must be unique in a task. */
  List<String> resourcePath(R resource);

  /** JSON pointers in the resource's configuration that make up its path. */
  List<String> resourcePathPointers();

  /**
   * Sets up at the source what must be there before a session. Idempotent.
   *
   * @return what was done, for people; empty when nothing had to be
   */
  default String apply(C config, List<Bound<R>> bindings) throws Exception {
    return "";
  }

  /**
   * Captures until there is nothing more for now, or {@link CaptureSession#stopping} is true. Returning ends the session
   * well; it is begun again after the task's interval. A throw ends it with an error; nothing since the last commit was
   * captured.
   */
  void run(C config, CaptureSession<R> session) throws Exception;

  /**
   * A resource that could be captured.
   *
   * @param key JSON pointers
   */
  record Discovery<R>(String recommendedName, R resource, JsonNode documentSchema, List<String> key) {
    public Discovery {
      key = List.copyOf(key);
    }
  }

  /**
   * A resource that is to be captured.
   *
   * @param index its number in the session
   * @param stateKey names its state; changes when it is to begin anew
   */
  record Bound<R>(int index, R resource, CollectionSpec collection, String stateKey) {
    public static <R extends Record> Bound<R> of(int index, CaptureSpec.Binding binding, Class<R> type) {
      return new Bound<>(index, Settings.read(binding.resourceConfig(), type), binding.collection(),
          binding.stateKey());
    }
  }
}
