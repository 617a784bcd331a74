package dev.fairway.core.ledger;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** The type of a {@link LedgerValue}, as a package declares it. */
public sealed interface LedgerType {
  /** Types without parameters. */
  enum Simple implements LedgerType {
    UNIT, BOOL, INT64, TEXT, PARTY, DATE, TIMESTAMP
  }

  /**
   * A decimal number.
   *
   * @param scale digits after the point, 0 to 37
   */
  record Numeric(int scale) implements LedgerType {
    public Numeric {
      if (scale < 0 || scale > 37) {
        throw new IllegalArgumentException("scale must be 0 to 37, is " + scale);
      }
    }
  }

  record ListOf(LedgerType item) implements LedgerType {}

  record OptionalOf(LedgerType value) implements LedgerType {}

  record TextMapOf(LedgerType value) implements LedgerType {}

  record GenMapOf(LedgerType key, LedgerType value) implements LedgerType {}

  /**
   * The id of a contract.
   *
   * @param template what it is a contract of, where the package says
   */
  record ContractOf(Optional<TemplateId> template) implements LedgerType {}

  /** A type with a definition of its own, looked up in its package. */
  record Named(TemplateId name, List<LedgerType> arguments) implements LedgerType {
    public Named {
      arguments = List.copyOf(arguments);
    }

    public Named(TemplateId name) {
      this(name, List.of());
    }
  }

  /** A parameter of the definition it stands in. */
  record Parameter(String name) implements LedgerType {}

  /** A type that cannot be stored, such as a function; the text is for people. */
  record Opaque(String text) implements LedgerType {}

  /** What a {@link Named} type stands for. */
  sealed interface Definition {
    List<String> parameters();

    /** A record: the type of each field, in order. */
    record Struct(List<String> parameters, SequencedMap<String, LedgerType> fields) implements Definition {
      public Struct {
        parameters = List.copyOf(parameters);
        fields = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(fields));
      }
    }

    /** One of several constructors, each with a value. */
    record Variant(List<String> parameters, SequencedMap<String, LedgerType> constructors) implements Definition {
      public Variant {
        parameters = List.copyOf(parameters);
        constructors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(constructors));
      }
    }

    /** One of several constructors that hold nothing. */
    record Enumeration(List<String> constructors) implements Definition {
      public Enumeration {
        constructors = List.copyOf(constructors);
      }

      @Override
      public List<String> parameters() {
        return List.of();
      }
    }
  }
}
