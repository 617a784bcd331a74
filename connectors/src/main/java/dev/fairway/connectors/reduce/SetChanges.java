package dev.fairway.connectors.reduce;

import static dev.fairway.connectors.reduce.Reducer.cannot;
import static dev.fairway.connectors.reduce.Reducer.items;
import static dev.fairway.connectors.reduce.Reducer.keyed;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.reduce.Annotated.Location;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes of a set, one after the other. A change is {@code {add, remove}} or {@code {add, intersect}}: first everything in
 * {@code remove} leaves the set, or everything that is not in {@code intersect}; then {@code add} enters, or is reduced with
 * the same member. Members are those of an object, by name, or the items of an array, by key.
 *
 * <p>Two changes are one: with {@code B} what there was, {@code (B - R1 + A1) ∩ I2 + A2} is
 * {@code B ∩ (I2 - R1) + ((A1 ∩ I2) + A2)}, and likewise for the other pairs.
 */
final class SetChanges {
  private static final String ADD = "add";
  private static final String REMOVE = "remove";
  private static final String INTERSECT = "intersect";

  private final Reducer reducer;
  private final Location at;
  private final List<JsonPointer> key;
  private final boolean complete;

  /** @param complete whether the left is a set rather than a change, so that only what is in it is kept */
  SetChanges(Reducer reducer, Location at, List<JsonPointer> key, boolean complete) {
    this.reducer = reducer;
    this.at = at;
    this.key = key;
    this.complete = complete;
  }

  JsonNode reduce(@Nullable JsonNode left, JsonNode right) {
    ObjectNode first = left == null ? Json.object() : change(left, right);
    ObjectNode second = change(right, right);
    ObjectNode reduced = Json.object();
    JsonNode added = added(first, second);
    if (added != null) {
      reduced.set(ADD, added);
    }
    if (!complete) {
      narrowed(first, second, reduced);
    }
    return reduced;
  }

  private ObjectNode change(JsonNode value, JsonNode right) {
    if (!(value instanceof ObjectNode change)
        || !List.of(ADD, REMOVE, INTERSECT).containsAll(change.propertyNames())) {
      throw cannot(at, "set needs objects of add, remove and intersect", value, right);
    }
    if (change.has(REMOVE) && change.has(INTERSECT)) {
      throw cannot(at, "a change of a set cannot both remove and intersect", value, right);
    }
    return change;
  }

  /** What is left of the first additions, reduced with the second. */
  private @Nullable JsonNode added(ObjectNode first, ObjectNode second) {
    JsonNode before = first.get(ADD);
    JsonNode after = second.get(ADD);
    if (before != null && second.has(REMOVE)) {
      before = filtered(before, second.path(REMOVE), false);
    }
    if (before != null && second.has(INTERSECT)) {
      before = filtered(before, second.path(INTERSECT), true);
    }
    if (after == null) {
      return before;
    }
    Location location = reducer.schema().member(at, ADD, after);
    if (after instanceof ObjectNode additions && (before == null || before.isObject())) {
      return reducer.members(location, (ObjectNode) before, additions, complete);
    }
    if (after.isArray() && (before == null || before.isArray())) {
      return items(
          reducer.byKey(location, keyed(before == null ? Json.array() : before, key), keyed(after, key), complete));
    }
    throw cannot(at, "add must be objects or arrays on both sides", before == null ? Json.object() : before, after);
  }

  /** What the changes together take from a set that is not known. */
  private void narrowed(ObjectNode first, ObjectNode second, ObjectNode reduced) {
    JsonNode remove = first.get(REMOVE);
    JsonNode intersect = first.get(INTERSECT);
    if (second.has(INTERSECT)) {
      JsonNode kept = second.path(INTERSECT);
      kept = remove == null ? kept : filtered(kept, remove, false);
      reduced.set(INTERSECT, intersect == null ? kept : filtered(intersect, kept, true));
    } else if (second.has(REMOVE)) {
      if (intersect == null) {
        reduced.set(REMOVE, remove == null ? second.path(REMOVE) : joined(remove, second.path(REMOVE)));
      } else {
        reduced.set(INTERSECT, filtered(intersect, second.path(REMOVE), false));
      }
    } else if (intersect != null) {
      reduced.set(INTERSECT, intersect);
    } else if (remove != null) {
      reduced.set(REMOVE, remove);
    }
  }

  /** The members that are, or are not, among the others. */
  private JsonNode filtered(JsonNode members, JsonNode others, boolean among) {
    requireSame(members, others);
    if (members instanceof ObjectNode object) {
      ObjectNode kept = Json.object();
      object.properties().stream().filter(member -> others.has(member.getKey()) == among)
          .forEach(member -> kept.set(member.getKey(), member.getValue()));
      return kept;
    }
    Predicate<JsonNode> known = keyed(others, key)::containsKey;
    var kept = keyed(members, key);
    kept.keySet().removeIf(member -> known.test(member) != among);
    return items(kept);
  }

  private JsonNode joined(JsonNode left, JsonNode right) {
    requireSame(left, right);
    if (left instanceof ObjectNode object) {
      ObjectNode all = Json.object();
      object.properties().forEach(member -> all.set(member.getKey(), member.getValue()));
      right.properties().forEach(member -> all.putIfAbsent(member.getKey(), member.getValue()));
      return all;
    }
    var all = keyed(left, key);
    right.forEach(member -> all.putIfAbsent(member, member));
    return items(all);
  }

  private void requireSame(JsonNode left, JsonNode right) {
    if (!left.isContainer() || left.isObject() != right.isObject() || left.isArray() != right.isArray()) {
      throw cannot(at, "a set's members must all be in objects, or all in arrays", left, right);
    }
  }
}
