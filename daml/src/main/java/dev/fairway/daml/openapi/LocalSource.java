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
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the templates once more, in the language of the ledger that every node has by itself: as JSON, which is YAML. So
 * requests can be made and answered without a Daml ledger, and without a Daml compiler.
 */
final class LocalSource {
  private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final String module;
  private final ObjectNode types = JSON.createObjectNode();
  private final ObjectNode templates = JSON.createObjectNode();

  private LocalSource(String module) {
    this.module = module;
  }

  static String templates(JsonNode document, String module, Collection<Declaration> declarations,
      List<ApiOperation> operations) {
    var source = new LocalSource(module);
    declarations.forEach(source::declare);
    operations.forEach(source::request);
    ObjectNode root = JSON.createObjectNode();
    root.putObject("package").put("name", packageName(module)).put("version", version(document));
    root.set("types", source.types);
    root.set("templates", source.templates);
    return JSON.writeValueAsString(root).replace("\r\n", "\n") + "\n";
  }

  private static String packageName(String module) {
    return module.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }

  /* A package's version is numbers with points between them; what an API calls its version may be anything. */
  private static String version(JsonNode document) {
    String version = document.path("info").path("version").asString("");
    return version.matches("[0-9]{1,9}(\\.[0-9]{1,9}){0,3}") ? version : "1.0.0";
  }

  private void declare(Declaration declaration) {
    ObjectNode type = types.putObject(inTypes(declaration.name()));
    switch (declaration) {
      case Struct(_, List<Field> fields) -> {
        ObjectNode all = type.putObject("record");
        fields.forEach(field -> all.put(field.name(), type(field.type())));
      }
      case Enumeration(_, List<Constructor> constructors) -> {
        var all = type.putArray("enum");
        constructors.forEach(constructor -> all.add(constructor.name()));
      }
      case Variant(_, List<Constructor> constructors, _) -> {
        ObjectNode all = type.putObject("variant");
        constructors.forEach(c -> all.put(c.name(), type(c.value().orElseThrow())));
      }
    }
  }

  private void request(ApiOperation operation) {
    ObjectNode request = templates.putObject(inRequests(operation.name()));
    ObjectNode fields = request.putObject("fields").put("requestor", "Party").put("gateway", "Party");
    for (Group group : operation.groups()) {
      fields.put(group.field(), inTypes(group.type()));
    }
    operation.requestBody().ifPresent(body -> fields.put("requestBody", type(body.type())));
    request.putArray("signatories").add("requestor");
    request.putArray("observers").add("gateway");
    ObjectNode respond = request.putObject("choices").putObject(operation.name() + "_Respond");
    respond.putArray("controllers").add("gateway");
    respond.putObject("arguments").put("body", inRequests(operation.body()));
    respond.putArray("creates").addObject().put("template", inRequests(operation.response())).putObject("with")
        .put("requestId", "$self").put("body", "$argument.body");
    response(operation);
  }

  private void response(ApiOperation operation) {
    ObjectNode body = types.putObject(inRequests(operation.body())).putObject("variant");
    for (Answer answer : operation.answers()) {
      body.put(answer.constructor(), answer.type().map(this::type).orElse("Unit"));
    }
    String unexpected = inRequests(operation.body() + "." + operation.unexpected());
    String transportError = inRequests(operation.body() + "." + operation.transportError());
    body.put(operation.unexpected(), unexpected).put(operation.transportError(), transportError);
    types.putObject(unexpected).putObject("record").put("status", "Int").put("body", "Text");
    types.putObject(transportError).putObject("record").put("message", "Text");

    ObjectNode response = templates.putObject(inRequests(operation.response()));
    response.putObject("fields").put("requestor", "Party").put("gateway", "Party").put("requestId", "ContractId")
        .put("body", inRequests(operation.body()));
    response.putArray("signatories").add("requestor").add("gateway");
    response.putObject("choices").putObject(operation.response() + "_Acknowledge").putArray("controllers")
        .add("requestor");
  }

  private String inTypes(String name) {
    return module + ".Types:" + name;
  }

  private String inRequests(String name) {
    return module + ".Requests:" + name;
  }

  private String type(ApiType type) {
    return switch (type) {
      case ApiType.Plain plain -> plain.daml();
      case ApiType.ListOf(ApiType item) -> "[" + type(item) + "]";
      case ApiType.MapOf(ApiType value) -> "TextMap " + argument(value);
      case ApiType.OptionalOf(ApiType value) -> "Optional " + argument(value);
      case ApiType.Ref(String name) -> inTypes(name);
    };
  }

  /** The type where it stands behind another word. */
  private String argument(ApiType type) {
    return type instanceof ApiType.MapOf || type instanceof ApiType.OptionalOf ? "(" + type(type) + ")" : type(type);
  }
}
