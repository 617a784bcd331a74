package dev.fairway.web;

/** In which shape a door tells errors. */
public enum ErrorStyle {
  /** {@code {"errors":[{status, code, title, detail, source}]}} as {@code application/json}, for the old paths. */
  LEGACY("application/json", "Errors"),
  /** {@code {"message":"…"}} as {@code application/json}, as some old paths have it. */
  MESSAGE("application/json", "Message"),
  /** {@code application/problem+json}, RFC 9457, for all other paths. */
  PROBLEM("application/problem+json", "Problem");

  private final String contentType;
  private final String schema;

  ErrorStyle(String contentType, String schema) {
    this.contentType = contentType;
    this.schema = schema;
  }

  String contentType() {
    return contentType;
  }

  /** The name of its schema in the OpenAPI document. */
  String schema() {
    return schema;
  }
}
