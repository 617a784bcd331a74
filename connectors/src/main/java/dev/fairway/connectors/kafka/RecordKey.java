package dev.fairway.connectors.kafka;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.json.Json;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The keys of a topic's records: JSON objects of the collection's key, {@code {"id":7}}. They are made of packed keys, so
 * that equal keys are equal bytes and meet in one partition.
 *
 * @param fields what their members are called, in the order of the key
 */
record RecordKey(List<String> fields) {
  /** With the names that the collection's key has as fields. */
  static Function<JsonNode, byte[]> of(CollectionSpec collection) {
    Map<String, String> names = collection.projections().stream()
        .collect(Collectors.toMap(Projection::ptr, Projection::field, (first, second) -> first));
    RecordKey key = new RecordKey(
        collection.key().stream().map(pointer -> names.getOrDefault(pointer, pointer)).toList());
    List<JsonPointer> pointers = collection.key().stream().map(JsonPointer::compile).toList();
    return document -> key.bytes(Packed.of(pointers.stream().map(pointer -> valueAt(document, pointer)).toList()));
  }

  private static JsonNode valueAt(JsonNode document, JsonPointer pointer) {
    JsonNode value = document.at(pointer);
    return value.isMissingNode() ? NullNode.getInstance() : value;
  }

  byte[] bytes(Packed packed) {
    ObjectNode key = Json.object();
    List<JsonNode> values = packed.values();
    for (int i = 0; i < fields.size(); i++) {
      key.set(fields.get(i), values.get(i));
    }
    return Json.bytes(key);
  }
}
