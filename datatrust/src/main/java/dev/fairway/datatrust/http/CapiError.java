package dev.fairway.datatrust.http;

import dev.fairway.web.Json;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** A refusal in one of the shapes that clients of this interface know. */
final class CapiError extends RuntimeException {
  private static final long serialVersionUID = 1L;
  static final String UNAUTHORIZED = "Signed message failed validation or access unauthorized";
  static final String NOT_REGISTERED = "This API is not currently the registered datatrust";
  static final String NOT_LISTED = "Given listing hash is not a valid Listing";
  static final String NOT_CANDIDATE = "Given hash is not a valid candidate";
  static final String NO_RESULTS = "No results returned";
  static final String NOT_ENOUGH = "Insufficient bytes purchased for request";
  static final String SERVER_ERROR = "Operation failed due to internal server error";

  private final int status;
  private final transient ObjectNode body;

  private CapiError(int status, ObjectNode body) {
    super(body.path("message").asString(""), null, false, false);
    this.status = status;
    this.body = body;
  }

  /** The service refuses. */
  static CapiError of(int status, String message) {
    return new CapiError(status, Json.object().put("message", message));
  }

  /** Arguments are missing or malformed: their names, each with its help text and what is wrong. */
  static CapiError arguments(Map<String, String> errors) {
    ObjectNode body = Json.object();
    ObjectNode each = body.putObject("errors");
    errors.forEach(each::put);
    return new CapiError(400, body.put("message", "Input payload validation failed"));
  }

  static CapiError argument(String name, String error) {
    return arguments(Map.of(name, error));
  }

  /** A part of the payload is missing. */
  static CapiError incomplete(String name) {
    return of(400, "Incomplete payload in request body: " + name);
  }

  int status() {
    return status;
  }

  ObjectNode body() {
    return body;
  }
}
