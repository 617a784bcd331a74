package dev.fairway.daml.dar;

import dev.fairway.core.ledger.LedgerType;
import java.util.List;
import java.util.Optional;

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
    UNIT, BOOL, INT64, NUMERIC, TEXT, DATE, TIMESTAMP, PARTY, CONTRACT_ID, OPTIONAL, LIST, TEXTMAP, GENMAP;

    private LedgerType toLedgerType(List<DamlType> args) {
      List<LedgerType> types = args.stream().map(DamlType::toLedgerType).toList();
      int wanted = switch (this) {
        case OPTIONAL, LIST, TEXTMAP, NUMERIC -> 1;
        case GENMAP -> 2;
        case CONTRACT_ID, UNIT, BOOL, INT64, TEXT, DATE, TIMESTAMP, PARTY -> 0;
      };
      if (types.size() < wanted) {
        return new LedgerType.Opaque(this + " without its arguments");
      }
      return switch (this) {
        case UNIT -> LedgerType.Simple.UNIT;
        case BOOL -> LedgerType.Simple.BOOL;
        case INT64 -> LedgerType.Simple.INT64;
        case TEXT -> LedgerType.Simple.TEXT;
        case DATE -> LedgerType.Simple.DATE;
        case TIMESTAMP -> LedgerType.Simple.TIMESTAMP;
        case PARTY -> LedgerType.Simple.PARTY;
        case NUMERIC -> args.getFirst() instanceof Natural(long scale) && scale >= 0 && scale <= 37
            ? new LedgerType.Numeric((int) scale)
            : new LedgerType.Opaque("numeric of an open scale");
        case CONTRACT_ID ->
          new LedgerType.ContractOf(!args.isEmpty() && args.getFirst() instanceof Named(TypeRef ref, _)
              ? Optional.of(ref.toTemplateId())
              : Optional.empty());
        case OPTIONAL -> new LedgerType.OptionalOf(types.getFirst());
        case LIST -> new LedgerType.ListOf(types.getFirst());
        case TEXTMAP -> new LedgerType.TextMapOf(types.getFirst());
        case GENMAP -> new LedgerType.GenMapOf(types.getFirst(), types.get(1));
      };
    }
  }

  /** The same type in the words that all ledgers share. */
  default LedgerType toLedgerType() {
    return switch (this) {
      case Builtin(Kind kind, List<DamlType> args) -> kind.toLedgerType(args);
      case Named(TypeRef ref, List<DamlType> args) ->
        new LedgerType.Named(ref.toTemplateId(), args.stream().map(DamlType::toLedgerType).toList());
      case Variable(String name) -> new LedgerType.Parameter(name);
      case Natural(long value) -> new LedgerType.Opaque("number " + value);
      case Opaque(String what) -> new LedgerType.Opaque(what);
    };
  }
}
