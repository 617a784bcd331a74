package dev.fairway.connectors.capture;

import dev.fairway.connector.flow.CaptureResponse;
import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.ConnectorFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Airbyte catalogs, and the bindings and collections they become. */
final class AirbyteCatalog {
  private static final Map<String, String> WELL_KNOWN = Map.of("String", "{\"type\":\"string\"}", "BinaryData",
      "{\"type\":\"string\",\"contentEncoding\":\"base64\"}", "Date", "{\"type\":\"string\",\"format\":\"date\"}",
      "TimestampWithTimezone", "{\"type\":\"string\",\"format\":\"date-time\"}", "TimestampWithoutTimezone",
      "{\"type\":\"string\"}", "TimeWithTimezone", "{\"type\":\"string\"}", "TimeWithoutTimezone",
      "{\"type\":\"string\"}", "Number", "{\"type\":\"string\",\"format\":\"number\"}", "Integer",
      "{\"type\":\"string\",\"format\":\"integer\"}", "Boolean", "{\"type\":\"boolean\"}");

  private AirbyteCatalog() {}

  static CaptureResponse.Discovered.Binding discovered(JsonNode stream) throws ConnectorFailedException {
    String name = stream.path("name").asString("");
    List<String> modes = strings(stream.path("supported_sync_modes"));
    String mode = modes.contains("incremental") ? "incremental" : "full_refresh";
    if (!modes.contains(mode)) {
      throw new ConnectorFailedException("stream " + name + " supports neither incremental nor full_refresh: " + modes,
          false);
    }
    ObjectNode resource = Json.object().put("stream", name).put("syncMode", mode);
    if (!stream.path("namespace").asString("").isEmpty()) {
      resource.put("namespace", stream.path("namespace").asString(""));
    }
    if (!stream.path("default_cursor_field").isEmpty()) {
      resource.set("cursorField", stream.path("default_cursor_field"));
    }
    List<String> key = new ArrayList<>();
    for (JsonNode path : stream.path("source_defined_primary_key")) {
      key.add(pointer(path));
    }
    if (key.isEmpty() && mode.equals("incremental")) {
      throw new ConnectorFailedException(
          "stream " + name + ": incremental stream is missing a source-defined primary key", false);
    }
    if (key.isEmpty()) {
      key.add("/_meta/row_id");
    }
    return new CaptureResponse.Discovered.Binding(name, resource, schema(stream.path("json_schema"), key), key, false,
        List.of());
  }

  private static String pointer(JsonNode path) {
    List<String> tokens = path.isString() ? List.of(path.stringValue()) : strings(path);
    return tokens.stream().map(token -> "/" + token.replace("~", "~0").replace("/", "~1"))
        .collect(Collectors.joining());
  }

  /** The stream's schema, where rows have numbers and keys are always there. */
  private static JsonNode schema(JsonNode schema, List<String> key) {
    ObjectNode root = Rows.copy(inlined(schema));
    ObjectNode properties = Rows.copy(root.path("properties"));
    ObjectNode meta = Rows.copy(properties.path("_meta"));
    ObjectNode metaProperties = Rows.copy(meta.path("properties"));
    metaProperties.set("row_id", Json.object().put("type", "integer"));
    meta.put("type", "object");
    meta.set("properties", metaProperties);
    meta.set("required", with(meta.path("required"), "row_id"));
    properties.set("_meta", meta);
    root.set("properties", properties);
    root.put("x-infer-schema", true);
    JsonNode keyed = root;
    for (String pointer : key) {
      if (!pointer.equals("/_meta/row_id")) {
        keyed = required(keyed, List.of(pointer.substring(1).split("/", -1)));
      }
    }
    return keyed;
  }

  /** Makes a location one that must be there, and is not null. */
  private static JsonNode required(JsonNode schema, List<String> tokens) {
    String name = tokens.getFirst().replace("~1", "/").replace("~0", "~");
    ObjectNode object = Rows.copy(schema);
    object.set("required", with(object.path("required"), name));
    ObjectNode properties = Rows.copy(object.path("properties"));
    ObjectNode property = Rows.copy(properties.path(name));
    if (property.path("type").isArray()) {
      List<JsonNode> types = StreamSupport.stream(property.path("type").spliterator(), false)
          .filter(type -> !type.asString("").equals("null")).toList();
      if (types.size() == 1) {
        property.set("type", types.getFirst());
      } else {
        property.set("type", Json.array().addAll(types));
      }
    }
    properties.set(name, tokens.size() > 1 ? required(property, tokens.subList(1, tokens.size())) : property);
    object.set("properties", properties);
    return object;
  }

  private static JsonNode inlined(JsonNode schema) {
    if (schema instanceof ObjectNode object) {
      String reference = object.path("$ref").asString("");
      int at = reference.indexOf("WellKnownTypes.json#/definitions/");
      if (at >= 0) {
        String type = reference.substring(reference.lastIndexOf('/') + 1);
        return Json.parse(WELL_KNOWN.getOrDefault(type, "{}"));
      }
      ObjectNode copy = Json.object();
      object.properties().forEach(member -> copy.set(member.getKey(), inlined(member.getValue())));
      return copy;
    }
    if (schema instanceof ArrayNode array) {
      ArrayNode copy = Json.array();
      array.forEach(item -> copy.add(inlined(item)));
      return copy;
    }
    return schema;
  }

  private static ArrayNode with(JsonNode required, String name) {
    ArrayNode list = Json.array();
    required.forEach(list::add);
    if (!strings(required).contains(name)) {
      list.add(name);
    }
    return list;
  }

  /** The configured catalog of the bindings. */
  static JsonNode configured(CaptureSpec spec) {
    ArrayNode streams = Json.array();
    for (CaptureSpec.Binding binding : spec.bindings()) {
      JsonNode resource = binding.resourceConfig();
      String mode = resource.path("syncMode").asString("full_refresh");
      ObjectNode configured = streams.addObject();
      ObjectNode stream = configured.putObject("stream").put("name", resource.path("stream").asString(""));
      if (!resource.path("namespace").asString("").isEmpty()) {
        stream.put("namespace", resource.path("namespace").asString(""));
      }
      stream.set("json_schema", binding.collection().writeSchema());
      stream.putArray("supported_sync_modes").add(mode);
      ArrayNode primary = Json.array();
      for (String pointer : binding.collection().key()) {
        if (!pointer.startsWith("/_meta/")) {
          ArrayNode path = primary.addArray();
          for (String token : pointer.substring(1).split("/", -1)) {
            path.add(token.replace("~1", "/").replace("~0", "~"));
          }
        }
      }
      configured.put("sync_mode", mode).put("destination_sync_mode", "append");
      if (resource.path("cursorField").isArray()) {
        configured.set("cursor_field", resource.path("cursorField"));
      }
      configured.set("primary_key", primary);
    }
    ObjectNode catalog = Json.object();
    catalog.set("streams", streams);
    return catalog;
  }

  private static List<String> strings(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(item -> item.asString("")).toList();
  }
}
