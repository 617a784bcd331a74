package dev.fairway.daml.dar;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The tables a package keeps its names and types in, each look-up checked. A type may only use types before it in the
 * table, so none contains itself; the measures keep a small file from declaring a type as large as the memory.
 */
final class Tables {
  /** A type with its measures. */
  record Measured(DamlType type, int depth, int parts) {}

  private final String packageId;
  private final List<String> strings;
  private final List<String> dottedNames = new ArrayList<>();
  private final List<Measured> types = new ArrayList<>();

  Tables(String packageId, List<String> strings, List<? extends List<Integer>> dottedNames) {
    this.packageId = packageId;
    this.strings = strings;
    for (List<Integer> segments : dottedNames) {
      this.dottedNames.add(String.join(".", segments.stream().map(this::string).toList()));
    }
  }

  String packageId() {
    return packageId;
  }

  String string(int index) {
    return at(strings, index, "string");
  }

  String dottedName(int index) {
    return at(dottedNames, index, "dotted name");
  }

  Measured type(int index) {
    return at(types, index, "type");
  }

  void addType(Measured type) {
    types.add(type);
  }

  Measured leaf(DamlType type) {
    return new Measured(type, 1, 1);
  }

  Measured builtin(DamlType.Kind kind, List<Measured> args) {
    int wanted = switch (kind) {
      case OPTIONAL, LIST, TEXTMAP, CONTRACT_ID, NUMERIC -> 1;
      case GENMAP -> 2;
      case UNIT, BOOL, INT64, TEXT, DATE, TIMESTAMP, PARTY -> 0;
    };
    // Newer packages apply a type to its arguments one by one, so a prefix of them is well formed on the way.
    if (args.size() > wanted) {
      throw invalid(kind + " takes " + wanted + " type arguments, has " + args.size());
    }
    return node(args, types -> new DamlType.Builtin(kind, types));
  }

  Measured named(TypeRef ref, List<Measured> args) {
    return node(args, types -> new DamlType.Named(ref, types));
  }

  /** One more argument for a type that takes arguments. */
  Measured apply(Measured left, Measured right) {
    return switch (left.type()) {
      case DamlType.Named(TypeRef ref, List<DamlType> args) -> grown(left, right,
          new DamlType.Named(ref, plus(args, right.type())));
      case DamlType.Builtin(DamlType.Kind kind, List<DamlType> args) -> {
        builtin(kind, plus(args, right.type()).stream().map(this::leaf).toList());
        yield grown(left, right, new DamlType.Builtin(kind, plus(args, right.type())));
      }
      case DamlType.Opaque opaque -> leaf(opaque);
      case DamlType.Variable variable -> leaf(new DamlType.Opaque("applied variable " + variable.name()));
      case DamlType.Natural natural -> throw invalid("the number " + natural.value() + " takes no type argument");
    };
  }

  private static List<DamlType> plus(List<DamlType> args, DamlType arg) {
    List<DamlType> more = new ArrayList<>(args);
    more.add(arg);
    return more;
  }

  private Measured grown(Measured left, Measured right, DamlType type) {
    return checked(type, Math.max(left.depth(), right.depth() + 1), (long) left.parts() + right.parts());
  }

  private Measured node(List<Measured> args, java.util.function.Function<List<DamlType>, DamlType> make) {
    int depth = 0;
    long parts = 1;
    for (Measured arg : args) {
      depth = Math.max(depth, arg.depth());
      parts += arg.parts();
    }
    return checked(make.apply(args.stream().map(Measured::type).toList()), depth + 1, parts);
  }

  private Measured checked(DamlType type, int depth, long parts) {
    if (depth > DamlType.MAX_DEPTH || parts > DamlType.MAX_PARTS) {
      throw invalid("a type is " + depth + " deep with " + parts + " parts; at most " + DamlType.MAX_DEPTH + " and "
          + DamlType.MAX_PARTS + " are read");
    }
    return new Measured(type, depth, (int) parts);
  }

  /** The value where it is there. */
  <T> T required(boolean present, Supplier<T> value, String what) {
    if (!present) {
      throw invalid(what + " is missing");
    }
    return value.get();
  }

  private <T> T at(List<T> table, int index, String what) {
    if (index < 0 || index >= table.size()) {
      throw invalid(what + " " + index + " is used before or beyond the " + table.size() + " that are declared");
    }
    return table.get(index);
  }

  FairwayException invalid(String problem) {
    return new FairwayException(ErrorCode.INVALID, "package " + packageId + ": " + problem);
  }
}
