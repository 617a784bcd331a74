package dev.fairway.node.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Shows an answer to a person as lines and columns, or to a program as JSON. */
final class Output {
  private static final JsonMapper PRETTY = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  @Option(names = "--json", description = "print JSON")
  boolean json;

  void object(PrintWriter out, JsonNode object) {
    if (json || !object.isObject()) {
      out.println(PRETTY.writeValueAsString(object));
      return;
    }
    int width = object.propertyStream().mapToInt(field -> field.getKey().length()).max().orElse(0);
    object.propertyStream().forEach(field -> {
      JsonNode value = field.getValue();
      String text = value.isContainer()
          ? PRETTY.writeValueAsString(value).replace("\n", "\n" + " ".repeat(width + 2))
          : cell(value);
      out.println(pad(field.getKey(), width) + "  " + text);
    });
  }

  void table(PrintWriter out, JsonNode items, String none, String... columns) {
    if (json) {
      out.println(PRETTY.writeValueAsString(items));
      return;
    }
    if (items.isEmpty()) {
      out.println(none);
      return;
    }
    List<String[]> rows = new ArrayList<>();
    String[] heads = new String[columns.length];
    for (int i = 0; i < columns.length; i++) {
      heads[i] = columns[i].replace('_', ' ');
    }
    rows.add(heads);
    for (JsonNode item : items) {
      String[] row = new String[columns.length];
      for (int i = 0; i < columns.length; i++) {
        row[i] = cell(item.path(columns[i]));
      }
      rows.add(row);
    }
    int[] widths = new int[columns.length];
    for (String[] row : rows) {
      for (int i = 0; i < columns.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns.length; i++) {
        line.append(pad(row[i], widths[i])).append("  ");
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static String cell(JsonNode value) {
    String text = value.isMissingNode() || value.isNull()
        ? "-"
        : value.isString()
            ? value.stringValue()
            : value.toString();
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() > 120 ? line.substring(0, 117) + "..." : line;
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
