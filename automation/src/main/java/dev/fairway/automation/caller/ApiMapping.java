package dev.fairway.automation.caller;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What generated names stand for: a mapping file, read.
 *
 * @param servers where the API is, as its description says
 * @param declarations the types by their generated names
 */
record ApiMapping(List<String> servers, List<Operation> operations, Map<String, Declaration> declarations) {
  private static final int FORMAT = 1;

  /** @param request the template, {@code Module:Entity} */
  record Operation(String request, String choice, String method, String path, List<Parameter> parameters,
      Optional<Body> body, List<Answer> answers, String unexpected, String transportError) {}

  /**
   * @param in {@code path}, {@code query}, {@code header} or {@code cookie}
   * @param field where its value stands in the payload: a group, and a field of it
   */
  record Parameter(String in, String name, List<String> field, Optional<String> style, Optional<Boolean> explode,
      ValueType type) {}

  record Body(String field, String mediaType, ValueType type) {}

  /** @param status three digits, a range such as {@code 2XX}, or {@code default} */
  record Answer(String status, String constructor, Optional<ValueType> type, Optional<String> mediaType) {}

  /** A type of the API. */
  sealed interface ValueType {
    /** Text, int, decimal, bool, date, time, base64, or json. */
    record Plain(String name) implements ValueType {}

    record ListOf(ValueType item) implements ValueType {}

    record MapOf(ValueType value) implements ValueType {}

    record OptionalOf(ValueType value) implements ValueType {}

    record Ref(String name) implements ValueType {}
  }

  /** What a generated type is made of; {@code name} is always the original. */
  sealed interface Declaration {
    record Struct(List<Field> fields) implements Declaration {}

    record Field(String name, String field, ValueType type) {}

    record Enumeration(List<Constructor> constructors) implements Declaration {}

    /** @param discriminator the property that tells which constructor it is */
    record Variant(List<Alternative> alternatives, Optional<String> discriminator) implements Declaration {}

    record Constructor(String name, String constructor) {}

    record Alternative(String name, String constructor, ValueType type) {}
  }

  /** @throws FairwayException with {@code INVALID} when it is no mapping file of a format that is known here */
  static ApiMapping parse(String text) {
    JsonNode json = Json.parse(text);
    if (json.path("format").asInt(0) != FORMAT || !json.path("operations").isArray()) {
      throw new FairwayException(ErrorCode.INVALID,
          "this is no mapping file of format " + FORMAT + ", as \"fairway daml generate\" writes it");
    }
    Map<String, Declaration> declarations = new LinkedHashMap<>();
    json.path("declarations").properties()
        .forEach(entry -> declarations.put(entry.getKey(), declaration(entry.getValue())));
    return new ApiMapping(texts(json.path("servers")), all(json, "operations").map(ApiMapping::operation).toList(),
        declarations);
  }

  private static Operation operation(JsonNode json) {
    return new Operation(text(json, "request"), text(json, "choice"), text(json, "method"), text(json, "path"),
        all(json, "parameters").map(ApiMapping::parameter).toList(),
        Optional.ofNullable(json.get("body"))
            .map(body -> new Body(text(body, "field"), text(body, "mediaType"), type(body.path("type")))),
        all(json, "answers").map(ApiMapping::answer).toList(), text(json, "unexpected"), text(json, "transportError"));
  }

  private static Parameter parameter(JsonNode json) {
    return new Parameter(text(json, "in"), text(json, "name"), texts(json.path("field")), some(json, "style"),
        Optional.ofNullable(json.get("explode")).map(JsonNode::asBoolean), type(json.path("type")));
  }

  private static Answer answer(JsonNode json) {
    return new Answer(text(json, "status"), text(json, "constructor"),
        Optional.ofNullable(json.get("type")).map(ApiMapping::type), some(json, "mediaType"));
  }

  private static Declaration declaration(JsonNode json) {
    if (json.has("record")) {
      return new Declaration.Struct(all(json, "record")
          .map(f -> new Declaration.Field(text(f, "name"), text(f, "field"), type(f.path("type")))).toList());
    }
    if (json.has("enum")) {
      return new Declaration.Enumeration(all(json, "enum")
          .map(c -> new Declaration.Constructor(original(c), text(c, "constructor"))).toList());
    }
    return new Declaration.Variant(all(json, "variant")
        .map(a -> new Declaration.Alternative(original(a), text(a, "constructor"), type(a.path("type")))).toList(),
        some(json, "discriminator"));
  }

  private static ValueType type(JsonNode json) {
    if (json.isString()) {
      return new ValueType.Plain(json.stringValue());
    }
    if (json.has("list")) {
      return new ValueType.ListOf(type(json.path("list")));
    }
    if (json.has("map")) {
      return new ValueType.MapOf(type(json.path("map")));
    }
    return json.has("optional")
        ? new ValueType.OptionalOf(type(json.path("optional")))
        : new ValueType.Ref(text(json, "ref"));
  }

  private static Stream<JsonNode> all(JsonNode json, String name) {
    return json.path(name).valueStream();
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private static Optional<String> some(JsonNode json, String name) {
    return Optional.ofNullable(json.get(name)).map(JsonNode::asString);
  }

  /* Names of constants may be empty. */
  private static String original(JsonNode json) {
    return json.path("name").asString("");
  }

  private static String text(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (!value.isString()) {
      throw new FairwayException(ErrorCode.INVALID, "the mapping file lacks " + name + " in " + json);
    }
    return value.stringValue();
  }
}
