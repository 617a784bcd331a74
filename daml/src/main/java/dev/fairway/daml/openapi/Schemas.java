package dev.fairway.daml.openapi;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.daml.openapi.ApiType.ListOf;
import dev.fairway.daml.openapi.ApiType.MapOf;
import dev.fairway.daml.openapi.ApiType.Plain;
import dev.fairway.daml.openapi.ApiType.Ref;
import dev.fairway.daml.openapi.Declaration.Constructor;
import dev.fairway.daml.openapi.Declaration.Enumeration;
import dev.fairway.daml.openapi.Declaration.Field;
import dev.fairway.daml.openapi.Declaration.Struct;
import dev.fairway.daml.openapi.Declaration.Variant;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Makes types of schemas. A schema with a name of its own becomes one type, so recursion ends. */
final class Schemas {
  private static final int DEPTH_LIMIT = 200;

  private final JsonNode document;
  private final Names names;
  private final Map<String, Declaration> declarations = new LinkedHashMap<>();
  private final Map<String, ApiType> byPointer = new HashMap<>();
  private final Set<String> underWay = new HashSet<>();
  private final Set<String> notes = new LinkedHashSet<>();
  private final Deque<Runnable> later = new ArrayDeque<>();
  private int depth;

  Schemas(JsonNode document, Names names) {
    this.document = document;
    this.names = names;
  }

  /** In the order in which they were first met. */
  Map<String, Declaration> declarations() {
    return declarations;
  }

  /** What could not be said with types. */
  Set<String> notes() {
    return notes;
  }

  void note(String note) {
    notes.add(note);
  }

  void declare(Declaration declaration) {
    declarations.put(declaration.name(), declaration);
  }

  /** Follows a reference within the document, and one that it leads to. */
  JsonNode resolve(JsonNode node) {
    JsonNode found = node;
    for (int i = 0; found.path("$ref").isString(); i++) {
      String pointer = found.path("$ref").asString();
      if (i > DEPTH_LIMIT) {
        throw invalid("the reference " + pointer + " leads in a circle");
      }
      found = at(pointer);
    }
    return found;
  }

  private JsonNode at(String pointer) {
    if (!pointer.startsWith("#/")) {
      throw invalid("the reference " + pointer + " leads out of the document; put what it means into the document");
    }
    JsonNode found = document.at(URLDecoder.decode(pointer.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8));
    if (found.isMissingNode()) {
      throw invalid("the reference " + pointer + " leads nowhere");
    }
    return found;
  }

  /** @param suggested what to call a type that has no name of its own */
  ApiType type(JsonNode schema, String suggested) {
    if (++depth > DEPTH_LIMIT) {
      throw invalid("schemas are nested deeper than " + DEPTH_LIMIT + " at " + suggested);
    }
    try {
      ApiType type = schema.path("$ref").isString()
          ? named(schema.path("$ref").asString())
          : anonymous(schema, suggested);
      // Named ones wait until here, so that a chain of them is no deeper than its longest link.
      while (depth == 1 && !later.isEmpty()) {
        later.remove().run();
      }
      return type;
    } finally {
      depth--;
    }
  }

  private ApiType named(String pointer) {
    ApiType known = byPointer.get(pointer);
    if (known != null) {
      return known;
    }
    JsonNode schema = at(pointer);
    String name = URLDecoder.decode(pointer.substring(pointer.lastIndexOf('/') + 1).replace("+", "%2B"),
        StandardCharsets.UTF_8);
    if (isDeclared(schema)) {
      // Known before its fields are, so that they may lead back to it.
      String declared = names.type(name);
      ApiType type = isNullable(schema) ? new Ref(declared).optional() : new Ref(declared);
      byPointer.put(pointer, type);
      reserve(declared);
      later.add(() -> declare(schema, declared));
      return type;
    }
    if (!underWay.add(pointer)) {
      notes.add(pointer + " contains itself without an object between: given as the text of its JSON");
      return Plain.JSON;
    }
    ApiType type = type(schema, name);
    underWay.remove(pointer);
    byPointer.put(pointer, type);
    return type;
  }

  private ApiType anonymous(JsonNode schema, String suggested) {
    if (isDeclared(schema)) {
      String declared = names.type(suggested);
      declare(schema, declared);
      return isNullable(schema) ? new Ref(declared).optional() : new Ref(declared);
    }
    ApiType type = undeclared(schema, suggested);
    return isNullable(schema) ? type.optional() : type;
  }

  /** Whether it becomes a type with a name. */
  private boolean isDeclared(JsonNode schema) {
    return isEnumeration(schema) || isObject(schema) || alternatives(schema).size() > 1
        || (alternatives(schema).size() == 1 && !hasNullAlternative(schema)) || isMerged(schema)
        || types(schema).size() > 1;
  }

  private void declare(JsonNode schema, String name) {
    if (isEnumeration(schema)) {
      declarations.put(name, enumeration(schema, name));
    } else if (!alternatives(schema).isEmpty()) {
      reserve(name);
      declarations.put(name, variant(schema, name));
    } else if (types(schema).size() > 1) {
      reserve(name);
      declarations.put(name, variantOfTypes(schema, name));
    } else {
      reserve(name);
      declarations.put(name, struct(schema, name));
    }
  }

  /** Keeps its place before those its fields need. */
  private void reserve(String name) {
    declarations.put(name, new Struct(name, List.of()));
  }

  private ApiType undeclared(JsonNode schema, String suggested) {
    List<JsonNode> alternatives = alternatives(schema);
    if (alternatives.size() == 1) {
      return type(alternatives.getFirst(), suggested).optional();
    }
    if (schema.path("allOf").size() == 1) {
      return type(schema.path("allOf").get(0), suggested);
    }
    List<String> types = types(schema);
    String kind = types.isEmpty() ? "" : types.getFirst();
    return switch (kind) {
      case "string" -> switch (schema.path("format").asString("")) {
        case "date" -> Plain.DATE;
        case "date-time" -> Plain.TIME;
        case "binary", "byte", "base64" -> Plain.BASE64;
        default -> schema.path("contentEncoding").asString("").equals("base64") ? Plain.BASE64 : Plain.TEXT;
      };
      case "integer" -> Plain.INT;
      case "number" -> Plain.DECIMAL;
      case "boolean" -> Plain.BOOL;
      case "file" -> Plain.BASE64;
      case "array" -> new ListOf(list(schema, suggested));
      case "object" -> schema.path("additionalProperties").isObject() && !schema.path("additionalProperties").isEmpty()
          ? new MapOf(type(schema.path("additionalProperties"), suggested + "Value"))
          : Plain.JSON;
      case "" -> schema.has("items")
          ? new ListOf(list(schema, suggested))
          : schema.path("additionalProperties").isObject() && !schema.path("additionalProperties").isEmpty()
              ? new MapOf(type(schema.path("additionalProperties"), suggested + "Value"))
              : Plain.JSON;
      default -> {
        notes.add("a schema of the unknown type " + kind + " at " + suggested + ": given as the text of its JSON");
        yield Plain.JSON;
      }
    };
  }

  private ApiType list(JsonNode schema, String suggested) {
    return schema.path("items").isObject() ? type(schema.path("items"), suggested + "Item") : Plain.JSON;
  }

  private static boolean isEnumeration(JsonNode schema) {
    List<String> values = enumValues(schema);
    return !values.isEmpty();
  }

  /** Its texts; empty where it is no enumeration of texts. */
  private static List<String> enumValues(JsonNode schema) {
    if (schema.path("const").isString()) {
      return List.of(schema.path("const").asString());
    }
    List<String> values = new ArrayList<>();
    for (JsonNode value : schema.path("enum")) {
      if (value.isString()) {
        values.add(value.asString());
      } else if (!value.isNull()) {
        return List.of();
      }
    }
    return values.stream().distinct().toList();
  }

  private static boolean isObject(JsonNode schema) {
    return !schema.path("properties").isEmpty() && (types(schema).isEmpty() || types(schema).contains("object"));
  }

  private static boolean isMerged(JsonNode schema) {
    return schema.path("allOf").size() > 1
        || (schema.path("allOf").size() == 1 && !schema.path("properties").isEmpty());
  }

  private static List<String> types(JsonNode schema) {
    JsonNode type = schema.path("type");
    List<String> types = new ArrayList<>();
    if (type.isString()) {
      types.add(type.asString());
    } else {
      type.forEach(each -> types.add(each.asString()));
    }
    types.remove("null");
    return types;
  }

  private static boolean isNullable(JsonNode schema) {
    boolean inType = false;
    for (JsonNode type : schema.path("type")) {
      inType |= type.asString("").equals("null");
    }
    boolean inEnum = false;
    for (JsonNode value : schema.path("enum")) {
      inEnum |= value.isNull();
    }
    return inType || inEnum || schema.path("nullable").asBoolean(false) || schema.path("x-nullable").asBoolean(false)
        || hasNullAlternative(schema);
  }

  private static boolean hasNullAlternative(JsonNode schema) {
    for (String key : List.of("oneOf", "anyOf")) {
      for (JsonNode alternative : schema.path(key)) {
        if (alternative.path("type").asString("").equals("null")) {
          return true;
        }
      }
    }
    return false;
  }

  /** Those of {@code oneOf} or {@code anyOf}, less null. */
  private static List<JsonNode> alternatives(JsonNode schema) {
    List<JsonNode> alternatives = new ArrayList<>();
    for (String key : List.of("oneOf", "anyOf")) {
      if (alternatives.isEmpty()) {
        schema.path(key).forEach(alternatives::add);
      }
    }
    alternatives.removeIf(alternative -> alternative.path("type").asString("").equals("null"));
    return alternatives;
  }

  private Enumeration enumeration(JsonNode schema, String name) {
    List<Constructor> constructors = new ArrayList<>();
    for (String value : enumValues(schema)) {
      constructors.add(new Constructor(value, constructor(name, value.isEmpty() ? "Empty" : value), Optional.empty()));
    }
    return new Enumeration(name, constructors);
  }

  private Variant variant(JsonNode schema, String name) {
    List<Constructor> constructors = new ArrayList<>();
    int number = 0;
    for (JsonNode alternative : alternatives(schema)) {
      number++;
      String ref = alternative.path("$ref").asString("");
      String called = !ref.isEmpty()
          ? ref.substring(ref.lastIndexOf('/') + 1)
          : alternative.path("title").asString("Option" + number);
      constructors
          .add(new Constructor(called, constructor(name, called), Optional.of(type(alternative, name + "_" + called))));
    }
    return new Variant(name, constructors,
        Optional.ofNullable(schema.path("discriminator").path("propertyName").asString(null)));
  }

  private Variant variantOfTypes(JsonNode schema, String name) {
    List<Constructor> constructors = new ArrayList<>();
    for (String type : types(schema)) {
      JsonNode alone = ((tools.jackson.databind.node.ObjectNode) schema.deepCopy()).put("type", type);
      constructors.add(new Constructor(type, constructor(name, type), Optional.of(type(alone, name + "_" + type))));
    }
    return new Variant(name, constructors, Optional.empty());
  }

  /** {@code Type_value}; the part after the sign keeps its own case. */
  private String constructor(String type, String value) {
    return names.constructor(type, value);
  }

  private Struct struct(JsonNode schema, String name) {
    Map<String, JsonNode> properties = new LinkedHashMap<>();
    Set<String> required = new HashSet<>();
    Optional<JsonNode> more = collect(schema, properties, required, new HashSet<>());
    Set<String> taken = new HashSet<>();
    List<Field> fields = new ArrayList<>();
    properties.forEach((property, each) -> {
      ApiType type = type(each, name + upper(property));
      fields.add(
          new Field(property, Names.field(property, taken), required.contains(property) ? type : type.optional()));
    });
    more.ifPresent(value -> fields.add(new Field("", Names.field("additionalProperties", taken),
        new MapOf(type(value, name + "Value")))));
    if (fields.isEmpty()) {
      notes.add(name + " has no properties");
    }
    return new Struct(name, fields);
  }

  /** All properties of a schema and of those it is merged from; answers the schema of further ones. */
  private Optional<JsonNode> collect(JsonNode schema, Map<String, JsonNode> properties, Set<String> required,
      Set<String> seen) {
    if (schema.path("$ref").isString()) {
      String pointer = schema.path("$ref").asString();
      return seen.add(pointer) ? collect(at(pointer), properties, required, seen) : Optional.empty();
    }
    Optional<JsonNode> more = Optional.empty();
    for (JsonNode part : schema.path("allOf")) {
      Optional<JsonNode> found = collect(part, properties, required, seen);
      more = more.isPresent() ? more : found;
    }
    schema.path("properties").properties().forEach(entry -> properties.put(entry.getKey(), entry.getValue()));
    schema.path("required").forEach(name -> required.add(name.asString()));
    JsonNode additional = schema.path("additionalProperties");
    return additional.isObject() && !additional.isEmpty() ? Optional.of(additional) : more;
  }

  static String upper(String name) {
    return name.isEmpty() ? name : name.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + name.substring(1);
  }

  static FairwayException invalid(String problem) {
    return new FairwayException(ErrorCode.INVALID, problem);
  }
}
