package dev.fairway.connectors.reduce;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/** How the values of one location are reduced: what a {@code reduce} annotation says. */
sealed interface Strategy {
  /** The left value stays. */
  record FirstWriteWins() implements Strategy {}

  /** The right value replaces the left one; what holds where nothing is said. */
  record LastWriteWins() implements Strategy {}

  /** The right array's items go behind the left one's. */
  record Append() implements Strategy {}

  /** Numbers are added, exactly. */
  record Sum() implements Strategy {}

  /** Members are reduced one by one; items too, by their index or, with a key, by that. */
  record Merge(List<JsonPointer> key) implements Strategy {}

  /** The smaller value stays; values whose keys are equal are merged. */
  record Minimize(List<JsonPointer> key) implements Strategy {}

  /** The larger value stays; values whose keys are equal are merged. */
  record Maximize(List<JsonPointer> key) implements Strategy {}

  /** The value is a change of a set: what is added, and what is removed or alone stays. */
  record SetChange(List<JsonPointer> key) implements Strategy {}

  /**
   * A strategy, and whether a document with it at its root (or a member with it) goes away once it is reduced.
   */
  record Annotation(Strategy strategy, boolean delete) {
    static final Annotation NONE = new Annotation(new LastWriteWins(), false);

    /** Whether it says no more than what holds without it. */
    boolean keepsLast() {
      return strategy instanceof LastWriteWins && !delete;
    }
  }

  /**
   * Reads an annotation.
   *
   * @throws IllegalArgumentException when there is no such strategy, or it cannot have what it is given
   */
  static Annotation parse(JsonNode annotation) {
    if (!annotation.isObject()) {
      throw new IllegalArgumentException("must be an object such as { strategy: sum }, is " + annotation);
    }
    JsonNode name = annotation.path("strategy");
    List<JsonPointer> key = key(annotation.path("key"));
    Strategy strategy = switch (name.asString("")) {
      case "firstWriteWins" -> new FirstWriteWins();
      case "lastWriteWins" -> new LastWriteWins();
      case "append" -> new Append();
      case "sum" -> new Sum();
      case "merge" -> new Merge(key);
      case "minimize" -> new Minimize(key);
      case "maximize" -> new Maximize(key);
      case "set" -> new SetChange(key);
      default ->
        throw new IllegalArgumentException((name.isMissingNode() ? "has no strategy" : "unknown strategy " + name)
            + "; there are append, firstWriteWins, lastWriteWins, maximize, merge, minimize, set and sum");
    };
    boolean keyed = switch (strategy) {
      case Merge _,Minimize _,Maximize _,SetChange _ -> true;
      case FirstWriteWins _,LastWriteWins _,Append _,Sum _ -> false;
    };
    if (annotation.has("key") && !keyed) {
      throw new IllegalArgumentException(name.asString("") + " has no key; maximize, merge, minimize and set have one");
    }
    TreeSet<String> unknown = new TreeSet<>(annotation.propertyNames());
    unknown.removeAll(List.of("strategy", "key", "delete"));
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("unknown member " + String.join(", ", unknown)
          + "; there are strategy, key and delete");
    }
    return new Annotation(strategy, annotation.path("delete").asBoolean(false));
  }

  private static List<JsonPointer> key(JsonNode pointers) {
    List<JsonPointer> key = new ArrayList<>();
    for (JsonNode pointer : pointers) {
      String text = pointer.asString("?");
      if (!text.isEmpty() && !text.startsWith("/")) {
        throw new IllegalArgumentException("key " + pointer + " must be a JSON pointer: empty, or beginning with '/'");
      }
      key.add(JsonPointer.compile(text));
    }
    return List.copyOf(key);
  }
}
