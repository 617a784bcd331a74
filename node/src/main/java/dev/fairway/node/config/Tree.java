package dev.fairway.node.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A settings file as it was written, each value with its line. */
sealed interface Tree {
  Origin origin();

  /** A value; every scalar is kept as text, so that the reader of the setting decides what it means. */
  record Leaf(String text, Origin origin) implements Tree {}

  /** Named values, in the order written. */
  record Branch(Map<String, Tree> children, Origin origin) implements Tree {
    static Branch empty(Origin origin) {
      return new Branch(new LinkedHashMap<>(), origin);
    }
  }

  /** Values in a row. */
  record Row(List<Tree> items, Origin origin) implements Tree {}
}
