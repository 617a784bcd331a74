package dev.fairway.web;

import java.util.List;

/**
 * A set of routes under one prefix, told in one error shape.
 *
 * @param name for logs, metrics and the OpenAPI document, {@code message}
 * @param prefix {@code /message-api}; may hold parameters, {@code /channels/{id}}; empty for the root
 * @param errors the shape of its errors, also of 404 and 405 below the prefix
 */
public record Door(String name, String prefix, ErrorStyle errors, List<Route> routes) {
  public Door {
    if (!prefix.isEmpty() && (!prefix.startsWith("/") || prefix.endsWith("/"))) {
      throw new IllegalArgumentException(
          "a door's prefix is empty or begins with a slash and ends without one, is \"" + prefix + "\"");
    }
    routes = List.copyOf(routes);
  }
}
