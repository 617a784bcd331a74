package dev.fairway.daml.openapi;

import dev.fairway.daml.openapi.ApiOperation.Answer;
import dev.fairway.daml.openapi.ApiOperation.Group;
import dev.fairway.daml.openapi.ApiOperation.Parameter;
import dev.fairway.daml.openapi.Declaration.Constructor;
import dev.fairway.daml.openapi.Declaration.Enumeration;
import dev.fairway.daml.openapi.Declaration.Field;
import dev.fairway.daml.openapi.Declaration.Struct;
import dev.fairway.daml.openapi.Declaration.Variant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes what a caller of the API needs at run time: which generated name stands for which original, and how. */
final class Mapping {
  private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private Mapping() {}

  static String json(JsonNode document, String module, List<ApiOperation> operations, Schemas schemas) {
    ObjectNode mapping = JSON.createObjectNode();
    mapping.put("format", 1);
    mapping.put("title", document.path("info").path("title").asString(""));
    mapping.put("version", document.path("info").path("version").asString(""));
    ArrayNode servers = mapping.putArray("servers");
    document.path("servers").forEach(server -> servers.add(server.path("url").asString("")));
    if (document.has("swagger")) {
      String scheme = document.path("schemes").isEmpty() ? "https" : document.path("schemes").get(0).asString("https");
      servers.add((document.has("host") ? scheme + "://" + document.path("host").asString("") : "")
          + document.path("basePath").asString(""));
    }
    mapping.put("types", module + ".Types");
    mapping.put("requests", module + ".Requests");
    ArrayNode all = mapping.putArray("operations");
    operations.forEach(operation -> add(all.addObject(), module, operation));
    ObjectNode types = mapping.putObject("declarations");
    schemas.declarations().values().forEach(declaration -> add(types.putObject(declaration.name()), declaration));
    return JSON.writeValueAsString(mapping).replace("\r\n", "\n") + "\n";
  }

  private static void add(ObjectNode json, String module, ApiOperation operation) {
    json.put("request", module + ".Requests:" + operation.name());
    json.put("response", module + ".Requests:" + operation.response());
    json.put("choice", operation.name() + "_Respond");
    operation.operationId().ifPresent(id -> json.put("operationId", id));
    json.put("method", operation.method());
    json.put("path", operation.path());
    ArrayNode parameters = json.putArray("parameters");
    for (Group group : operation.groups()) {
      for (Parameter parameter : group.parameters()) {
        ObjectNode each = parameters.addObject();
        each.put("in", group.place());
        each.put("name", parameter.original());
        each.putArray("field").add(group.field()).add(parameter.field());
        parameter.style().ifPresent(style -> each.put("style", style));
        parameter.explode().ifPresent(explode -> each.put("explode", explode));
        each.set("type", type(parameter.type()));
      }
    }
    operation.requestBody().ifPresent(body -> json.putObject("body").put("field", "requestBody")
        .put("mediaType", body.mediaType()).set("type", type(body.type())));
    ArrayNode answers = json.putArray("answers");
    for (Answer answer : operation.answers()) {
      ObjectNode each = answers.addObject().put("status", answer.status()).put("constructor", answer.constructor());
      answer.mediaType().ifPresent(media -> each.put("mediaType", media));
      answer.type().ifPresent(type -> each.set("type", type(type)));
    }
    json.put("unexpected", operation.unexpected());
    json.put("transportError", operation.transportError());
  }

  private static void add(ObjectNode json, Declaration declaration) {
    switch (declaration) {
      case Struct(_, List<Field> fields) -> {
        ArrayNode all = json.putArray("record");
        for (Field field : fields) {
          all.addObject().put("name", field.original()).put("field", field.name()).set("type", type(field.type()));
        }
      }
      case Enumeration(_, List<Constructor> constructors) -> {
        ArrayNode all = json.putArray("enum");
        constructors.forEach(c -> all.addObject().put("name", c.original()).put("constructor", c.name()));
      }
      case Variant(_, List<Constructor> constructors, var discriminator) -> {
        ArrayNode all = json.putArray("variant");
        constructors.forEach(c -> all.addObject().put("name", c.original()).put("constructor", c.name()).set("type",
            type(c.value().orElseThrow())));
        discriminator.ifPresent(property -> json.put("discriminator", property));
      }
    }
  }

  private static JsonNode type(ApiType type) {
    ObjectNode json = JSON.createObjectNode();
    return switch (type) {
      case ApiType.Plain plain -> JSON.getNodeFactory().stringNode(plain.name().toLowerCase(java.util.Locale.ROOT));
      case ApiType.ListOf(ApiType item) -> json.set("list", type(item));
      case ApiType.MapOf(ApiType value) -> json.set("map", type(value));
      case ApiType.OptionalOf(ApiType value) -> json.set("optional", type(value));
      case ApiType.Ref(String name) -> json.put("ref", name);
    };
  }
}
