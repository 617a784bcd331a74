package dev.fairway.connectors.reduce;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.reduce.Annotated.Location;
import dev.fairway.connectors.reduce.Strategy.Annotation;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes one document of two with the same key, as the {@code reduce} annotations of their schema say. What the later (right)
 * document is decides which annotations apply; where none does, it replaces the earlier (left) one.
 *
 * <p>Every strategy is associative: {@code (a b) c} and {@code a (b c)} are the same, so that documents may be combined
 * before they meet what is stored. Numbers are added exactly, as decimals. Neither document is changed. Safe for many
 * threads.
 */
public final class Reducer {
  /* A sum of numbers further apart than that would be as long as the distance. */
  private static final int MOST_DIGITS = 2000;

  private final Annotated schema;
  private final boolean keepsLast;

  private Reducer(Annotated schema) {
    this.schema = schema;
    this.keepsLast = schema.keepsLast();
  }

  /** @throws IllegalArgumentException when the schema has an annotation that is not one; the message says where */
  public static Reducer of(JsonNode schema) {
    return new Reducer(new Annotated(schema));
  }

  /** Whether a later document always replaces an earlier one, so that nothing ever needs to be reduced. */
  public boolean keepsLast() {
    return keepsLast;
  }

  /**
   * One document that has the effect of both, on whatever there was before them.
   *
   * @throws ReduceException when values are not what their strategy needs
   */
  public JsonNode combine(JsonNode left, JsonNode right) {
    return keepsLast ? right : reduce(schema.document(right), left, right, false);
  }

  /**
   * The document that remains: what is only an instruction, such as the removals of a set, has had its effect and is gone.
   *
   * @param left what {@code complete} has answered before, or null when there was nothing
   * @throws ReduceException when values are not what their strategy needs
   */
  public JsonNode complete(@Nullable JsonNode left, JsonNode right) {
    return keepsLast ? right : reduce(schema.document(right), left, right, true);
  }

  /**
   * Whether the document takes away what there is of its key: {@code /_meta/op} is {@code d}, or its annotation says
   * {@code delete: true}.
   */
  public boolean deletes(JsonNode document) {
    return document.path("_meta").path("op").asString("").equals("d")
        || (!keepsLast && schema.annotation(schema.document(document)).delete());
  }

  private JsonNode reduce(Location at, @Nullable JsonNode left, JsonNode right, boolean complete) {
    if (left == null && !complete) {
      return right;
    }
    return switch (schema.annotation(at).strategy()) {
      case Strategy.LastWriteWins _ -> right;
      case Strategy.FirstWriteWins _ -> left == null ? right : left;
      case Strategy.Append _ -> left == null ? right : append(at, left, right);
      case Strategy.Sum _ -> left == null ? right : sum(at, left, right);
      case Strategy.Merge(var key) -> merge(at, left, right, key, complete);
      case Strategy.Minimize(var key) -> choose(at, left, right, key, JsonOrder.by(key), complete);
      case Strategy.Maximize(var key) -> choose(at, left, right, key, JsonOrder.by(key).reversed(), complete);
      case Strategy.SetChange(var key) -> new SetChanges(this, at, key, complete).reduce(left, right);
    };
  }

  private static JsonNode append(Location at, JsonNode left, JsonNode right) {
    if (left.isNull()) {
      return left;
    }
    if (!(left instanceof ArrayNode first) || !(right instanceof ArrayNode second)) {
      throw cannot(at, "append needs two arrays", left, right);
    }
    return Json.array().addAll(first).addAll(second);
  }

  private static JsonNode sum(Location at, JsonNode left, JsonNode right) {
    if (!left.isNumber() || !right.isNumber()) {
      throw cannot(at, "sum needs two numbers", left, right);
    }
    if (left.isIntegralNumber() && right.isIntegralNumber()) {
      BigInteger sum = left.bigIntegerValue().add(right.bigIntegerValue());
      // As the parser would have it, so that equal numbers are equal values.
      return sum.bitLength() < Integer.SIZE
          ? JsonNodeFactory.instance.numberNode(sum.intValue())
          : sum.bitLength() < Long.SIZE
              ? JsonNodeFactory.instance.numberNode(sum.longValue())
              : JsonNodeFactory.instance.numberNode(sum);
    }
    BigDecimal first = left.decimalValue();
    BigDecimal second = right.decimalValue();
    long top = Math.max((long) first.precision() - first.scale(), (long) second.precision() - second.scale());
    if (top + Math.max(first.scale(), second.scale()) > MOST_DIGITS) {
      throw cannot(at, "the sum would have more than " + MOST_DIGITS + " digits", left, right);
    }
    return JsonNodeFactory.instance.numberNode(first.add(second));
  }

  private JsonNode choose(Location at, @Nullable JsonNode left, JsonNode right, List<JsonPointer> key,
      Comparator<JsonNode> order, boolean complete) {
    int side = left == null ? 1 : order.compare(left, right);
    if (left != null && side == 0 && !key.isEmpty() && left.isContainer()) {
      return merge(at, left, right, List.of(), complete);
    }
    return left != null && side <= 0 ? left : right;
  }

  private JsonNode merge(Location at, @Nullable JsonNode left, JsonNode right, List<JsonPointer> key,
      boolean complete) {
    if (left != null && left.isNull()) {
      return left;
    }
    if (right instanceof ObjectNode second && (left == null || left.isObject())) {
      return members(at, (ObjectNode) left, second, complete);
    }
    if (right instanceof ArrayNode second && (left == null || left.isArray())) {
      ArrayNode first = left == null ? Json.array() : (ArrayNode) left;
      return key.isEmpty()
          ? byIndex(at, first, second, complete)
          : items(byKey(at, keyed(first, key), keyed(second, key), complete));
    }
    if (left == null) {
      return right;
    }
    throw cannot(at, "merge needs two objects or two arrays", left, right);
  }

  /** Reduces what both have, and keeps what one has; in the order of the left, then of the right. */
  ObjectNode members(Location at, @Nullable ObjectNode left, ObjectNode right, boolean complete) {
    ObjectNode merged = Json.object();
    if (left != null) {
      left.properties().forEach(member -> merged.set(member.getKey(), member.getValue()));
    }
    for (Map.Entry<String, JsonNode> member : right.properties()) {
      Location location = schema.member(at, member.getKey(), member.getValue());
      Annotation annotation = schema.annotation(location);
      if (complete && annotation.delete()) {
        merged.remove(member.getKey());
      } else {
        merged.set(member.getKey(), reduce(location, merged.get(member.getKey()), member.getValue(), complete));
      }
    }
    return merged;
  }

  private ArrayNode byIndex(Location at, ArrayNode left, ArrayNode right, boolean complete) {
    ArrayNode merged = Json.array();
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      JsonNode first = left.get(i);
      JsonNode second = right.get(i);
      merged.add(second == null ? first : reduce(schema.item(at, i, second), first, second, complete));
    }
    return merged;
  }

  /** Reduces items of the same key, and keeps the others. */
  NavigableMap<JsonNode, JsonNode> byKey(Location at, NavigableMap<JsonNode, JsonNode> left,
      NavigableMap<JsonNode, JsonNode> right,
      boolean complete) {
    NavigableMap<JsonNode, JsonNode> merged = new TreeMap<>(left);
    int index = 0;
    for (JsonNode item : right.values()) {
      Location location = schema.item(at, index++, item);
      JsonNode reduced = reduce(location, merged.remove(item), item, complete);
      merged.put(reduced, reduced);
    }
    return merged;
  }

  /** Items by themselves, in the order of the key; the last of several that are equal. */
  static NavigableMap<JsonNode, JsonNode> keyed(JsonNode items, List<JsonPointer> key) {
    NavigableMap<JsonNode, JsonNode> keyed = new TreeMap<>(JsonOrder.by(key));
    for (JsonNode item : items) {
      keyed.remove(item);
      keyed.put(item, item);
    }
    return keyed;
  }

  static ArrayNode items(NavigableMap<JsonNode, JsonNode> keyed) {
    return Json.array().addAll(keyed.values());
  }

  Annotated schema() {
    return schema;
  }

  static ReduceException cannot(Location at, String why, JsonNode left, JsonNode right) {
    return new ReduceException("cannot reduce " + at + ": " + why + ", and they are " + shortened(left) + " and "
        + shortened(right));
  }

  private static String shortened(JsonNode value) {
    String text = Json.text(value);
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }
}
