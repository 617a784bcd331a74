package dev.fairway.daml.dar;

import java.util.List;

/**
 * The type of a value. A type read from a DAR is at most {@value #MAX_DEPTH} deep and has at most {@value #MAX_PARTS}
 * parts, so that walking one needs no guard.
 */
public sealed interface DamlType {
  int MAX_DEPTH = 100;
  int MAX_PARTS = 10_000;

  /** A type of the language itself; {@code args} are as many as its kind takes. */
  record Builtin(Kind kind, List<DamlType> args) implements DamlType {
    public Builtin {
      args = List.copyOf(args);
    }
  }

  /** A data type that some package declares. */
  record Named(TypeRef ref, List<DamlType> args) implements DamlType {
    public Named {
      args = List.copyOf(args);
    }
  }

  /** A parameter of the data type it stands in. */
  record Variable(String name) implements DamlType {}

  /** A number at the level of types: the scale of a numeric. */
  record Natural(long value) implements DamlType {}

  /** A type no stored value can have, e.g. a function; {@code what} says which. */
  record Opaque(String what) implements DamlType {}

  /** What the language brings. {@link #NUMERIC} takes its scale, {@link #GENMAP} two types, the containers one. */
  enum Kind {
    UNIT, BOOL, INT64, NUMERIC, TEXT, DATE, TIMESTAMP, PARTY, CONTRACT_ID, OPTIONAL, LIST, TEXTMAP, GENMAP
  }
}
