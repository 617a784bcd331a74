package dev.fairway.connectors.reduce;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/**
 * A total order of JSON values: null, false, true, numbers by value, strings by code points, arrays item by item, objects
 * member by member in the order of their names.
 */
final class JsonOrder implements Comparator<JsonNode> {
  static final JsonOrder NATURAL = new JsonOrder();

  private JsonOrder() {}

  /** The order of the values at these places, one after the other; what is missing is null. Without any, the natural one. */
  static Comparator<JsonNode> by(List<JsonPointer> key) {
    return key.isEmpty() ? NATURAL : (left, right) -> {
      for (JsonPointer part : key) {
        int order = NATURAL.compare(at(left, part), at(right, part));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    };
  }

  private static JsonNode at(JsonNode value, JsonPointer part) {
    JsonNode found = value.at(part);
    return found.isMissingNode() ? NullNode.getInstance() : found;
  }

  @Override
  public int compare(JsonNode left, JsonNode right) {
    int kind = Integer.compare(kind(left), kind(right));
    if (kind != 0) {
      return kind;
    }
    return switch (left.getNodeType()) {
      case BOOLEAN -> Boolean.compare(left.booleanValue(), right.booleanValue());
      case NUMBER -> left.decimalValue().compareTo(right.decimalValue());
      case STRING -> codePoints(left.stringValue(), right.stringValue());
      case ARRAY -> items(left.iterator(), right.iterator());
      case OBJECT -> members(left, right);
      default -> 0;
    };
  }

  private static int kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> 1;
      case NUMBER -> 2;
      case STRING -> 3;
      case ARRAY -> 4;
      case OBJECT -> 5;
      default -> 0;
    };
  }

  /* UTF-16 puts what is beyond the basic plane before its last part; code points and UTF-8 do not. */
  private static int codePoints(String left, String right) {
    int at = 0;
    while (at < left.length() && at < right.length()) {
      int a = left.codePointAt(at);
      int b = right.codePointAt(at);
      if (a != b) {
        return Integer.compare(a, b);
      }
      at += Character.charCount(a);
    }
    return Integer.compare(left.length(), right.length());
  }

  private int items(Iterator<JsonNode> left, Iterator<JsonNode> right) {
    while (left.hasNext() && right.hasNext()) {
      int order = compare(left.next(), right.next());
      if (order != 0) {
        return order;
      }
    }
    return Boolean.compare(left.hasNext(), right.hasNext());
  }

  private int members(JsonNode left, JsonNode right) {
    NavigableMap<String, JsonNode> a = sorted(left);
    NavigableMap<String, JsonNode> b = sorted(right);
    int names = String.join("\0", a.keySet()).compareTo(String.join("\0", b.keySet()));
    return names != 0 ? names : items(a.values().iterator(), b.values().iterator());
  }

  private static NavigableMap<String, JsonNode> sorted(JsonNode object) {
    NavigableMap<String, JsonNode> members = new TreeMap<>();
    object.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
    return members;
  }
}
