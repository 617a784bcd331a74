package dev.fairway.node.cli;

import java.util.Map;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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

  /** Says what was done: to a person in a sentence, to a program in facts, each a text or a number. */
  int done(String sentence, Map<String, ?> facts) {
    if (output.json) {
      output.object(out(), Remote.JSON.<ObjectNode>valueToTree(facts));
    } else {
      out().println(sentence);
    }
    return 0;
  }

  /** Says how far it has come, to a person; a program is told the end alone. */
  void underWay(String sentence) {
    if (!output.json) {
      out().println(sentence);
    }
  }
}
