package dev.fairway.daml.openapi;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Names that Daml and Java both take. The same names asked for in the same order come out the same; one that is taken gets
 * a number.
 */
final class Names {
  private static final int LIMIT = 200;
  private static final Set<String> KEYWORDS = Set.of("agreement", "arg", "as", "assert", "boolean", "break", "byte",
      "can", "case", "catch", "char", "choice", "class", "const", "continue", "contract", "controller", "data",
      "default", "deriving", "dev", "do", "double", "else", "ensure", "enum", "exception", "extends", "family", "final",
      "finally", "float", "for", "forall", "foreign", "goto", "hashCode", "hiding", "if", "implements", "import", "in",
      "infix", "infixl", "infixr", "instance", "instanceof", "int", "interface", "java", "key", "let", "long",
      "maintainer",
      "mdo", "message", "module", "native", "new", "newtype", "nonconsuming", "notify", "notifyAll", "observer", "of",
      "package", "pattern", "postconsuming", "preconsuming", "private", "proc", "protected", "public", "qualified",
      "rec", "requires", "return", "role", "self", "short", "signatory", "static", "strictfp", "super", "switch",
      "synchronized", "template", "then", "this", "throw", "throws", "toString", "toValue", "transient", "try", "type",
      "viewtype", "void", "volatile", "wait", "where", "while", "with", "true", "false", "null", "finalize", "clone",
      "getClass");
  /**
   * What a Daml module sees without importing it, of all versions of the SDK, and a few more that a reader would take for
   * those. A type of the same name would be ambiguous wherever it is used.
   *
   * @see <a href="https://docs.digitalasset.com/build/3.4/reference/daml/stdlib/Prelude.html">the Prelude</a>
   */
  private static final Set<String> DAML = Set.of("Action", "ActionFail", "Additive", "Any", "AnyChoice",
      "AnyContractKey", "AnyException", "AnyTemplate", "AnyView", "Applicative", "Archive", "BigNumeric", "Bool",
      "Bounded", "CanAbort", "CanAssert", "Choice", "ContractId", "DamlEnum", "Date", "Decimal", "Divisible", "Down",
      "EQ", "Either", "Enum", "Eq", "Exception", "False", "Fractional", "Functor", "GT", "GeneralError", "HasAgreement",
      "HasArchive", "HasChoiceController", "HasChoiceObserver", "HasCreate", "HasEnsure", "HasExercise",
      "HasExerciseByKey", "HasExerciseGuarded", "HasFetch", "HasFetchByKey", "HasFromAnyChoice",
      "HasFromAnyContractKey", "HasFromAnyTemplate", "HasFromInterface", "HasInterfaceTypeRep", "HasInterfaceView",
      "HasIsInterfaceType", "HasKey", "HasLookupByKey", "HasMaintainer", "HasObserver", "HasSignatory", "HasSubmit",
      "HasTemplateTypeRep", "HasTime", "HasToAnyChoice", "HasToAnyContractKey", "HasToAnyTemplate", "HasToInterface",
      "Implements", "Int", "InterfaceTypeRep", "InterfaceView", "IsNumeric", "IsParties", "LT", "Left", "List", "Map",
      "Monad", "Monoid", "Multiplicative", "NonConsuming", "None", "Number", "Numeric", "NumericScale", "Optional",
      "Ord", "Ordering", "Party", "PostConsuming", "PreConsuming", "Record", "RelTime", "Right", "RoundingCeiling",
      "RoundingDown", "RoundingFloor", "RoundingHalfDown", "RoundingHalfEven", "RoundingHalfUp", "RoundingMode",
      "RoundingUnnecessary", "RoundingUp", "Scenario", "Script", "Semigroup", "Show", "ShowS", "Signed", "Some",
      "Symbol", "Template", "TemplateKey", "TemplateOrInterface", "TemplateTypeRep", "Text", "TextMap", "Time", "True",
      "Type", "TypeRep", "Update");
  /** What the Java types are written with. */
  private static final Set<String> JAVA = Set.of("BigDecimal", "Boolean", "Error", "IllegalArgumentException",
      "Instant", "Integer", "Iterable", "LedgerValue", "LocalDate", "Long", "Math", "Object", "Override", "String",
      "System", "Thread", "Values", "Var", "Void");

  private final Set<String> types = new HashSet<>();

  /** Of a type or constructor: upper case first. */
  String type(String wanted) {
    String name = legal(wanted, "T");
    name = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    return unique(DAML.contains(name) || JAVA.contains(name) ? name + "_" : name, types);
  }

  /** {@code Type_value}. */
  String constructor(String type, String value) {
    String part = legal(value, "");
    return unique(type + "_" + (part.isEmpty() ? "Value" : part), types);
  }

  /** Of a field: lower case first; unique among those given. */
  static String field(String wanted, Set<String> taken) {
    String name = legal(wanted, "f");
    name = name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    return unique(KEYWORDS.contains(name) ? name + "_" : name, taken);
  }

  /**
   * Of an operation: less the packages that all have in common; points vanish, other signs make the next letter upper
   * case.
   */
  static String operation(String id, String commonPrefix) {
    return id.startsWith(commonPrefix) ? id.substring(commonPrefix.length()) : id;
  }

  /** The points-and-words beginning that all ids share, with the last point; never a whole id. */
  static String commonPrefix(List<String> ids) {
    if (ids.size() < 2) {
      return "";
    }
    String prefix = ids.getFirst();
    for (String id : ids) {
      while (!id.startsWith(prefix)) {
        prefix = prefix.substring(0, prefix.length() - 1);
      }
    }
    return prefix.substring(0, prefix.lastIndexOf('.') + 1);
  }

  private static String legal(String wanted, String before) {
    StringBuilder name = new StringBuilder();
    boolean upper = false;
    for (int i = 0; i < wanted.length() && name.length() < LIMIT; i++) {
      char c = wanted.charAt(i);
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
        name.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      } else {
        upper |= c != '.';
      }
    }
    if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
      name.insert(0, before);
    }
    return name.toString();
  }

  private static String unique(String name, Set<String> taken) {
    String candidate = name;
    // Names that differ only in case would be one file on some disks.
    for (int i = 2; !taken.add(candidate.toLowerCase(Locale.ROOT)); i++) {
      candidate = name + i;
    }
    return candidate;
  }
}
