package dev.fairway.daml.v2;

import dev.fairway.core.ledger.Offset;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is said to the double, read strictly: nothing may lack, and nothing unknown may be there. */
final class CantonJson {
  static final JsonMapper MAPPER = JsonMapper.shared();

  private CantonJson() {}

  /** Fields that must be there, then after a {@code ?} those that may. */
  static void fields(JsonNode json, String what, String... names) {
    if (!json.isObject()) {
      throw CantonProblem.malformed(what + " must be an object");
    }
    Set<String> left = new LinkedHashSet<>();
    json.propertyNames().forEach(left::add);
    for (String name : names) {
      boolean optional = name.startsWith("?");
      if (!left.remove(optional ? name.substring(1) : name) && !optional) {
        throw CantonProblem.malformed(what + " lacks " + name);
      }
    }
    if (!left.isEmpty()) {
      throw CantonProblem.malformed(what + " has no field " + left);
    }
  }

  static String text(JsonNode json, String field) {
    if (!json.path(field).isString()) {
      throw CantonProblem.malformed(field + " must be a text");
    }
    return json.path(field).asString();
  }

  static long number(Offset offset) {
    return offset.equals(Offset.BEGIN) ? 0 : Long.parseLong(offset.value());
  }
}
