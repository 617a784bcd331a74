package dev.fairway.daml.openapi;

import java.util.List;
import java.util.Optional;

/** A type that is generated. {@code original} is always the name in the description. */
sealed interface Declaration {
  String name();

  record Struct(String name, List<Field> fields) implements Declaration {
    public Struct {
      fields = List.copyOf(fields);
    }
  }

  record Field(String original, String name, ApiType type) {}

  record Enumeration(String name, List<Constructor> constructors) implements Declaration {
    public Enumeration {
      constructors = List.copyOf(constructors);
    }
  }

  /** @param discriminator the property that tells which constructor it is */
  record Variant(String name, List<Constructor> constructors, Optional<String> discriminator) implements Declaration {
    public Variant {
      constructors = List.copyOf(constructors);
    }
  }

  /** @param value empty where it holds nothing */
  record Constructor(String original, String name, Optional<ApiType> value) {}
}
