package dev.fairway.node.cli;

import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** A command to a node that shows what the node answers. */
abstract class FromNode extends ToNode {
  @Mixin
  Output output = new Output();

  /** Shows an object that the node answered. */
  int shown(JsonNode object) {
    output.object(out(), object);
    return 0;
  }

  /** Shows a list that the node answered, or in words that there is nothing in it. */
  int listed(JsonNode items, String none, String... columns) {
    output.table(out(), items, none, columns);
    return 0;
  }
}
