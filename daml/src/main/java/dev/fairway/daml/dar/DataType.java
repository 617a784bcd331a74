package dev.fairway.daml.dar;

import java.util.List;

/** A data type that a module declares. Names are dotted where the compiler made them so ({@code Message.Text}). */
public sealed interface DataType {
  String name();

  /** The type parameters, in order. */
  List<String> params();

  /** Whether a value of it can be stored on a ledger, given that its parameters can. */
  boolean serializable();

  /** All of these fields, in this order: the order is part of the type. */
  record Struct(String name, List<String> params, boolean serializable, List<Field> fields) implements DataType {
    public Struct {
      params = List.copyOf(params);
      fields = List.copyOf(fields);
    }
  }

  /** One of these constructors, with its value. */
  record Variant(String name, List<String> params, boolean serializable, List<Field> constructors) implements DataType {
    public Variant {
      params = List.copyOf(params);
      constructors = List.copyOf(constructors);
    }
  }

  /** One of these constructors, without a value. */
  record Enumeration(String name, boolean serializable, List<String> constructors) implements DataType {
    public Enumeration {
      constructors = List.copyOf(constructors);
    }

    @Override
    public List<String> params() {
      return List.of();
    }
  }

  /** The type of contracts seen through an interface. */
  record InterfaceType(String name) implements DataType {
    @Override
    public List<String> params() {
      return List.of();
    }

    @Override
    public boolean serializable() {
      return false;
    }
  }

  /** A record's field, or a variant's constructor with the type of its value. */
  record Field(String name, DamlType type) {}
}
