package dev.fairway.daml.openapi;

import dev.fairway.daml.openapi.ApiOperation.Answer;
import dev.fairway.daml.openapi.ApiOperation.Group;
import dev.fairway.daml.openapi.Declaration.Constructor;
import dev.fairway.daml.openapi.Declaration.Enumeration;
import dev.fairway.daml.openapi.Declaration.Field;
import dev.fairway.daml.openapi.Declaration.Struct;
import dev.fairway.daml.openapi.Declaration.Variant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Writes Daml. */
final class DamlSource {
  private static final String DERIVING = "  deriving (Eq, Ord, Show)\n";

  private DamlSource() {}

  static String types(String module, Collection<Declaration> declarations) {
    StringBuilder source = new StringBuilder("-- Made from the description of an HTTP API; do not change.\nmodule ")
        .append(module).append(".Types where\n\nimport DA.TextMap (TextMap)\n");
    for (Declaration declaration : declarations) {
      source.append('\n');
      switch (declaration) {
        case Struct struct -> struct(source, struct);
        case Enumeration(String name, List<Constructor> constructors) -> source.append("data ").append(name)
            .append(constructors.stream().map(Constructor::name).collect(Collectors.joining("\n  | ", "\n  = ", "\n")))
            .append(DERIVING);
        case Variant(String name, List<Constructor> constructors, _) -> source.append("data ").append(name)
            .append(constructors.stream().map(c -> c.name() + " " + argument(c.value().orElseThrow()))
                .collect(Collectors.joining("\n  | ", "\n  = ", "\n")))
            .append(DERIVING);
      }
    }
    return source.toString();
  }

  private static void struct(StringBuilder source, Struct struct) {
    source.append("data ").append(struct.name()).append(" = ").append(struct.name());
    if (struct.fields().isEmpty()) {
      source.append(" {}\n");
    } else {
      source.append(" with\n");
      for (Field field : struct.fields()) {
        source.append("    ").append(field.name()).append(" : ").append(type(field.type())).append('\n');
      }
    }
    source.append(DERIVING);
  }

  static String requests(String module, List<ApiOperation> operations) {
    StringBuilder source = new StringBuilder("-- Made from the description of an HTTP API; do not change.\nmodule ")
        .append(module).append(".Requests where\n\nimport DA.TextMap (TextMap)\nimport ").append(module)
        .append(".Types\n");
    for (ApiOperation operation : operations) {
      request(source, operation);
      response(source, operation);
    }
    return source.toString();
  }

  private static void request(StringBuilder source, ApiOperation operation) {
    source.append("\n-- ").append(operation.method()).append(' ').append(printable(operation.path()))
        .append("\ntemplate ").append(operation.name())
        .append("\n  with\n    requestor : Party\n    gateway : Party\n");
    for (Group group : operation.groups()) {
      source.append("    ").append(group.field()).append(" : ").append(group.type()).append('\n');
    }
    operation.requestBody()
        .ifPresent(body -> source.append("    requestBody : ").append(type(body.type())).append('\n'));
    source.append("""
          where
            signatory requestor
            observer gateway

            choice %1$s_Respond : ContractId %2$s
              with
                body : %3$s
              controller gateway
              do create %2$s with requestor; gateway; requestId = self; body
        """.formatted(operation.name(), operation.response(), operation.body()));
  }

  private static void response(StringBuilder source, ApiOperation operation) {
    source.append("\ndata ").append(operation.body()).append('\n');
    String before = "  = ";
    for (Answer answer : operation.answers()) {
      source.append(before).append(answer.constructor()).append(' ')
          .append(answer.type().map(DamlSource::argument).orElse("()")).append('\n');
      before = "  | ";
    }
    source.append(before).append(operation.unexpected()).append(" with status : Int; body : Text\n  | ")
        .append(operation.transportError()).append(" with message : Text\n").append(DERIVING);
    source.append("""

        template %1$s
          with
            requestor : Party
            gateway : Party
            requestId : ContractId %2$s
            body : %3$s
          where
            signatory requestor, gateway

            choice %1$s_Acknowledge : ()
              controller requestor
              do return ()
        """.formatted(operation.response(), operation.name(), operation.body()));
  }

  /** Keeps a path from ending the comment it stands in. */
  private static String printable(String path) {
    return path.replaceAll("[^ -~]", "?");
  }

  static String type(ApiType type) {
    return switch (type) {
      case ApiType.Plain plain -> plain.daml();
      case ApiType.ListOf(ApiType item) -> "[" + type(item) + "]";
      case ApiType.MapOf(ApiType value) -> "TextMap " + argument(value);
      case ApiType.OptionalOf(ApiType value) -> "Optional " + argument(value);
      case ApiType.Ref(String name) -> name;
    };
  }

  /** The type where it stands behind another word. */
  private static String argument(ApiType type) {
    return type instanceof ApiType.MapOf || type instanceof ApiType.OptionalOf ? "(" + type(type) + ")" : type(type);
  }
}
