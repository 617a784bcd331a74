package dev.fairway.daml.openapi;

import dev.fairway.daml.openapi.ApiOperation.Answer;
import dev.fairway.daml.openapi.ApiOperation.Group;
import dev.fairway.daml.openapi.Declaration.Constructor;
import dev.fairway.daml.openapi.Declaration.Enumeration;
import dev.fairway.daml.openapi.Declaration.Field;
import dev.fairway.daml.openapi.Declaration.Struct;
import dev.fairway.daml.openapi.Declaration.Variant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes Java: a record, enum or sealed interface for each type, each able to become a
 * {@link dev.fairway.core.ledger.LedgerValue} and to be read from one.
 */
final class JavaSource {
  private static final String VALUE = "dev.fairway.core.ledger.LedgerValue";
  /** Counts the names of variables, which must differ where one expression stands within another. */
  private int inner;

  private JavaSource() {}

  static Map<String, String> files(String javaPackage, String module, Collection<Declaration> declarations,
      List<ApiOperation> operations) {
    JavaSource source = new JavaSource();
    Map<String, String> bodies = new TreeMap<>();
    for (Declaration declaration : declarations) {
      bodies.put(declaration.name(), source.declaration(declaration));
    }
    for (ApiOperation operation : operations) {
      bodies.put(operation.name(), source.request(operation, module));
      bodies.put(operation.body(), source.responseBody(operation));
      bodies.put(operation.response(), source.response(operation, module));
    }
    Map<String, String> files = new TreeMap<>();
    bodies.forEach((name, body) -> files.put("java/" + javaPackage.replace('.', '/') + "/" + name + ".java",
        "// Made from the description of an HTTP API; do not change.\npackage " + javaPackage + ";\n\n" + body));
    return files;
  }

  private String declaration(Declaration declaration) {
    return switch (declaration) {
      case Struct(String name, List<Field> fields) -> struct(name, fields, "");
      case Enumeration(String name, List<Constructor> constructors) -> enumeration(name, constructors);
      case Variant(String name, List<Constructor> constructors, _) -> variant(name, constructors);
    };
  }

  private String struct(String name, List<Field> fields, String members) {
    String components = fields.stream().map(f -> java(f.type()) + " " + f.name()).collect(Collectors.joining(", "));
    StringBuilder body = new StringBuilder("public record " + name + "(" + components + ") {\n" + members);
    body.append("  public ").append(VALUE).append(".Struct toValue() {\n    return ").append(VALUE).append(".struct()");
    for (Field field : fields) {
      body.append("\n        .with(\"").append(field.name()).append("\", ").append(write(field.type(), field.name()))
          .append(")");
    }
    body.append(";\n  }\n\n  public static ").append(name).append(" fromValue(").append(VALUE)
        .append(" value) {\n    var struct = (").append(VALUE).append(".Struct) value;\n    return new ").append(name)
        .append("(");
    body.append(fields.stream().map(f -> "\n        " + read(f.type(), "struct.get(\"" + f.name() + "\")"))
        .collect(Collectors.joining(",")));
    return body.append(");\n  }\n}\n").toString();
  }

  private static String enumeration(String name, List<Constructor> constructors) {
    return "public enum " + name + " {\n  "
        + constructors.stream().map(Constructor::name).collect(Collectors.joining(", "))
        + ";\n\n  public " + VALUE + " toValue() {\n    return new " + VALUE + ".Enumeration(name());\n  }\n\n"
        + "  public static " + name + " fromValue(" + VALUE + " value) {\n    return valueOf(((" + VALUE
        + ".Enumeration) value).constructor());\n  }\n}\n";
  }

  private String variant(String name, List<Constructor> constructors) {
    List<String> records = new ArrayList<>();
    List<String> cases = new ArrayList<>();
    for (Constructor constructor : constructors) {
      ApiType type = constructor.value().orElseThrow();
      records.add(single(constructor.name(), name, Optional.of(type)));
      cases.add("      case \"" + constructor.name() + "\" -> new " + constructor.name() + "("
          + read(type, "variant.value()") + ");\n");
    }
    return sealed(name, records, cases);
  }

  private String responseBody(ApiOperation operation) {
    List<String> records = new ArrayList<>();
    List<String> cases = new ArrayList<>();
    for (Answer answer : operation.answers()) {
      records.add(single(answer.constructor(), operation.body(), answer.type()));
      cases.add("      case \"" + answer.constructor() + "\" -> new " + answer.constructor() + "("
          + answer.type().map(type -> read(type, "variant.value()")).orElse("") + ");\n");
    }
    records.add(labelled(operation.unexpected(), operation.body(), List.of(
        new Field("", "status", ApiType.Plain.INT), new Field("", "body", ApiType.Plain.TEXT))));
    records.add(labelled(operation.transportError(), operation.body(),
        List.of(new Field("", "message", ApiType.Plain.TEXT))));
    cases.add("      case \"" + operation.unexpected() + "\" -> new " + operation.unexpected() + "(((" + VALUE
        + ".Struct) variant.value()).int64(\"status\"), ((" + VALUE + ".Struct) variant.value()).text(\"body\"));\n");
    cases.add("      case \"" + operation.transportError() + "\" -> new " + operation.transportError() + "(((" + VALUE
        + ".Struct) variant.value()).text(\"message\"));\n");
    return sealed(operation.body(), records, cases);
  }

  private static String sealed(String name, List<String> records, List<String> cases) {
    return "public sealed interface " + name + " {\n  " + VALUE + " toValue();\n\n" + String.join("\n", records)
        + "\n  static " + name + " fromValue(" + VALUE + " value) {\n    var variant = (" + VALUE
        + ".Variant) value;\n    return switch (variant.constructor()) {\n" + String.join("", cases)
        + "      default -> throw new IllegalArgumentException(\"" + name + " has no \" + variant.constructor());\n"
        + "    };\n  }\n}\n";
  }

  /** A constructor with one value, or none. */
  private String single(String constructor, String of, Optional<ApiType> type) {
    String component = type.map(t -> java(t) + " value").orElse("");
    String value = type.map(t -> write(t, "value")).orElse(VALUE + ".UNIT");
    return "  record " + constructor + "(" + component + ") implements " + of + " {\n    @Override\n    public " + VALUE
        + " toValue() {\n      return new " + VALUE + ".Variant(\"" + constructor + "\", " + value + ");\n    }\n  }\n";
  }

  private String labelled(String constructor, String of, List<Field> fields) {
    String components = fields.stream().map(f -> java(f.type()) + " " + f.name()).collect(Collectors.joining(", "));
    String values = fields.stream().map(f -> ".with(\"" + f.name() + "\", " + write(f.type(), f.name()) + ")")
        .collect(Collectors.joining());
    return "  record " + constructor + "(" + components + ") implements " + of + " {\n    @Override\n    public "
        + VALUE
        + " toValue() {\n      return new " + VALUE + ".Variant(\"" + constructor + "\", " + VALUE + ".struct()"
        + values
        + ");\n    }\n  }\n";
  }

  private String request(ApiOperation operation, String module) {
    List<Field> fields = parties();
    for (Group group : operation.groups()) {
      fields.add(new Field("", group.field(), new ApiType.Ref(group.type())));
    }
    operation.requestBody().ifPresent(body -> fields.add(new Field("", "requestBody", body.type())));
    return struct(operation.name(), fields, template(module, operation.name()));
  }

  private String response(ApiOperation operation, String module) {
    List<Field> fields = parties();
    fields.add(new Field("", "requestId", new ApiType.Ref(CONTRACT_MARK)));
    fields.add(new Field("", "body", new ApiType.Ref(operation.body())));
    return struct(operation.response(), fields, template(module, operation.response()));
  }

  private static String template(String module, String name) {
    return "  /** Its template, the package left open. */\n  public static final dev.fairway.core.ledger.TemplateId TEMPLATE =\n"
        + "      dev.fairway.core.ledger.TemplateId.parse(\"" + module + ".Requests:" + name + "\");\n\n";
  }

  /** Neither can be the name of a generated type. */
  private static final String PARTY_MARK = "party";
  private static final String CONTRACT_MARK = "contract";

  private static List<Field> parties() {
    return new ArrayList<>(List.of(new Field("", "requestor", new ApiType.Ref(PARTY_MARK)),
        new Field("", "gateway", new ApiType.Ref(PARTY_MARK))));
  }

  private static String java(ApiType type) {
    return switch (type) {
      case ApiType.Plain plain -> switch (plain) {
        case TEXT, BASE64, JSON -> "String";
        case INT -> "Long";
        case DECIMAL -> "java.math.BigDecimal";
        case BOOL -> "Boolean";
        case DATE -> "java.time.LocalDate";
        case TIME -> "java.time.Instant";
      };
      case ApiType.ListOf(ApiType item) -> "java.util.List<" + java(item) + ">";
      case ApiType.MapOf(ApiType value) -> "java.util.Map<String, " + java(value) + ">";
      case ApiType.OptionalOf(ApiType value) -> "java.util.Optional<" + java(value) + ">";
      case ApiType.Ref(String name) -> reference(name);
    };
  }

  private static String reference(String name) {
    return switch (name) {
      case PARTY_MARK -> "dev.fairway.core.ledger.Party";
      case CONTRACT_MARK -> "dev.fairway.core.ledger.ContractId";
      default -> name;
    };
  }

  private String write(ApiType type, String from) {
    return switch (type) {
      case ApiType.Plain plain -> VALUE + "." + switch (plain) {
        case TEXT, BASE64, JSON -> "text(";
        case INT -> "int64(";
        case DECIMAL -> "numeric(";
        case BOOL -> "bool(";
        case DATE -> "date(";
        case TIME -> "timestamp(";
      } + from + ")";
      case ApiType.ListOf(ApiType item) -> {
        String each = next();
        yield VALUE + ".list(" + from + ".stream().map(" + each + " -> (" + VALUE + ") " + write(item, each)
            + ").toList())";
      }
      case ApiType.MapOf(ApiType value) -> {
        String each = next();
        yield VALUE + ".textMap(" + from
            + ".entrySet().stream().collect(java.util.stream.Collectors.<java.util.Map.Entry<String, "
            + java(value) + ">, String, " + VALUE + ">toMap(java.util.Map.Entry::getKey, " + each + " -> "
            + write(value, each + ".getValue()") + ")))";
      }
      case ApiType.OptionalOf(ApiType value) -> {
        String each = next();
        yield "new " + VALUE + ".Opt(" + from + ".map(" + each + " -> (" + VALUE + ") " + write(value, each) + "))";
      }
      case ApiType.Ref(String name) -> switch (name) {
        case PARTY_MARK -> VALUE + ".party(" + from + ")";
        case CONTRACT_MARK -> VALUE + ".contract(" + from + ")";
        default -> from + ".toValue()";
      };
    };
  }

  private String read(ApiType type, String from) {
    return switch (type) {
      case ApiType.Plain plain -> switch (plain) {
        case TEXT, BASE64, JSON -> "((" + VALUE + ".Text) " + from + ").text()";
        case INT -> "((" + VALUE + ".Int64) " + from + ").value()";
        case DECIMAL -> "((" + VALUE + ".Numeric) " + from + ").value()";
        case BOOL -> "((" + VALUE + ".Bool) " + from + ").value()";
        case DATE -> "((" + VALUE + ".Date) " + from + ").value()";
        case TIME -> "((" + VALUE + ".Timestamp) " + from + ").value()";
      };
      case ApiType.ListOf(ApiType item) -> {
        String each = next();
        yield "((" + VALUE + ".Sequence) " + from + ").items().stream().map(" + each + " -> " + read(item, each)
            + ").toList()";
      }
      case ApiType.MapOf(ApiType value) -> {
        String each = next();
        yield "((" + VALUE + ".TextMap) " + from
            + ").entries().entrySet().stream().collect(java.util.stream.Collectors.<java.util.Map.Entry<String, "
            + VALUE
            + ">, String, " + java(value) + ">toMap(java.util.Map.Entry::getKey, " + each + " -> "
            + read(value, each + ".getValue()") + "))";
      }
      case ApiType.OptionalOf(ApiType value) -> {
        String each = next();
        yield "((" + VALUE + ".Opt) " + from + ").value().map(" + each + " -> " + read(value, each) + ")";
      }
      case ApiType.Ref(String name) -> switch (name) {
        case PARTY_MARK -> "((" + VALUE + ".OfParty) " + from + ").party()";
        case CONTRACT_MARK -> "((" + VALUE + ".OfContract) " + from + ").id()";
        default -> name + ".fromValue(" + from + ")";
      };
    };
  }

  private String next() {
    return "e" + inner++ % 1_000;
  }
}
