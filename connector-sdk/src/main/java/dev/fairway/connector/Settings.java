package dev.fairway.connector;

import dev.fairway.connector.json.Json;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Configuration as records: the JSON schema of a record, and records made from JSON. A component is a property of the same
 * name; {@link Setting} says the rest. Understood are strings, numbers, booleans, enums, {@code Duration},
 * {@code Instant}, {@code LocalDate}, {@code URI}, {@code Optional}, lists, maps, trees and other records. Safe for many
 * threads.
 */
public final class Settings {
  private static final JsonMapper MAPPER = JsonMapper.builder()
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
          DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .build();

  private Settings() {}

  /** The schema of a record, draft 2020-12, with the annotations Flow's user interfaces know. */
  public static ObjectNode schemaOf(Class<? extends Record> type) {
    ObjectNode schema = object(type);
    ObjectNode full = Json.object().put("$schema", "https://json-schema.org/draft/2020-12/schema").put("title",
        words(type.getSimpleName()));
    schema.properties().forEach(member -> full.set(member.getKey(), member.getValue()));
    return full;
  }

  /**
   * The record that JSON describes, with defaults filled in.
   *
   * @throws InvalidException naming the property, what is wrong with it and what is known
   */
  public static <T extends Record> T read(JsonNode json, Class<T> type) {
    JsonNode filled = fill(json.isNull() || json.isMissingNode() ? Json.object() : json, type, "");
    try {
      return MAPPER.treeToValue(filled, type);
    } catch (JacksonException e) {
      String path = String.join("/", e.getPath().stream()
          .map(step -> step.getPropertyName() == null ? "" + step.getIndex() : step.getPropertyName()).toList());
      Throwable cause = e.getCause();
      String why = cause instanceof IllegalArgumentException && cause.getMessage() != null
          ? cause.getMessage()
          : e.getOriginalMessage();
      throw new InvalidException("/" + path + ": " + why, e);
    }
  }

  private static ObjectNode object(Class<?> type) {
    ObjectNode schema = Json.object().put("type", "object");
    ArrayNode required = Json.array();
    ObjectNode properties = Json.object();
    int order = 0;
    for (RecordComponent component : type.getRecordComponents()) {
      ObjectNode property = property(component.getGenericType());
      Setting setting = component.getAnnotation(Setting.class);
      property.put("title",
          setting == null || setting.title().isEmpty() ? words(component.getName()) : setting.title());
      if (setting != null) {
        describe(setting, property);
      }
      property.put("order", order++);
      properties.set(component.getName(), property);
      boolean hasDefault = setting != null && !setting.defaultValue().isEmpty();
      if (!hasDefault && !optional(component.getType())) {
        required.add(component.getName());
      }
    }
    schema.set("properties", properties);
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return schema;
  }

  private static void describe(Setting setting, ObjectNode property) {
    if (!setting.description().isEmpty()) {
      property.put("description", setting.description());
    }
    if (!setting.defaultValue().isEmpty()) {
      property.set("default", Json.parse(setting.defaultValue()));
    }
    for (Map.Entry<String, Boolean> flag : Map.of("secret", setting.secret(), "advanced", setting.advanced(),
        "multiline", setting.multiline(), "x-collection-name", setting.collectionName()).entrySet()) {
      if (flag.getValue()) {
        property.put(flag.getKey(), true);
      }
    }
  }

  private static ObjectNode property(Type type) {
    ObjectNode schema = Json.object();
    if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
      if (raw == Optional.class) {
        return property(generic.getActualTypeArguments()[0]);
      }
      if (Collection.class.isAssignableFrom(raw)) {
        schema.put("type", "array").set("items", property(generic.getActualTypeArguments()[0]));
        return schema;
      }
      if (Map.class.isAssignableFrom(raw)) {
        schema.put("type", "object").set("additionalProperties", property(generic.getActualTypeArguments()[1]));
        return schema;
      }
    }
    if (!(type instanceof Class<?> plain)) {
      throw new IllegalArgumentException("a configuration cannot hold a " + type.getTypeName());
    }
    if (plain.isRecord()) {
      return object(plain);
    }
    if (plain.isEnum()) {
      ArrayNode names = Json.array();
      Arrays.stream(plain.getEnumConstants()).forEach(constant -> names.add(MAPPER.<JsonNode>valueToTree(constant)));
      return schema.put("type", "string").set("enum", names);
    }
    if (plain == String.class) {
      return schema.put("type", "string");
    }
    if (plain == boolean.class || plain == Boolean.class) {
      return schema.put("type", "boolean");
    }
    if (plain == int.class || plain == long.class || plain == Integer.class || plain == Long.class
        || plain == OptionalInt.class || plain == OptionalLong.class) {
      return schema.put("type", "integer");
    }
    if (plain == double.class || plain == Double.class || plain == BigDecimal.class) {
      return schema.put("type", "number");
    }
    if (plain == Duration.class) {
      return schema.put("type", "string").put("format", "duration");
    }
    if (plain == Instant.class) {
      return schema.put("type", "string").put("format", "date-time");
    }
    if (plain == LocalDate.class) {
      return schema.put("type", "string").put("format", "date");
    }
    if (plain == URI.class) {
      return schema.put("type", "string").put("format", "uri");
    }
    if (JsonNode.class.isAssignableFrom(plain)) {
      return plain == ObjectNode.class ? schema.put("type", "object") : schema;
    }
    throw new IllegalArgumentException("a configuration cannot hold a " + plain.getName());
  }

  private static JsonNode fill(JsonNode json, Class<?> type, String path) {
    if (!(json instanceof ObjectNode given)) {
      throw new InvalidException((path.isEmpty() ? "/" : path) + ": must be an object, is " + json.getNodeType(), null);
    }
    ObjectNode filled = Json.object();
    List<String> known = Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
    for (String name : given.propertyNames()) {
      if (!known.contains(name)) {
        throw new InvalidException(path + "/" + name + ": no such setting" + near(name, known) + "; known are " + known,
            null);
      }
    }
    List<String> missing = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String name = component.getName();
      JsonNode value = given.get(name);
      Setting setting = component.getAnnotation(Setting.class);
      if (value == null || value.isNull()) {
        if (setting != null && !setting.defaultValue().isEmpty()) {
          filled.set(name, Json.parse(setting.defaultValue()));
        } else if (!optional(component.getType())) {
          missing.add(name);
        }
      } else {
        Class<?> nested = recordIn(component.getGenericType());
        filled.set(name, nested == null ? value : fill(value, nested, path + "/" + name));
      }
    }
    if (!missing.isEmpty()) {
      throw new InvalidException((path.isEmpty() ? "/" : path) + ": required and missing: " + missing, null);
    }
    return filled;
  }

  /** The record a component is, or may be. */
  private static @Nullable Class<?> recordIn(Type type) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
      return recordIn(generic.getActualTypeArguments()[0]);
    }
    return type instanceof Class<?> plain && plain.isRecord() ? plain : null;
  }

  private static boolean optional(Class<?> type) {
    return type == Optional.class || type == OptionalInt.class || type == OptionalLong.class;
  }

  private static String near(String name, List<String> known) {
    String plain = name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    return known.stream().filter(k -> k.toLowerCase(Locale.ROOT).equals(plain)).findFirst()
        .map(k -> "; did you mean " + k + "?").orElse("");
  }

  private static String words(String camel) {
    String spaced = camel.replaceAll("([a-z0-9])([A-Z])", "$1 $2");
    return spaced.substring(0, 1).toUpperCase(Locale.ROOT) + spaced.substring(1);
  }

  /** A configuration that cannot be used; the message is for the person who wrote it. */
  public static final class InvalidException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InvalidException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
