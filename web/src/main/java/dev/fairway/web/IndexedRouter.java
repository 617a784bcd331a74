package dev.fairway.web;

import io.javalin.config.JavalinConfig;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import io.javalin.router.InternalRouter;
import io.javalin.router.ParsedEndpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds a route without trying every one: paths without parameters by look-up, others among those that share their first
 * segment. The library's own router tries one regular expression after another, which a node with a few hundred routes
 * feels on every call.
 */
final class IndexedRouter extends InternalRouter {
  private final JavalinConfig config;
  private final Map<HandlerType, Index> indexes = new HashMap<>();

  private static final class Index {
    final Map<String, ParsedEndpoint> fixed = new HashMap<>();
    final Map<String, List<ParsedEndpoint>> bySegment = new HashMap<>();
    final List<ParsedEndpoint> open = new ArrayList<>();
  }

  IndexedRouter(JavalinConfig config) {
    super(config.unsafe.wsRouter, config.unsafe.eventManager, config.router, config.jetty);
    this.config = config;
  }

  /** Endpoints are added before the listener opens, the more specific of two first. */
  @Override
  public InternalRouter addHttpEndpoint(Endpoint endpoint) {
    if (endpoint.method.isHttpMethod()) {
      ParsedEndpoint parsed = new ParsedEndpoint(endpoint, config.router);
      Index index = indexes.computeIfAbsent(endpoint.method, _ -> new Index());
      String first = firstSegment(endpoint.path);
      if (!parameterised(endpoint.path)) {
        index.fixed.putIfAbsent(endpoint.path, parsed);
      } else if (parameterised(first)) {
        index.open.add(parsed);
      } else {
        index.bySegment.computeIfAbsent(first, _ -> new ArrayList<>()).add(parsed);
      }
    }
    return super.addHttpEndpoint(endpoint);
  }

  @Override
  public @Nullable ParsedEndpoint findFirstHttpHandlerEntry(HandlerType type, String path) {
    Index index = indexes.get(type);
    if (index == null) {
      return null;
    }
    ParsedEndpoint fixed = index.fixed.get(path);
    if (fixed == null && path.length() > 1 && path.endsWith("/")) {
      fixed = index.fixed.get(path.substring(0, path.length() - 1));
    }
    if (fixed != null) {
      return fixed;
    }
    ParsedEndpoint found = first(index.bySegment.getOrDefault(firstSegment(path), List.of()), path);
    return found != null ? found : first(index.open, path);
  }

  @Override
  public boolean hasHttpHandlerEntry(HandlerType type, String path) {
    return findFirstHttpHandlerEntry(type, path) != null;
  }

  private static @Nullable ParsedEndpoint first(List<ParsedEndpoint> endpoints, String path) {
    for (ParsedEndpoint endpoint : endpoints) {
      if (endpoint.matches(path)) {
        return endpoint;
      }
    }
    return null;
  }

  private static boolean parameterised(String path) {
    return path.indexOf('{') >= 0 || path.indexOf('<') >= 0;
  }

  private static String firstSegment(String path) {
    int end = path.indexOf('/', 1);
    return end < 0 ? path : path.substring(0, end);
  }
}
