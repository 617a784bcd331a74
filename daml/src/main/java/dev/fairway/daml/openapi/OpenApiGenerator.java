package dev.fairway.daml.openapi;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.daml.openapi.ApiOperation.Answer;
import dev.fairway.daml.openapi.ApiOperation.Group;
import dev.fairway.daml.openapi.ApiOperation.Parameter;
import dev.fairway.daml.openapi.ApiOperation.RequestBody;
import dev.fairway.daml.openapi.Declaration.Field;
import dev.fairway.daml.openapi.Declaration.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Makes typed requests of the description of an HTTP API (OpenAPI 2.0, 3.0 and 3.1): for each operation a Daml template
 * for the request and one for its response, the same for the ledger that each node has, the same as Java types, and a
 * mapping that says how a request becomes a call and an answer a response. The same description makes the same bytes.
 *
 * <p>Every answer has exactly one constructor: its status, else its range, else the default, else {@code _Unexpected};
 * where there is no answer, {@code _TransportError}. What has no type of its own is given as the text of its JSON.
 *
 * @see <a href="https://spec.openapis.org/oas/v3.1.1.html">OpenAPI Specification</a>
 */
public final class OpenApiGenerator {
  private static final List<String> METHODS = List.of("get", "put", "post", "delete", "options", "head", "patch",
      "trace");
  private static final int SIZE_LIMIT = 64 << 20;

  private final Options options;

  /**
   * @param module of the Daml source, dotted, upper case first
   * @param javaPackage of the Java types
   */
  public record Options(String module, String javaPackage) {
    public Options {
      if (!module.matches("[A-Z][A-Za-z0-9_]*(\\.[A-Z][A-Za-z0-9_]*)*")) {
        throw new IllegalArgumentException(
            "a Daml module is dotted words, upper case first; \"" + module + "\" is not");
      }
      if (!javaPackage.matches("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)*")) {
        throw new IllegalArgumentException(
            "a Java package is dotted words in lower case; \"" + javaPackage + "\" is not");
      }
    }
  }

  /**
   * @param files by path relative to where they shall be written
   * @param notes what could not be said with types
   */
  public record Generated(SortedMap<String, String> files, List<String> notes) {
    public Generated {
      notes = List.copyOf(notes);
    }
  }

  public OpenApiGenerator(Options options) {
    this.options = options;
  }

  /**
   * @param description JSON or YAML
   * @throws FairwayException with {@code INVALID} and the place when it is not a description of these versions
   */
  public Generated generate(byte[] description) {
    return generate(parse(description));
  }

  private static JsonNode parse(byte[] description) {
    if (description.length > SIZE_LIMIT) {
      throw new FairwayException(ErrorCode.TOO_LARGE,
          "the description has " + description.length + " bytes; at most " + SIZE_LIMIT + " are read");
    }
    String text = new String(description, StandardCharsets.UTF_8);
    try {
      return text.stripLeading().startsWith("{")
          ? JsonMapper.shared().readTree(text)
          : YAMLMapper.builder().build().readTree(text);
    } catch (JacksonException e) {
      throw new FairwayException(ErrorCode.INVALID,
          "the description is neither JSON nor YAML: " + e.getOriginalMessage(),
          e);
    }
  }

  private Generated generate(JsonNode document) {
    boolean second = document.path("swagger").asString("").equals("2.0");
    if (!second && !document.path("openapi").asString("").matches("3\\.[01](\\..*)?")) {
      throw Schemas.invalid("the description is of no known version: swagger must be 2.0, or openapi 3.0 or 3.1; "
          + Stream.of("swagger", "openapi").filter(document::has).findFirst()
              .map(key -> key + " is " + document.path(key)).orElse("there is neither"));
    }
    Names names = new Names();
    Schemas schemas = new Schemas(document, names);
    List<ApiOperation> operations = new Operations(document, schemas, names, second).all();
    SortedMap<String, String> files = new TreeMap<>();
    String folder = "daml/" + options.module().replace('.', '/');
    files.put(folder + "/Types.daml", DamlSource.types(options.module(), schemas.declarations().values()));
    files.put(folder + "/Requests.daml", DamlSource.requests(options.module(), operations));
    files.put("templates.yaml",
        LocalSource.templates(document, options.module(), schemas.declarations().values(), operations));
    files.put("mapping.json", Mapping.json(document, options.module(), operations, schemas));
    files
        .putAll(JavaSource.files(options.javaPackage(), options.module(), schemas.declarations().values(), operations));
    return new Generated(files, List.copyOf(schemas.notes()));
  }

  /** Walks the paths in the order of the document. */
  private static final class Operations {
    private final JsonNode document;
    private final Schemas schemas;
    private final Names names;
    private final boolean second;

    Operations(JsonNode document, Schemas schemas, Names names, boolean second) {
      this.document = document;
      this.schemas = schemas;
      this.names = names;
      this.second = second;
    }

    List<ApiOperation> all() {
      String prefix = Names.commonPrefix(ids());
      List<ApiOperation> operations = new ArrayList<>();
      document.path("paths").properties().forEach(entry -> {
        JsonNode item = schemas.resolve(entry.getValue());
        for (String method : METHODS) {
          if (item.path(method).isObject()) {
            operations.add(operation(prefix, entry.getKey(), method, item, item.path(method)));
          }
        }
      });
      return operations;
    }

    private List<String> ids() {
      List<String> ids = new ArrayList<>();
      for (JsonNode item : document.path("paths")) {
        JsonNode resolved = schemas.resolve(item);
        for (String method : METHODS) {
          String id = resolved.path(method).path("operationId").asString("");
          if (!id.isEmpty()) {
            ids.add(id);
          }
        }
      }
      return ids;
    }

    private ApiOperation operation(String prefix, String path, String method, JsonNode item, JsonNode operation) {
      String id = operation.path("operationId").asString("");
      String name = names.type(id.isEmpty() ? method + " " + path : Names.operation(id, prefix));
      String response = names.type(name + "Response");
      String body = names.type(name + "ResponseBody");
      List<JsonNode> parameters = parameters(item, operation);
      List<Group> groups = new ArrayList<>();
      for (String place : List.of("path", "query", "header", "cookie")) {
        List<JsonNode> here = parameters.stream().filter(p -> p.path("in").asString("").equals(place)).toList();
        if (!here.isEmpty()) {
          groups.add(group(name, place, here));
        }
      }
      return new ApiOperation(name, response, body, Optional.of(id).filter(known -> !known.isEmpty()),
          method.toUpperCase(Locale.ROOT), path, groups, requestBody(name, operation, parameters),
          answers(name, body, operation), names.constructor(body, "Unexpected"),
          names.constructor(body, "TransportError"));
    }

    /** Those of the operation come before those of its path with the same name and place. */
    private List<JsonNode> parameters(JsonNode item, JsonNode operation) {
      Map<String, JsonNode> all = new LinkedHashMap<>();
      for (JsonNode owner : List.of(item, operation)) {
        for (JsonNode parameter : owner.path("parameters")) {
          JsonNode resolved = schemas.resolve(parameter);
          all.put(resolved.path("in").asString("") + " " + resolved.path("name").asString(""), resolved);
        }
      }
      return List.copyOf(all.values());
    }

    private Group group(String name, String place, List<JsonNode> parameters) {
      String type = names.type(name + Schemas.upper(place));
      Set<String> taken = new HashSet<>();
      List<Parameter> read = new ArrayList<>();
      for (JsonNode parameter : parameters) {
        String original = parameter.path("name").asString("");
        ApiType parameterType = parameterType(parameter, type + Schemas.upper(original));
        boolean required = parameter.path("required").asBoolean(false) || place.equals("path");
        read.add(new Parameter(original, Names.field(original, taken),
            required ? parameterType : parameterType.optional(), style(parameter),
            parameter.path("explode").isBoolean()
                ? Optional.of(parameter.path("explode").asBoolean())
                : Optional.empty()));
      }
      schemas.declare(new Struct(type, read.stream().map(p -> new Field(p.original(), p.field(), p.type())).toList()));
      return new Group(place, place.equals("header") ? "headers" : place, type, read);
    }

    private static Optional<String> style(JsonNode parameter) {
      return Optional.ofNullable(parameter.path("style").asString(parameter.path("collectionFormat").asString(null)));
    }

    private ApiType parameterType(JsonNode parameter, String suggested) {
      if (second) {
        return schemas.type(parameter, suggested);
      }
      JsonNode content = parameter.path("content");
      return content.isEmpty()
          ? schemas.type(parameter.path("schema"), suggested)
          : schemas.type(content.iterator().next().path("schema"), suggested);
    }

    private Optional<RequestBody> requestBody(String name, JsonNode operation, List<JsonNode> parameters) {
      if (!second) {
        JsonNode body = schemas.resolve(operation.path("requestBody"));
        return chosen(body.path("content")).map(content -> {
          ApiType type = bodyType(content, name + "Body");
          return new RequestBody(body.path("required").asBoolean(false) ? type : type.optional(), content.getKey());
        });
      }
      Optional<JsonNode> body = parameters.stream().filter(p -> p.path("in").asString("").equals("body")).findFirst();
      if (body.isPresent()) {
        ApiType type = schemas.type(body.get().path("schema"), name + "Body");
        return Optional.of(new RequestBody(body.get().path("required").asBoolean(false) ? type : type.optional(),
            consumed(operation, "application/json")));
      }
      List<JsonNode> form = parameters.stream().filter(p -> p.path("in").asString("").equals("formData")).toList();
      if (form.isEmpty()) {
        return Optional.empty();
      }
      String type = names.type(name + "Form");
      Set<String> taken = new HashSet<>();
      List<Field> fields = new ArrayList<>();
      for (JsonNode parameter : form) {
        String original = parameter.path("name").asString("");
        ApiType field = schemas.type(parameter, type + Schemas.upper(original));
        fields.add(new Field(original, Names.field(original, taken),
            parameter.path("required").asBoolean(false) ? field : field.optional()));
      }
      schemas.declare(new Struct(type, fields));
      boolean file = form.stream().anyMatch(p -> p.path("type").asString("").equals("file"));
      return Optional.of(new RequestBody(new ApiType.Ref(type),
          consumed(operation, file ? "multipart/form-data" : "application/x-www-form-urlencoded")));
    }

    private String consumed(JsonNode operation, String otherwise) {
      JsonNode consumes = operation.has("consumes") ? operation.path("consumes") : document.path("consumes");
      return consumes.isEmpty() ? otherwise : consumes.get(0).asString(otherwise);
    }

    /** JSON where it is offered, else the first. */
    private static Optional<Map.Entry<String, JsonNode>> chosen(JsonNode content) {
      Optional<Map.Entry<String, JsonNode>> json = content.properties().stream()
          .filter(entry -> isJson(entry.getKey())).findFirst();
      return json.isPresent() ? json : content.properties().stream().findFirst();
    }

    private static boolean isJson(String mediaType) {
      return mediaType.matches("application/(.*\\+)?json(;.*)?");
    }

    /** What is not JSON is text, or bytes, unless it is a form, whose fields have types. */
    private ApiType bodyType(Map.Entry<String, JsonNode> content, String suggested) {
      String mediaType = content.getKey();
      if (isJson(mediaType) || mediaType.startsWith("multipart/") || mediaType.contains("x-www-form-urlencoded")) {
        return schemas.type(content.getValue().path("schema"), suggested);
      }
      return mediaType.startsWith("text/") || mediaType.contains("xml") ? ApiType.Plain.TEXT : ApiType.Plain.BASE64;
    }

    private List<Answer> answers(String name, String body, JsonNode operation) {
      List<Map.Entry<String, JsonNode>> responses = new ArrayList<>(operation.path("responses").properties());
      responses.removeIf(entry -> entry.getKey().startsWith("x-"));
      responses.sort(Comparator.comparingInt((Map.Entry<String, JsonNode> entry) -> rank(entry.getKey()))
          .thenComparing(Map.Entry::getKey));
      List<Answer> answers = new ArrayList<>();
      for (Map.Entry<String, JsonNode> entry : responses) {
        String status = entry.getKey().toUpperCase(Locale.ROOT);
        boolean isDefault = status.equals("DEFAULT");
        if (!isDefault && !status.matches("[1-5]([0-9][0-9]|XX)")) {
          throw Schemas.invalid("the status " + entry.getKey() + " of " + name
              + " is none: write 100 to 599, 1XX to 5XX or default");
        }
        String shown = isDefault ? "default" : status;
        answers.add(answer(shown, names.constructor(body, shown), schemas.resolve(entry.getValue()), name + shown));
      }
      return answers;
    }

    private Answer answer(String status, String constructor, JsonNode response, String suggested) {
      if (second) {
        JsonNode schema = response.path("schema");
        return new Answer(status, constructor,
            schema.isMissingNode() ? Optional.empty() : Optional.of(schemas.type(schema, suggested)), Optional.empty());
      }
      Optional<Map.Entry<String, JsonNode>> content = chosen(response.path("content"))
          .filter(entry -> entry.getValue().has("schema") || !isJson(entry.getKey()));
      return new Answer(status, constructor, content.map(entry -> bodyType(entry, suggested)),
          content.map(Map.Entry::getKey));
    }

    /** Statuses, then ranges, then the default. */
    private static int rank(String status) {
      return status.equalsIgnoreCase("default") ? 2 : status.matches("[0-9]+") ? 0 : 1;
    }
  }
}
