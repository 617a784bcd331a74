package dev.fairway.web;

import java.util.List;
import java.util.Optional;

/**
 * A set of routes under one prefix, told in one error shape.
 *
 * @param name for logs, metrics and the OpenAPI document, {@code message}
 * @param prefix {@code /message-api}; may hold parameters, {@code /channels/{id}}; empty for the root
 * @param errors the shape of its errors, also of 404 and 405 below the prefix
 * @param signpost answers browsers that ask for a page below the prefix where nothing is served; without one they are told in
 *     the shape of its errors, as programs are
 */
public record Door(String name, String prefix, ErrorStyle errors, List<Route> routes, Optional<Handler> signpost) {
  public Door {
    if (!prefix.isEmpty() && (!prefix.startsWith("/") || prefix.endsWith("/"))) {
      throw new IllegalArgumentException(
          "a door's prefix is empty or begins with a slash and ends without one, is \"" + prefix + "\"");
    }
    routes = List.copyOf(routes);
  }

  /** A door that tells browsers what it tells programs. */
  public Door(String name, String prefix, ErrorStyle errors, List<Route> routes) {
    this(name, prefix, errors, routes, Optional.empty());
  }

  public Door withSignpost(Handler handler) {
    return new Door(name, prefix, errors, routes, Optional.of(handler));
  }

  /** Whether a path lies below the prefix, be anything served there or not. */
  boolean holds(String path) {
    String[] wanted = prefix.split("/", -1);
    String[] given = path.split("/", -1);
    if (given.length < wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (!wanted[i].startsWith("{") && !wanted[i].equals(given[i])) {
        return false;
      }
    }
    return true;
  }
}
