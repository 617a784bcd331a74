package dev.fairway.connectors.reduce;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.reduce.Strategy.Annotation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * A schema, asked which of its annotations apply to a value: those of a location itself, of what it refers to, and of the
 * branches of its conditionals that the value takes (JSON Schema, draft 2020-12, sections 7.7 and 10). Safe for many threads.
 */
final class Annotated {
  private static final String BASE = "https://collection.invalid/schema";
  private static final int MOST_REFERENCES = 64;

  private final JsonNode root;
  private final String base;
  private final Map<String, Part> anchors = new HashMap<>();
  private final Map<String, Annotation> annotations = new HashMap<>();
  private final Map<String, Schema> branches = new HashMap<>();
  private final Map<String, Pattern> patterns = new HashMap<>();
  private final SchemaRegistry registry;

  /** @throws IllegalArgumentException when an annotation is not one; the message says where */
  Annotated(JsonNode root) {
    this.root = root;
    this.base = root.path("$id").asString(BASE);
    this.registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12,
        builder -> builder.schemas(Map.of(base, Json.text(root))));
    index(new Part(JsonPointer.empty(), root));
  }

  /** A part of the schema, and where it is. */
  private record Part(JsonPointer pointer, JsonNode schema) {
    Part member(String name) {
      return new Part(pointer.appendProperty(name), schema.path(name));
    }

    List<Part> items() {
      List<Part> items = new ArrayList<>();
      for (int i = 0; i < schema.size(); i++) {
        items.add(new Part(pointer.appendIndex(i), schema.path(i)));
      }
      return items;
    }
  }

  /** The parts of a schema that speak of one location of documents. */
  static final class Location {
    private final String pointer;
    private final List<Part> parts;

    private Location(String pointer, List<Part> parts) {
      this.pointer = pointer;
      this.parts = List.copyOf(parts);
    }

    @Override
    public String toString() {
      return pointer.isEmpty() ? "the document" : pointer;
    }
  }

  /** Whether no annotation says anything but that the last document is kept. */
  boolean keepsLast() {
    return annotations.values().stream().allMatch(Annotation::keepsLast);
  }

  /** Everything that speaks of whole documents and applies to this one. */
  Location document(JsonNode value) {
    return expanded("", List.of(new Part(JsonPointer.empty(), root)), value);
  }

  /** The annotation of a location; where several apply, the first: its own, then those it refers to, then its branches'. */
  Annotation annotation(Location location) {
    for (Part part : location.parts) {
      Annotation annotation = annotations.get(part.pointer().toString());
      if (annotation != null) {
        return annotation;
      }
    }
    return Annotation.NONE;
  }

  /** Everything that speaks of a member and applies to its value. */
  Location member(Location parent, String name, JsonNode value) {
    List<Part> parts = new ArrayList<>();
    for (Part part : parent.parts) {
      boolean known = false;
      if (part.schema().path("properties").has(name)) {
        parts.add(part.member("properties").member(name));
        known = true;
      }
      for (String pattern : part.schema().path("patternProperties").propertyNames()) {
        if (compiled(pattern).matcher(name).find()) {
          parts.add(part.member("patternProperties").member(pattern));
          known = true;
        }
      }
      if (!known && part.schema().has("additionalProperties")) {
        parts.add(part.member("additionalProperties"));
      }
    }
    return expanded(parent.pointer + "/" + name.replace("~", "~0").replace("/", "~1"), parts, value);
  }

  /** Everything that speaks of an item and applies to its value. */
  Location item(Location parent, int index, JsonNode value) {
    List<Part> parts = new ArrayList<>();
    for (Part part : parent.parts) {
      // Before draft 2020-12 a tuple's schemas were an array in "items", and the rest's in "additionalItems".
      boolean old = part.schema().path("items").isArray();
      Part tuple = part.member(old ? "items" : "prefixItems");
      Part rest = part.member(old ? "additionalItems" : "items");
      if (index < tuple.schema().size()) {
        parts.add(tuple.items().get(index));
      } else if (!rest.schema().isMissingNode()) {
        parts.add(rest);
      }
    }
    return expanded(parent.pointer + "/" + index, parts, value);
  }

  private Location expanded(String pointer, List<Part> parts, JsonNode value) {
    List<Part> all = new ArrayList<>();
    parts.forEach(part -> expand(part, value, all, 0));
    return new Location(pointer, all);
  }

  private void expand(Part part, JsonNode value, List<Part> all, int depth) {
    if (depth > MOST_REFERENCES) {
      throw new ReduceException("the schema refers to itself without end at " + part.pointer());
    }
    all.add(part);
    Part referred = referred(part.schema().path("$ref").asString(""));
    if (referred != null) {
      expand(referred, value, all, depth + 1);
    }
    part.member("allOf").items().forEach(branch -> expand(branch, value, all, depth + 1));
    for (String keyword : List.of("anyOf", "oneOf")) {
      part.member(keyword).items().stream().filter(branch -> takes(branch, value))
          .forEach(branch -> expand(branch, value, all, depth + 1));
    }
    if (part.schema().has("if")) {
      boolean taken = takes(part.member("if"), value);
      if (taken) {
        expand(part.member("if"), value, all, depth + 1);
      }
      Part branch = part.member(taken ? "then" : "else");
      if (!branch.schema().isMissingNode()) {
        expand(branch, value, all, depth + 1);
      }
    }
  }

  private @Nullable Part referred(String reference) {
    String fragment = reference.startsWith(base) ? reference.substring(base.length()) : reference;
    if (!fragment.startsWith("#")) {
      return null;
    }
    String inside = fragment.substring(1);
    return inside.isEmpty() || inside.startsWith("/")
        ? new Part(JsonPointer.compile(inside), root.at(inside))
        : anchors.get(inside);
  }

  private boolean takes(Part branch, JsonNode value) {
    Schema schema;
    synchronized (branches) {
      schema = branches.computeIfAbsent(branch.pointer().toString(),
          pointer -> registry.getSchema(SchemaLocation.of(base + "#" + pointer)));
    }
    return schema.validate(value).isEmpty();
  }

  private Pattern compiled(String pattern) {
    synchronized (patterns) {
      return patterns.computeIfAbsent(pattern, Pattern::compile);
    }
  }

  /** Finds anchors and annotations, wherever they are. */
  private void index(Part part) {
    JsonNode schema = part.schema();
    if (schema.isArray()) {
      part.items().forEach(this::index);
      return;
    }
    if (schema.has("$anchor")) {
      anchors.put(schema.path("$anchor").asString(""), part);
    }
    if (schema.has("reduce") && !named(part.pointer())) {
      try {
        annotations.put(part.pointer().toString(), Strategy.parse(schema.path("reduce")));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(part.pointer().appendProperty("reduce") + " " + e.getMessage(), e);
      }
    }
    for (String name : schema.propertyNames()) {
      boolean data = List.of("reduce", "const", "enum", "default", "examples").contains(name) && !named(part.pointer());
      if (!data) {
        index(part.member(name));
      }
    }
  }

  /** Whether what is here is a map by names that people chose, in which a name is no keyword. */
  private static boolean named(JsonPointer pointer) {
    JsonPointer last = pointer.last();
    String name = last == null ? "" : last.getMatchingProperty();
    JsonPointer head = pointer.head();
    boolean itself = head != null && named(head);
    return !itself && name != null
        && List.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas").contains(name);
  }
}
