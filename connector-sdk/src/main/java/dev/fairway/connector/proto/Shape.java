package dev.fairway.connector.proto;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The fields of one message type. Immutable. */
final class Shape {
  private final String name;
  private final Map<String, Field> byName = new HashMap<>();
  private final Map<Integer, Field> byNumber = new HashMap<>();

  private Shape(String name, List<Field> fields) {
    this.name = name;
    for (Field field : fields) {
      if (byName.put(field.name(), field) != null || byNumber.put(field.number(), field) != null) {
        throw new IllegalArgumentException(name + " has " + field + " twice");
      }
    }
  }

  static Shape of(String name, Field... fields) {
    return new Shape(name, List.of(fields));
  }

  String name() {
    return name;
  }

  /** By its name in JSON; null when there is none. */
  @Nullable
  Field field(String json) {
    return byName.get(json);
  }

  /** By its number; null when there is none. */
  @Nullable
  Field field(int number) {
    return byNumber.get(number);
  }

  Collection<Field> fields() {
    return byNumber.values();
  }

  /** How many values a field has. */
  enum Count {
    ONE, MANY, MAP
  }

  /**
   * A field.
   *
   * @param name in JSON
   * @param shape of a message; found when it is first needed, because messages may hold each other
   * @param values the names of an enum by their numbers; empty for a number that has none
   */
  record Field(int number, String name, Kind kind, Count count, @Nullable Supplier<Shape> shape,
      List<String> values) {
    Shape message() {
      if (shape == null) {
        throw new IllegalStateException(name + " holds no messages");
      }
      return shape.get();
    }

    /** A map's entries are messages of a key and a value. */
    Field mapValue() {
      return new Field(2, name, kind, Count.ONE, shape, values);
    }
  }
}
