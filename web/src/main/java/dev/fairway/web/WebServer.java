package dev.fairway.web;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.router.Endpoint;
import io.javalin.util.JavalinBindException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener and the doors behind it. Each call runs on a virtual thread of its own. */
public final class WebServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
  private static final List<HandlerType> METHODS = List.of(HandlerType.GET, HandlerType.HEAD, HandlerType.POST,
      HandlerType.PUT, HandlerType.PATCH, HandlerType.DELETE);

  private final WebConfig config;
  private final Authenticator authenticator;
  private final List<Door> doors;
  private final Semaphore room;
  private final Javalin javalin;
  private volatile boolean draining;

  /** A route where it is mounted. */
  private record Mounted(Door door, Route route) {
    String path() {
      String path = door.prefix() + route.path();
      return path.isEmpty() ? "/" : path;
    }

    ErrorStyle errors() {
      return route.errors().orElse(door.errors());
    }
  }

  private WebServer(WebConfig config, Authenticator authenticator, List<Door> doors) {
    this.config = config;
    this.authenticator = authenticator;
    this.doors = List.copyOf(doors);
    this.room = new Semaphore(config.maxConcurrent());
    this.javalin = Javalin.create(this::configure);
  }

  /**
   * Opens the listener.
   *
   * @throws FairwayException with {@code CONFIGURATION} when the address cannot be bound
   */
  public static WebServer start(WebConfig config, Authenticator authenticator, List<Door> doors) {
    WebServer server = new WebServer(config, authenticator, doors);
    try {
      server.javalin.start();
    } catch (JavalinBindException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot listen on " + config.host() + ":" + config.port()
          + ": the port is taken or the address is not this machine's; choose another", e);
    }
    LOG.info("listening address={} doors={}", server.baseUrl(), server.doors.stream().map(Door::name).toList());
    return server;
  }

  /** The port it listens on. */
  public int port() {
    return javalin.port();
  }

  /** Where it is reached: the public URL, or the listener's own address. Ends without a slash. */
  public URI baseUrl() {
    return config.publicUrl().orElseGet(
        () -> URI.create(
            "http://" + (config.host().contains(":") ? "[" + config.host() + "]" : config.host()) + ":" + port()));
  }

  /** Takes no new calls, waits for those under way as long as the configuration says, and closes the listener. */
  @Override
  public void close() {
    draining = true;
    javalin.stop();
  }

  private void configure(JavalinConfig javalinConfig) {
    javalinConfig.startup.showJavalinBanner = false;
    javalinConfig.startup.showOldJavalinVersionWarning = false;
    javalinConfig.startup.startupWatcherEnabled = false;
    javalinConfig.http.generateEtags = false;
    javalinConfig.http.compressionStrategy = io.javalin.compression.CompressionStrategy.NONE;
    javalinConfig.router.ignoreTrailingSlashes = true;
    javalinConfig.jetty.host = config.host();
    javalinConfig.jetty.port = config.port();
    QueuedThreadPool threads = new QueuedThreadPool(200, 8);
    threads.setName("web");
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    javalinConfig.jetty.threadPool = threads;
    javalinConfig.jetty.modifyHttpConfiguration(http -> {
      http.setSendServerVersion(false);
      http.setSendDateHeader(true);
      http.setRequestHeaderSize(config.maxHeaderBytes());
      http.setIdleTimeout(config.idle().toMillis());
      http.setUriCompliance(UriCompliance.DEFAULT);
    });
    javalinConfig.jetty.modifyServer(server -> {
      server.setStopTimeout(config.drain().toMillis());
    });
    List<Mounted> mounted = new ArrayList<>();
    for (Door door : doors) {
      door.routes().forEach(route -> mounted.add(new Mounted(door, route)));
    }
    // A fixed segment wins over a parameter, whatever the order of declaration.
    mounted.sort(Comparator.comparing(m -> m.path().replace('<', '\uffff').replace('{', '\ufffe')));
    for (Mounted m : mounted) {
      HandlerType type = HandlerType.findOrCreate(m.route().method());
      javalinConfig.routes.addEndpoint(new Endpoint(type, m.path(), context -> serve(context, m)));
      if (type.equals(HandlerType.GET)) {
        javalinConfig.routes.addEndpoint(new Endpoint(HandlerType.HEAD, m.path(), context -> serve(context, m)));
      }
    }
    javalinConfig.routes.exception(HttpResponseException.class, (e, context) -> unrouted(context, e));
    javalinConfig.routes.exception(Exception.class, (e, context) -> unrouted(context, e));
  }

  private void serve(Context context, Mounted mounted) throws IOException {
    HttpServletResponse response = context.res();
    String id = requestId(context.req().getHeader("X-Request-Id"));
    response.setHeader("X-Request-Id", id);
    ServletCall call = new ServletCall(id, mounted.route(), context.req(), response, context.pathParamMap(),
        authenticator, config.publicUrl(), () -> draining);
    boolean entered = room.tryAcquire();
    try {
      if (!entered || draining) {
        throw new Refusal(503, "the node is busy; try again later", Map.of("Retry-After", "1"));
      }
      admit(call, mounted.route());
      mounted.route().handler().handle(call);
    } catch (Exception e) {
      fail(response, e, mounted.errors(), id);
    } finally {
      if (entered) {
        room.release();
      }
    }
  }

  private static void admit(ServletCall call, Route route) {
    switch (route.access()) {
      case Access.Anyone _ -> {
        // Whoever it is; the handler may ask.
      }
      case Access.Authenticated _ -> requireKnown(call.caller());
      case Access.Scope(var scope) -> {
        Caller caller = requireKnown(call.caller());
        if (!caller.may(scope)) {
          throw new FairwayException(ErrorCode.FORBIDDEN, "the token lacks the scope " + scope);
        }
      }
    }
    if (!route.consumes().isEmpty() && !route.consumes().contains(call.contentType())) {
      throw Refusal.mediaType(call.contentType(), route.consumes());
    }
  }

  private static Caller requireKnown(Caller caller) {
    if (!caller.known()) {
      throw new FairwayException(ErrorCode.UNAUTHENTICATED, "send an Authorization: Bearer header with a token");
    }
    return caller;
  }

  /** What no route took: an unknown path, a wrong method, or OPTIONS. */
  private void unrouted(Context context, Exception e) {
    String id = requestId(context.req().getHeader("X-Request-Id"));
    context.res().setHeader("X-Request-Id", id);
    try {
      if (!(e instanceof HttpResponseException refused)) {
        fail(context.res(), e, style(context.path()), id);
        return;
      }
      List<String> allowed = METHODS.stream()
          .filter(method -> javalin.unsafe.internalRouter.hasHttpHandlerEntry(method, context.path()))
          .map(HandlerType::name)
          .toList();
      String allow = String.join(", ", allowed) + ", OPTIONS";
      if (refused.getStatus() != 404 || allowed.isEmpty()) {
        fail(context.res(), new Refusal(refused.getStatus(), "nothing is served at " + context.path()),
            style(context.path()), id);
      } else if (context.req().getMethod().equals("OPTIONS")) {
        context.res().setHeader("Allow", allow);
        context.res().setStatus(204);
      } else {
        fail(context.res(), new Refusal(405, context.req().getMethod() + " is not served at " + context.path()
            + "; use " + String.join(" or ", allowed), Map.of("Allow", allow)), style(context.path()), id);
      }
    } catch (IOException ignored) {
      LOG.debug("caller gone id={}", id);
    }
  }

  /** The error shape of the door a path lies in: that with the longest prefix. */
  private ErrorStyle style(String path) {
    return doors.stream().filter(door -> lies(path, door.prefix()))
        .max(Comparator.comparingInt(door -> door.prefix().length())).map(Door::errors).orElse(ErrorStyle.PROBLEM);
  }

  private static boolean lies(String path, String prefix) {
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

  private static void fail(HttpServletResponse response, Throwable thrown, ErrorStyle style, String id)
      throws IOException {
    if (Errors.unexpected(thrown)) {
      LOG.error("request failed id={}", id, thrown);
    }
    if (response.isCommitted()) {
      // The status is out; breaking the connection is the only honest end left.
      throw new IOException("the answer broke off", thrown);
    }
    Errors.Answer answer = Errors.answer(thrown, style, id);
    response.resetBuffer();
    if (thrown instanceof Refusal refusal) {
      refusal.headers().forEach(response::setHeader);
    }
    if (answer.status() == 401) {
      response.setHeader("WWW-Authenticate", "Bearer");
    }
    response.setStatus(answer.status());
    response.setHeader("Content-Type", answer.contentType());
    byte[] body = Json.bytes(answer.body());
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private static String requestId(@org.jspecify.annotations.Nullable String given) {
    return Optional.ofNullable(given).filter(WebServer::usable).orElseGet(() -> UUID.randomUUID().toString());
  }

  private static boolean usable(String id) {
    if (id.isEmpty() || id.length() > 128) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letter && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return true;
  }
}
