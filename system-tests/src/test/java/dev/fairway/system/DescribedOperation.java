package dev.fairway.system;

import dev.fairway.core.FairwayException;
import dev.fairway.web.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What a node's description says of one operation.
 *
 * @param errors the media type and the schema of its error answers
 */
record DescribedOperation(String method, String path, List<String> queries, List<String> types, Errors errors) {
  /** Names of classes mean nothing to a caller. */
  private static final Pattern INTERNAL = Pattern
      .compile("(java|tools|dev|io|org)\\.[a-z]+\\.|Exception\\b|\\bnull\\b");
  private static final Pattern KEBAB = Pattern.compile("[a-z]+(-[a-z]+)*");

  /** The status is a reason phrase rather than a number. */
  private static final Pattern REASON = Pattern.compile("[A-Z][A-Za-z -]+");
  private static final Errors PROBLEM = new Errors("application/problem+json", "#/components/schemas/Problem");

  /** How an operation tells errors. */
  record Errors(String mediaType, String schema) {}

  static List<DescribedOperation> of(JsonNode description) {
    List<DescribedOperation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : description.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        Map.Entry<String, JsonNode> error = method.getValue().at("/responses/default/content").properties().iterator()
            .next();
        operations.add(new DescribedOperation(method.getKey().toUpperCase(Locale.ROOT), path.getKey(),
            method.getValue().path("parameters").valueStream()
                .filter(parameter -> parameter.path("in").asString().equals("query"))
                .map(parameter -> parameter.path("name").asString()).toList(),
            List.copyOf(method.getValue().path("requestBody").path("content").propertyNames()),
            new Errors(error.getKey(), error.getValue().at("/schema/$ref").asString())));
      }
    }
    return operations;
  }

  boolean takesBody() {
    return !method.equals("GET") && !method.equals("DELETE");
  }

  String at(String id, String value) {
    String asked = queries.isEmpty() || value.isEmpty()
        ? ""
        : "?" + String.join("&", queries.stream().map(query -> query + "=" + value).toList());
    return path.replaceAll("\\{[^}]+}", id) + asked;
  }

  /** What is wrong with the shape of an error answer; empty when it is as described. */
  Optional<String> faultOf(String answer) {
    Optional<String> fault = faultOf(answer, errors);
    boolean isCall = answer.contains("\r\nX-Request-Id: ");
    // Whose path the HTTP layer could not read lies in no door; an integration's own paths speak as aiohttp does.
    return fault.filter(_ -> isCall || faultOf(answer, PROBLEM).isPresent())
        .filter(
            _ -> !path.startsWith("/integrations/{id}") || !answer.matches("(?s).*\r\n\r\n\\d{3}: [A-Z][A-Za-z ]+"));
  }

  private static Optional<String> faultOf(String answer, Errors errors) {
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      return Optional.of("no answer");
    }
    if (!answer.substring(0, end).contains("\r\nContent-Type: " + errors.mediaType())) {
      return Optional.of("not " + errors.mediaType());
    }
    JsonNode body;
    try {
      body = Json.parse(answer.substring(end + 4));
    } catch (FairwayException e) {
      return Optional.of("not JSON");
    }
    return switch (errors.schema()) {
      case "#/components/schemas/Problem" -> problem(body, Integer.parseInt(answer.substring(9, 12)));
      case "#/components/schemas/Errors" -> legacy(body);
      case "#/components/schemas/Message" -> text(body, "message");
      default -> Optional.of("described as " + errors.schema());
    };
  }

  private static Optional<String> problem(JsonNode body, int status) {
    return !body.path("type").isString() || !body.path("title").isString() || body.path("status").asInt(0) != status
        ? Optional.of("no problem of RFC 9457")
        : text(body, "detail")
            .or(() -> body.path("detail").asString().equals(body.path("title").asString())
                ? Optional.of("its detail says no more than its title")
                : Optional.empty());
  }

  /* Errors of the HTTP layer have neither detail nor source. */
  private static Optional<String> legacy(JsonNode body) {
    if (body.path("errors").isEmpty()) {
      return Optional.of("no errors");
    }
    for (JsonNode error : body.path("errors")) {
      if (!REASON.matcher(error.path("status").asString("")).matches() || !error.path("title").isString()
          || !KEBAB.matcher(error.path("code").asString("")).matches()) {
        return Optional.of("an error without status, code or title");
      }
      if (error.has("detail") != error.has("source")) {
        return Optional.of("detail without source, or the other way round");
      }
      if (error.has("detail") && text(error, "detail").isPresent()) {
        return text(error, "detail");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> text(JsonNode body, String member) {
    String text = body.path(member).asString("");
    if (text.isBlank()) {
      return Optional.of("no " + member);
    }
    return INTERNAL.matcher(text).find() ? Optional.of("its " + member + " tells of the inside") : Optional.empty();
  }
}
