package dev.fairway.daml.small;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a module says. */
final class Syntax {
  private Syntax() {}

  record Module(String name, List<String> imports, List<Data> data, List<Template> templates) {}

  /** A name and what it is given: {@code Optional Text}, {@code [Item]}, which is the list of Item, or {@code ()}. */
  record TypeUse(String name, List<TypeUse> arguments) {
    static final String LIST = "[]";
    static final String UNIT = "()";
  }

  /** @param deriving the classes it is an instance of */
  record Data(String name, Body body, Set<String> deriving) {}

  sealed interface Body {
    record Fields(Map<String, TypeUse> fields) implements Body {}

    record Constructors(List<Constructor> constructors) implements Body {}
  }

  /** At most one of argument and fields is there. */
  record Constructor(String name, Optional<TypeUse> argument, Map<String, TypeUse> fields) {}

  record Template(String name, Map<String, TypeUse> fields, List<String> signatories, List<String> observers,
      List<Choice> choices) {}

  /** A consuming choice. */
  record Choice(String name, TypeUse returns, Map<String, TypeUse> fields, String controller,
      Optional<Create> create) {}

  /** @param fields by name, the name of the value each is given */
  record Create(String template, Map<String, String> fields) {}
}
