package dev.fairway.web;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes an OpenAPI 3.1 document from what doors declare. */
public final class OpenApi {
  private static final Pattern PARAMETER = Pattern.compile("[{<]([^}>]+)[}>]");

  private OpenApi() {}

  /**
   * A door that serves the document at {@code /api/openapi.json}.
   *
   * @param doors all doors; the document tells of this route too
   */
  public static Door door(String title, String version, List<Door> doors) {
    java.util.concurrent.atomic.AtomicReference<byte[]> document = new java.util.concurrent.atomic.AtomicReference<>();
    Door door = new Door("openapi", "", ErrorStyle.PROBLEM,
        List.of(Route.get("/api/openapi.json", "Describes every route").anyone().answers(200, "An OpenAPI 3.1 document")
            .handle(call -> call.bytes(200, "application/json", document.get()))));
    document.set(Json.bytes(
        document(title, version,
            java.util.stream.Stream.concat(doors.stream(), java.util.stream.Stream.of(door)).toList())));
    return door;
  }

  /** The document itself. Routes that are not listed are left out. */
  public static ObjectNode document(String title, String version, List<Door> doors) {
    ObjectNode document = Json.object().put("openapi", "3.1.0");
    document.putObject("info").put("title", title).put("version", version);
    ArrayNode tags = document.putArray("tags");
    ObjectNode paths = document.putObject("paths");
    Set<String> ids = new HashSet<>();
    Set<String> tagged = new LinkedHashSet<>();
    for (Door door : doors) {
      for (Route route : door.routes()) {
        if (route.listed()) {
          String template = door.prefix() + route.path();
          String path = template.isEmpty() ? "/" : template.replace('<', '{').replace('>', '}');
          ObjectNode item = paths.get(path) instanceof ObjectNode known ? known : paths.putObject(path);
          item.set(route.method().toLowerCase(Locale.ROOT), operation(door, route, path, ids));
          tagged.add(door.name());
        }
      }
    }
    tagged.forEach(name -> tags.addObject().put("name", name));
    components(document.putObject("components"));
    return document;
  }

  private static ObjectNode operation(Door door, Route route, String path, Set<String> ids) {
    ObjectNode operation = Json.object();
    operation.putArray("tags").add(door.name());
    operation.put("summary", route.summary());
    if (!route.description().isEmpty()) {
      operation.put("description", route.description());
    }
    operation.put("operationId", id(door, route, ids));
    ArrayNode parameters = Json.array();
    Matcher matcher = PARAMETER.matcher(path);
    while (matcher.find()) {
      parameter(parameters, new Route.Parameter("path", matcher.group(1), "", true));
    }
    route.parameters().forEach(parameter -> parameter(parameters, parameter));
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
    body(operation, route);
    responses(operation, door, route);
    switch (route.access()) {
      case Access.Anyone _ -> operation.putArray("security");
      case Access.Authenticated _ -> operation.putArray("security").addObject().putArray("bearer");
      case Access.Scope(var scope) -> operation.putArray("security").addObject().putArray("bearer").add(scope);
    }
    return operation;
  }

  private static String id(Door door, Route route, Set<String> ids) {
    StringBuilder id = new StringBuilder(door.name()).append('.').append(route.method().toLowerCase(Locale.ROOT));
    for (String word : route.path().split("[^A-Za-z0-9]+", -1)) {
      if (!word.isEmpty()) {
        id.append('.').append(word);
      }
    }
    String unique = id.toString();
    for (int i = 2; !ids.add(unique); i++) {
      unique = id + "." + i;
    }
    return unique;
  }

  private static void parameter(ArrayNode parameters, Route.Parameter parameter) {
    ObjectNode node = parameters.addObject().put("name", parameter.name()).put("in", parameter.in());
    if (!parameter.description().isEmpty()) {
      node.put("description", parameter.description());
    }
    node.put("required", parameter.required() || parameter.in().equals("path"));
    node.putObject("schema").put("type", "string");
  }

  private static void body(ObjectNode operation, Route route) {
    if (route.consumes().isEmpty() && route.request().isEmpty()) {
      return;
    }
    ObjectNode content = operation.putObject("requestBody").put("required", true).putObject("content");
    List<String> types = route.consumes().isEmpty() ? List.of("application/json") : route.consumes();
    for (String type : types) {
      ObjectNode media = content.putObject(type);
      route.request().ifPresent(schema -> media.set("schema", schema));
    }
  }

  private static void responses(ObjectNode operation, Door door, Route route) {
    ObjectNode responses = operation.putObject("responses");
    for (Route.Response response : route.responses()) {
      ObjectNode node = responses.putObject(Integer.toString(response.status())).put("description",
          response.description());
      ObjectNode media = node.putObject("content").putObject(response.contentType());
      response.schema().ifPresent(schema -> media.set("schema", schema));
    }
    ErrorStyle style = route.errors().orElse(door.errors());
    ObjectNode error = responses.putObject("default").put("description", "An error");
    error.putObject("content").putObject(style.contentType()).putObject("schema")
        .put("$ref", "#/components/schemas/" + style.schema());
  }

  private static void components(ObjectNode components) {
    ObjectNode schemas = components.putObject("schemas");
    ObjectNode message = schemas.putObject("Message").put("type", "object");
    message.putArray("required").add("message");
    message.putObject("properties").putObject("message").put("type", "string");
    ObjectNode problem = schemas.putObject("Problem").put("type", "object").put("description", "RFC 9457");
    ObjectNode members = problem.putObject("properties");
    members.putObject("type").put("type", "string").put("format", "uri-reference");
    members.putObject("title").put("type", "string");
    members.putObject("status").put("type", "integer");
    members.putObject("detail").put("type", "string");
    members.putObject("request_id").put("type", "string");
    problem.putArray("required").add("type").add("title").add("status");
    ObjectNode errors = schemas.putObject("Errors").put("type", "object");
    errors.putArray("required").add("errors");
    ObjectNode items = errors.putObject("properties").putObject("errors").put("type", "array").putObject("items")
        .put("type", "object");
    ObjectNode fields = items.putObject("properties");
    fields.putObject("status").put("type", "string");
    fields.putObject("code").put("type", "string");
    fields.putObject("title").put("type", "string");
    fields.putObject("detail").put("type", "string");
    fields.putObject("source");
    items.putArray("required").add("status").add("code").add("title");
    components.putObject("securitySchemes").putObject("bearer").put("type", "http").put("scheme", "bearer")
        .put("bearerFormat", "JWT");
  }
}
