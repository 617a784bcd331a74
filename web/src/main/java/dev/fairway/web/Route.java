package dev.fairway.web;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * One thing a door does: declared once, and the server, its access check, its limits and its page in the OpenAPI
 * document follow. Immutable; each method gives a changed copy.
 *
 * <pre>{@code
 * Route.post("/message", "Hands in a message").scope("message.write").consumes("application/json").handle(this::post)
 * }</pre>
 *
 * @param method {@code GET}, {@code POST}, …; a GET route answers HEAD too
 * @param path below the door's prefix, {@code /message/{ref}}; a parameter is a whole segment or part of one and holds
 * no slash. {@code <rest>} takes several segments. Empty for the prefix itself
 * @param summary one line for people
 * @param description further text for people
 * @param access who may
 * @param consumes media types of the body; another is answered 415. Empty takes any
 * @param maxBody most bytes of the body; more is answered 413
 * @param errors the error shape, where it is another than the door's
 * @param parameters query parameters and headers, for the OpenAPI document
 * @param request the body's JSON Schema
 * @param responses what it may answer
 * @param listed whether the OpenAPI document tells of it
 */
public record Route(String method, String path, String summary, String description, Access access,
    List<String> consumes, long maxBody, Optional<ErrorStyle> errors, List<Parameter> parameters,
    Optional<JsonNode> request, List<Response> responses, boolean listed, Handler handler) {

  /** The limit on a body when a route names none: 1 MiB. */
  public static final long DEFAULT_BODY = 1 << 20;

  private static final Pattern PATH = Pattern.compile("(/[^\\s?#]*)?");

  /** A parameter outside the body. */
  public record Parameter(String in, String name, String description, boolean required) {}

  /** An answer. */
  public record Response(int status, String description, String contentType, Optional<JsonNode> schema) {}

  public Route {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("a route's path is empty or begins with a slash, is \"" + path + "\"");
    }
    if (summary.isBlank()) {
      throw new IllegalArgumentException(method + " " + path + " has no summary");
    }
    consumes = List.copyOf(consumes);
    parameters = List.copyOf(parameters);
    responses = List.copyOf(responses);
  }

  public static Route of(String method, String path, String summary) {
    return new Route(method, path, summary, "", new Access.Authenticated(), List.of(), DEFAULT_BODY, Optional.empty(),
        List.of(), Optional.empty(), List.of(), true, call -> {
          throw new IllegalStateException(method + " " + path + " has no handler");
        });
  }

  public static Route get(String path, String summary) {
    return of("GET", path, summary);
  }

  public static Route post(String path, String summary) {
    return of("POST", path, summary);
  }

  public static Route put(String path, String summary) {
    return of("PUT", path, summary);
  }

  public static Route patch(String path, String summary) {
    return of("PATCH", path, summary);
  }

  public static Route delete(String path, String summary) {
    return of("DELETE", path, summary);
  }

  public Route describe(String text) {
    return copy(text, access, consumes, maxBody, errors, parameters, request, responses, listed, handler);
  }

  /** Everyone may. Without a word, a route asks for credentials. */
  public Route anyone() {
    return copy(description, new Access.Anyone(), consumes, maxBody, errors, parameters, request, responses, listed,
        handler);
  }

  public Route scope(String name) {
    return copy(description, new Access.Scope(name), consumes, maxBody, errors, parameters, request, responses, listed,
        handler);
  }

  public Route consumes(String... mediaTypes) {
    return copy(description, access, List.of(mediaTypes), maxBody, errors, parameters, request, responses, listed,
        handler);
  }

  public Route maxBody(long bytes) {
    return copy(description, access, consumes, bytes, errors, parameters, request, responses, listed, handler);
  }

  public Route errors(ErrorStyle style) {
    return copy(description, access, consumes, maxBody, Optional.of(style), parameters, request, responses, listed,
        handler);
  }

  /** Tells of a query parameter. */
  public Route query(String name, String text) {
    return parameter(new Parameter("query", name, text, false));
  }

  public Route parameter(Parameter parameter) {
    return copy(description, access, consumes, maxBody, errors, plus(parameters, parameter), request, responses, listed,
        handler);
  }

  /** Tells the JSON Schema of the body. */
  public Route request(JsonNode schema) {
    return copy(description, access, consumes, maxBody, errors, parameters, Optional.of(schema), responses, listed,
        handler);
  }

  /** Tells of an answer with JSON. */
  public Route answers(int status, String text) {
    return copy(description, access, consumes, maxBody, errors, parameters, request,
        plus(responses, new Response(status, text, "application/json", Optional.empty())), listed, handler);
  }

  public Route answers(int status, String text, String contentType, Optional<JsonNode> schema) {
    return copy(description, access, consumes, maxBody, errors, parameters, request,
        plus(responses, new Response(status, text, contentType, schema)), listed, handler);
  }

  /** Keeps it out of the OpenAPI document: a page for people. */
  public Route unlisted() {
    return copy(description, access, consumes, maxBody, errors, parameters, request, responses, false, handler);
  }

  public Route handle(Handler newHandler) {
    return copy(description, access, consumes, maxBody, errors, parameters, request, responses, listed, newHandler);
  }

  private Route copy(String newDescription, Access newAccess, List<String> newConsumes, long newMaxBody,
      Optional<ErrorStyle> newErrors, List<Parameter> newParameters, Optional<JsonNode> newRequest,
      List<Response> newResponses, boolean newListed, Handler newHandler) {
    return new Route(method, path, summary, newDescription, newAccess, newConsumes, newMaxBody, newErrors,
        newParameters, newRequest, newResponses, newListed, newHandler);
  }

  private static <T> List<T> plus(List<T> list, T item) {
    return java.util.stream.Stream.concat(list.stream(), java.util.stream.Stream.of(item)).toList();
  }
}
