package dev.fairway.exchange.message;

import tools.jackson.databind.JsonNode;

/** How a refused value is shown to the one who sent it: on one line, and cut. */
final class Shown {
  private static final int LONGEST = 300;

  private Shown() {}

  static String of(String value) {
    String cut = value.length() > LONGEST ? value.substring(0, LONGEST) + "…" : value;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }

  /** Values as old clients see them: absent and null are {@code None}. */
  static String of(JsonNode value) {
    return value.isString() ? of(value.stringValue()) : value.isNull() ? "None" : of(value.toString());
  }

  /** The type's name in the texts old clients know. */
  static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "str";
      case NUMBER -> value.isIntegralNumber() ? "int" : "float";
      case BOOLEAN -> "bool";
      case ARRAY -> "list";
      case OBJECT -> "dict";
      case NULL, MISSING, BINARY, POJO -> "NoneType";
    };
  }
}
