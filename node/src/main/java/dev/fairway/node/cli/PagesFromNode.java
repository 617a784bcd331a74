package dev.fairway.node.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** A command that shows a page of a list, and how to ask for the next. */
abstract class PagesFromNode extends FromNode {
  @Option(names = "--limit", defaultValue = "50", description = "at most so many, up to 500 (default: ${DEFAULT-VALUE})")
  int limit;
  @Option(names = "--cursor", description = "go on where the last list ended")
  String cursor = "";

  int page(String path, Map<String, String> filter, String none, String... columns) {
    Map<String, String> query = new LinkedHashMap<>(filter);
    query.put("limit", Integer.toString(limit));
    query.put("cursor", cursor);
    JsonNode answer = remote.get(path + "?" + Remote.query(query));
    listed(answer.path("items"), none, columns);
    if (!output.json && answer.path("next_cursor").isString()) {
      out().println("more: --cursor " + answer.path("next_cursor").stringValue());
    }
    return 0;
  }
}
