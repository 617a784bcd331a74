package dev.fairway.connectors.collection;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.Members;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whether a document may be in a collection: has every part of its key, and follows the schema.
 *
 * <p>Most schemas of sources only say which members there are and of what types. Those are checked on the bytes; any other
 * keyword hands the document to a full validator. Belongs to one thread.
 */
final class DocumentCheck {
  /* Keywords that say nothing a document could break, or that are annotations in draft 2020-12. */
  private static final Set<String> SILENT = Set.of("$schema", "$id", "$comment", "title", "description", "default",
      "examples", "format", "contentEncoding", "contentMediaType", "reduce", "secret", "order", "airbyte_type",
      "readOnly", "writeOnly", "deprecated", "airbyte_secret");
  private static final int MANY_ERRORS = 3;

  private final List<KeyPart> key = new ArrayList<>();
  private final @Nullable Shape shape;
  private final @Nullable Schema full;

  /**
   * @param given top-level members that are written by us and need not come with the document
   */
  DocumentCheck(JsonNode schema, List<String> pointers, Set<String> given) {
    for (String pointer : pointers) {
      List<byte[]> path = new ArrayList<>();
      for (String token : pointer.substring(1).split("/", -1)) {
        path.add(token.replace("~1", "/").replace("~0", "~").getBytes(StandardCharsets.UTF_8));
      }
      if (!given.contains(pointer.substring(1).split("/", -1)[0])) {
        key.add(new KeyPart(pointer, path));
      }
    }
    shape = Shape.compile(schema, given, 0);
    full = shape != null
        ? null
        : SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(Json.text(schema),
            InputFormat.JSON);
  }

  /** What is wrong with it; empty when nothing is. */
  Optional<String> problem(Members document) {
    for (KeyPart part : key) {
      Optional<String> problem = part.problem(document);
      if (problem.isPresent()) {
        return problem;
      }
    }
    if (shape != null) {
      return Optional.ofNullable(shape.problem(document, ""));
    }
    if (full == null) {
      return Optional.empty();
    }
    String text = new String(document.bytes(), document.from(), document.to() - document.from(),
        StandardCharsets.UTF_8);
    var errors = full.validate(text, InputFormat.JSON);
    return errors.isEmpty()
        ? Optional.empty()
        : Optional.of(String.join("; ",
            errors.stream().limit(MANY_ERRORS).map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList()));
  }

  /** A part of the key, which must be there and be a scalar that is not null. */
  private static final class KeyPart {
    private final String pointer;
    private final List<byte[]> path;
    private final Members nested = new Members();
    private final JsonCursor cursor = new JsonCursor();
    private int hint;

    KeyPart(String pointer, List<byte[]> path) {
      this.pointer = pointer;
      this.path = path;
    }

    Optional<String> problem(Members document) {
      Members at = document;
      for (int i = 0; i < path.size(); i++) {
        int found = at.find(path.get(i), i == 0 ? hint : -1);
        if (found < 0) {
          return Optional.of("the key " + pointer + " is missing");
        }
        if (i == 0) {
          hint = found;
        }
        byte first = at.bytes()[at.valueFrom(found)];
        if (i == path.size() - 1) {
          return first == 'n' || first == '{' || first == '['
              ? Optional
                  .of("the key " + pointer + " is " + (first == 'n' ? "null" : first == '{' ? "an object" : "an array"))
              : Optional.empty();
        }
        if (first != '{') {
          return Optional.of("the key " + pointer + " is missing");
        }
        cursor.reset(at.bytes(), at.valueFrom(found), at.valueTo(found));
        nested.read(at.bytes(), cursor);
        at = nested;
      }
      return Optional.empty();
    }
  }

  /** A schema of types, members and required members only. */
  private static final class Shape {
    private static final int DEPTH = 16;
    private static final Map<String, Integer> BITS = Map.of("null", 1, "boolean", 2, "integer", 4, "number", 12,
        "string", 16, "array", 32, "object", 64);
    private static final int ANY = 127;

    private final int types;
    private final List<Property> properties;
    private final @Nullable Shape items;
    private final Members nested = new Members();
    private final JsonCursor cursor = new JsonCursor();

    private Shape(int types, List<Property> properties, @Nullable Shape items) {
      this.types = types;
      this.properties = properties;
      this.items = items;
    }

    /** Null when the schema says more than a shape can. */
    static @Nullable Shape compile(JsonNode schema, Set<String> given, int depth) {
      if (schema.isBoolean() && schema.booleanValue()) {
        return new Shape(ANY, List.of(), null);
      }
      if (!schema.isObject() || depth > DEPTH) {
        return null;
      }
      List<Property> properties = new ArrayList<>();
      Shape items = null;
      List<String> required = new ArrayList<>();
      schema.path("required").forEach(name -> required.add(name.asString("")));
      for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
        switch (keyword.getKey()) {
          case "type", "required" -> {
          }
          case "properties" -> {
            for (Map.Entry<String, JsonNode> property : keyword.getValue().properties()) {
              if (!given.contains(property.getKey())) {
                Shape inner = compile(property.getValue(), Set.of(), depth + 1);
                if (inner == null) {
                  return null;
                }
                properties.add(new Property(property.getKey(), inner, required.remove(property.getKey())));
              }
            }
          }
          case "items" -> {
            items = compile(keyword.getValue(), Set.of(), depth + 1);
            if (items == null) {
              return null;
            }
          }
          case "additionalProperties" -> {
            if (!keyword.getValue().isBoolean() || !keyword.getValue().booleanValue()) {
              return null;
            }
          }
          default -> {
            if (!SILENT.contains(keyword.getKey()) && !keyword.getKey().startsWith("x-")) {
              return null;
            }
          }
        }
      }
      required.stream().filter(name -> !given.contains(name))
          .forEach(name -> properties.add(new Property(name, new Shape(ANY, List.of(), null), true)));
      int types = types(schema.path("type"));
      return types < 0 ? null : new Shape(types, properties, items != null && items.isTrivial() ? null : items);
    }

    private static int types(JsonNode type) {
      if (type.isMissingNode()) {
        return ANY;
      }
      int bits = 0;
      for (JsonNode one : type.isString() ? List.of(type) : type) {
        Integer bit = BITS.get(one.asString("").toLowerCase(Locale.ROOT));
        if (bit == null) {
          return -1;
        }
        bits |= bit;
      }
      return bits;
    }

    private boolean isTrivial() {
      return types == ANY && properties.isEmpty() && items == null;
    }

    @Nullable
    String problem(Members document, String at) {
      if ((types & 64) == 0) {
        return (at.isEmpty() ? "/" : at) + ": must not be an object";
      }
      for (Property property : properties) {
        int found = document.find(property.name, property.hint);
        if (found < 0) {
          if (property.required) {
            return at + "/" + property.text + ": required and missing";
          }
          continue;
        }
        property.hint = found;
        String problem = property.shape.value(document.bytes(), document.valueFrom(found), document.valueTo(found), at,
            property.text);
        if (problem != null) {
          return problem;
        }
      }
      return null;
    }

    private @Nullable String value(byte[] text, int from, int to, String parent, String name) {
      byte first = text[from];
      int type = switch (first) {
        case 'n' -> 1;
        case 't', 'f' -> 2;
        case '"' -> 16;
        case '[' -> 32;
        case '{' -> 64;
        default -> (types & 12) == 4 ? integer(text, from, to) ? 4 : 8 : 12;
      };
      if ((types & type) == 0) {
        return parent + "/" + name + ": is " + name(type) + " and must be " + names();
      }
      if (first == '{' && !properties.isEmpty()) {
        cursor.reset(text, from, to);
        nested.read(text, cursor);
        return problem(nested, parent + "/" + name);
      }
      if (first == '[' && items != null) {
        cursor.reset(text, from, to);
        cursor.enterArray();
        for (int i = 0; cursor.nextElement(); i++) {
          int start = cursor.position();
          String problem = items.value(text, start, cursor.skipValue(), parent + "/" + name, Integer.toString(i));
          if (problem != null) {
            return problem;
          }
        }
      }
      return null;
    }

    /** 1.0 and 1e2 are integers too, as draft 2020-12 has it. */
    private static boolean integer(byte[] text, int from, int to) {
      for (int i = from; i < to; i++) {
        if (text[i] == '.' || text[i] == 'e' || text[i] == 'E') {
          String number = new String(text, from, to - from, StandardCharsets.US_ASCII);
          double value = Double.parseDouble(number);
          return value == Math.rint(value) && !Double.isInfinite(value);
        }
      }
      return true;
    }

    private static String name(int bit) {
      return BITS.entrySet().stream().filter(entry -> (entry.getValue() & bit) != 0).map(Map.Entry::getKey).sorted()
          .findFirst().orElse("something else");
    }

    private String names() {
      return String.join(" or ",
          BITS.entrySet().stream().filter(entry -> (entry.getValue() & types) == entry.getValue())
              .map(Map.Entry::getKey)
              .sorted().toList());
    }
  }

  /** A member a shape knows. */
  private static final class Property {
    private final String text;
    private final byte[] name;
    private final Shape shape;
    private final boolean required;
    private int hint;

    Property(String text, Shape shape, boolean required) {
      this.text = text;
      this.name = text.getBytes(StandardCharsets.UTF_8);
      this.shape = shape;
      this.required = required;
    }
  }
}
