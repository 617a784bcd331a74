package dev.fairway.connectors.spec;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.CollectionSpec.Inference;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.CollectionSpec.StringFacts;
import dev.fairway.connector.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a collection's schema says about the locations in its documents, as fields that can be materialized. */
public final class Projections {
  private static final int DEPTH = 8;

  private final JsonNode root;
  private final Map<String, Projection> fields = new LinkedHashMap<>();
  private final List<String> key;

  private Projections(JsonNode root, List<String> key) {
    this.root = root;
    this.key = key;
  }

  /**
   * A collection as connectors see it, with a field for each location its schema knows.
   *
   * @param explicit fields somebody asked for: name to JSON pointer
   */
  public static CollectionSpec of(String name, JsonNode write, @Nullable JsonNode read, List<String> key,
      Map<String, String> explicit) {
    JsonNode schema = read == null ? write : read;
    Projections projections = new Projections(schema, key);
    for (String pointer : key) {
      projections.add(pointer, pointer.substring(1), false, projections.at(pointer));
    }
    explicit.forEach((field, pointer) -> projections.add(pointer, field, true, projections.at(pointer)));
    projections.walk("", schema, true, 0);
    projections.fields.put("flow_published_at", new Projection("/_meta/uuid", "flow_published_at", false, false, false,
        new Inference(List.of("string"), "MUST", "Flow Publication Time", "", false,
            new StringFacts("", "date-time", "uuid", 0))));
    projections.fields.put("flow_document", new Projection("", "flow_document", false, false, false,
        new Inference(List.of("object"), "MUST", "Flow Document", "", false, null)));
    ObjectNode ack = Json.object();
    ack.putObject("_meta").put("ack", true).put("uuid", dev.fairway.connector.flow.Protocol.UUID_PLACEHOLDER);
    return new CollectionSpec(name, write, read, key, "/_meta/uuid", List.of(),
        List.copyOf(projections.fields.values()),
        ack, Templates.journal(name + "/pivot=00"), null);
  }

  private void walk(String pointer, JsonNode schema, boolean must, int depth) {
    JsonNode resolved = resolve(schema, 0);
    if (depth > DEPTH) {
      return;
    }
    for (JsonNode part : resolved.path("allOf")) {
      walk(pointer, part, must, depth + 1);
    }
    List<String> required = new ArrayList<>();
    resolved.path("required").forEach(item -> required.add(item.asString("")));
    for (Map.Entry<String, JsonNode> property : resolved.path("properties").properties()) {
      String child = pointer + "/" + property.getKey().replace("~", "~0").replace("/", "~1");
      boolean always = must && required.contains(property.getKey());
      add(child, child.substring(1), false, new Location(property.getValue(), always));
      walk(child, property.getValue(), always, depth + 1);
    }
  }

  private void add(String pointer, String field, boolean explicit, Location location) {
    if (pointer.equals("/_meta/uuid") && !explicit) {
      return;
    }
    JsonNode schema = resolve(location.schema(), 0);
    boolean isKey = key.contains(pointer);
    TreeSet<String> types = new TreeSet<>(types(schema));
    boolean must = location.always() || isKey;
    if (isKey) {
      types.remove("null");
    }
    StringFacts facts = types.contains("string")
        ? new StringFacts("", schema.path("format").asString(""),
            schema.path("contentEncoding").asString(""), schema.path("maxLength").asLong(0))
        : null;
    fields.putIfAbsent(field, new Projection(pointer, field, explicit, false, isKey,
        new Inference(List.copyOf(types), must ? "MUST" : "MAY", schema.path("title").asString(""),
            schema.path("description").asString(""), schema.path("secret").asBoolean(false), facts)));
  }

  /** What the schema says of one location; nothing, when it does not know it. */
  private Location at(String pointer) {
    JsonNode schema = root;
    boolean always = true;
    for (String token : pointer.substring(1).split("/", -1)) {
      String property = token.replace("~1", "/").replace("~0", "~");
      schema = resolve(schema, 0);
      boolean listed = false;
      for (JsonNode item : schema.path("required")) {
        listed |= item.asString("").equals(property);
      }
      always &= listed;
      schema = schema.path("properties").path(property);
    }
    return new Location(schema, always);
  }

  private JsonNode resolve(JsonNode schema, int hops) {
    String reference = schema.path("$ref").asString("");
    if (reference.startsWith("#") && hops < DEPTH) {
      return resolve(reference.length() == 1 ? root : root.at(reference.substring(1)), hops + 1);
    }
    return schema;
  }

  private List<String> types(JsonNode schema) {
    List<String> types = new ArrayList<>();
    JsonNode type = schema.path("type");
    if (type.isString()) {
      types.add(type.stringValue());
    }
    type.forEach(item -> types.add(item.asString("")));
    for (String union : List.of("anyOf", "oneOf")) {
      if (types.isEmpty()) {
        schema.path(union).forEach(option -> types.addAll(types(resolve(option, 0))));
      }
    }
    if (types.isEmpty() && schema.has("const")) {
      types.add(typeOf(schema.path("const")));
    }
    if (types.isEmpty()) {
      schema.path("enum").forEach(value -> types.add(typeOf(value)));
    }
    if (types.isEmpty() && schema.has("properties")) {
      types.add("object");
    }
    return types.isEmpty() ? List.of("array", "boolean", "integer", "null", "number", "object", "string") : types;
  }

  private static String typeOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "string";
      case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
      case BOOLEAN -> "boolean";
      case ARRAY -> "array";
      case OBJECT -> "object";
      default -> "null";
    };
  }

  private record Location(JsonNode schema, boolean always) {}
}
