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
import io.javalin.util.JavalinException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener and the doors behind it. Each call runs on a virtual thread of its own. */
public final class WebServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
  private static final Logger ACCESS = LoggerFactory.getLogger("dev.fairway.access");
  private static final List<HandlerType> METHODS = List.of(HandlerType.GET, HandlerType.HEAD, HandlerType.POST,
      HandlerType.PUT, HandlerType.PATCH, HandlerType.DELETE);

  /** As what paths that nobody serves are counted. */
  private static final String UNKNOWN = "unknown";

  private final WebConfig config;
  private final Authenticator authenticator;
  private final List<Door> doors;
  private final CallLimits limits;
  private final AtomicInteger active = new AtomicInteger();
  private final MeterRegistry meters;
  private final Linger linger = new Linger();
  private final Transport transport;
  private final Function<String, Optional<URI>> elsewhere;
  private final Javalin javalin;
  private final List<Mounted> signposts;
  private volatile boolean draining;
  /** Kept, since a connector that is closed does not know it any more while calls under way still ask. */
  private volatile int port;

  /** A route where it is mounted. */
  private record Mounted(Door door, Route route, String path, RouteTimers timers) {
    static Mounted of(Door door, Route route, MeterRegistry meters) {
      String path = door.prefix() + route.path();
      String whole = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
      String mounted = whole.isEmpty() ? "/" : whole;
      return new Mounted(door, route, mounted, new RouteTimers(meters, door.name(), route, mounted));
    }

    /** What answers browsers that ask for a page nobody serves below the door's prefix. */
    static Mounted signpost(Door door, Handler handler, MeterRegistry meters) {
      Route route = Route.get("", "Says that there is no such page").anyone().unlisted().handle(handler);
      return new Mounted(door, route, UNKNOWN, new RouteTimers(meters, door.name(), route, UNKNOWN));
    }

    ErrorStyle errors() {
      return route.errors().orElse(door.errors());
    }
  }

  private WebServer(WebConfig config, Authenticator authenticator, List<Door> doors, CallLimits limits,
      MeterRegistry meters, Function<String, Optional<URI>> elsewhere) {
    this.config = config;
    this.authenticator = authenticator;
    this.doors = List.copyOf(doors);
    this.limits = limits;
    this.meters = meters;
    this.elsewhere = elsewhere;
    this.transport = new Transport(config);
    this.signposts = doors.stream().flatMap(door -> door.signpost()
        .map(handler -> Mounted.signpost(door, handler, meters)).stream()).toList();
    this.javalin = Javalin.create(this::configure);
  }

  /** Opens a listener that measures for itself only. */
  public static WebServer start(WebConfig config, Authenticator authenticator, List<Door> doors) {
    return start(config, authenticator, doors, new SimpleMeterRegistry());
  }

  /**
   * Opens the listener.
   *
   * @throws FairwayException with {@code CONFIGURATION} when the address cannot be bound
   */
  public static WebServer start(WebConfig config, Authenticator authenticator, List<Door> doors, MeterRegistry meters) {
    return start(config, authenticator, doors, CallLimits.alone(config, meters), meters, _ -> Optional.empty());
  }

  /**
   * @param limits its part of the node's, whatever the configuration says
   * @param elsewhere the base URL of the listener that serves a path, when it is another than this one
   */
  static WebServer start(WebConfig config, Authenticator authenticator, List<Door> doors, CallLimits limits,
      MeterRegistry meters, Function<String, Optional<URI>> elsewhere) {
    WebServer server = new WebServer(config, authenticator, doors, limits, meters, elsewhere);
    if (authenticator instanceof DevAuthenticator) {
      LOG.warn("no authentication: this is the development profile address={}:{}", config.host(), config.port());
    }
    try {
      server.javalin.start();
      server.port = server.javalin.port();
    } catch (JavalinBindException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot listen on " + config.host() + ":" + config.port()
          + ": the port is taken or the address is not this machine's; choose another", e);
    }
    Gauge.builder(WebMetric.ACTIVE.id(), server.active, AtomicInteger::get).description(WebMetric.ACTIVE.meaning())
        .tag("address", server.address()).register(meters);
    LOG.info("listening address={} doors={}", server.baseUrl(), server.doors.stream().map(Door::name).toList());
    return server;
  }

  /** What it is bound to, {@code 127.0.0.1:8080}. */
  String address() {
    return config.host() + ":" + port();
  }

  /** The port it listens on, or listened on until it was closed. */
  public int port() {
    return port;
  }

  /** Where it is reached: the public URL, or the listener's own address. Ends without a slash. */
  public URI baseUrl() {
    return config.publicUrl().orElseGet(
        () -> URI.create(
            (config.tls().isPresent() ? "https://" : "http://")
                + (config.host().contains(":") ? "[" + config.host() + "]" : config.host()) + ":" + port()));
  }

  /** Whether the path lies behind one of its doors that have a prefix. */
  boolean serves(String path) {
    return doors.stream().anyMatch(door -> !door.prefix().isEmpty() && door.holds(path));
  }

  /** Why nobody can call it; empty when it listens. */
  Optional<String> trouble() {
    return transport.trouble();
  }

  /** Takes no new calls from now on; those under way go on. */
  void drain() {
    draining = true;
  }

  /**
   * Takes no new calls and no new connections, waits for the calls under way as long as the configuration says, then closes
   * the connections.
   */
  @Override
  public void close() {
    drain();
    transport.drain();
    try {
      javalin.stop();
    } catch (JavalinException e) {
      LOG.debug("connections were cut off", e);
    }
  }

  private void configure(JavalinConfig javalinConfig) {
    javalinConfig.unsafe.internalRouter = new IndexedRouter(javalinConfig);
    javalinConfig.startup.showJavalinBanner = false;
    javalinConfig.startup.showOldJavalinVersionWarning = false;
    javalinConfig.startup.startupWatcherEnabled = false;
    javalinConfig.http.generateEtags = false;
    javalinConfig.http.compressionStrategy = io.javalin.compression.CompressionStrategy.NONE;
    javalinConfig.router.ignoreTrailingSlashes = true;
    transport.configure(javalinConfig.jetty, linger, new ErrorPages(this::style));
    List<Mounted> mounted = new ArrayList<>();
    for (Door door : doors) {
      door.routes().forEach(route -> mounted.add(Mounted.of(door, route, meters)));
    }
    // A fixed segment wins over a parameter, whatever the order of declaration.
    mounted.sort(Comparator.comparing(m -> m.path().replace('<', '\uffff').replace('{', '\ufffe')));
    for (Mounted m : mounted) {
      HandlerType type = HandlerType.findOrCreate(m.route().method());
      javalinConfig.routes
          .addEndpoint(new Endpoint(type, m.path(), context -> serve(context, m, context.pathParamMap())));
      if (type.equals(HandlerType.GET)) {
        javalinConfig.routes.addEndpoint(
            new Endpoint(HandlerType.HEAD, m.path(), context -> serve(context, m, context.pathParamMap())));
      }
    }
    javalinConfig.routes.exception(HttpResponseException.class, (e, context) -> unrouted(context, e));
    javalinConfig.routes.exception(Exception.class, (e, context) -> unrouted(context, e));
  }

  private void serve(Context context, Mounted mounted, Map<String, String> parameters) throws IOException {
    long start = System.nanoTime();
    HttpServletResponse response = context.res();
    String id = RequestId.of(context.req());
    response.setHeader("X-Request-Id", id);
    ServletCall call = new ServletCall(id, mounted.route(), context.req(), response, parameters,
        authenticator, config, () -> draining, elsewhere);
    Optional<Semaphore> room = limits.enter();
    if (room.isPresent()) {
      active.incrementAndGet();
    }
    try {
      if (room.isEmpty() || draining) {
        throw limits.busy();
      }
      admit(call, mounted.route());
      mounted.route().handler().handle(call);
    } catch (Exception | LinkageError | StackOverflowError e) {
      ErrorAnswer.send(response, e, mounted.errors(), id);
    } finally {
      if (room.isPresent()) {
        active.decrementAndGet();
        room.get().release();
      }
      long nanos = System.nanoTime() - start;
      mounted.timers().record(response.getStatus(), nanos);
      if (ACCESS.isInfoEnabled()) {
        ACCESS.info("method={} path={} status={} us={} caller={} peer={} id={}", call.method(),
            context.req().getRequestURI(), response.getStatus(), nanos / 1_000,
            call.knownCaller().map(Caller::subject).map(WebServer::oneWord).orElse("-"), call.peer(), id);
      }
    }
    if (call.bodyMayStillCome()) {
      linger.after(context.req(), response);
    }
  }

  /** A name from a token, fit for a log line. */
  private static String oneWord(String name) {
    String printable = name.codePoints().limit(64)
        .map(c -> Character.isWhitespace(c) || Character.isISOControl(c) ? '_' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    return printable.isEmpty() ? "-" : printable;
  }

  private void admit(ServletCall call, Route route) {
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
    limits.count(call);
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
    String id = RequestId.of(context.req());
    context.res().setHeader("X-Request-Id", id);
    try {
      switch (e) {
        case EofException gone -> throw gone;
        case HttpResponseException refused -> unserved(context, refused.getStatus(), id);
        default -> ErrorAnswer.send(context.res(), e, style(context.path()), id);
      }
    } catch (IOException ignored) {
      LOG.debug("caller gone id={}", id);
      return;
    }
    if (!Linger.heldBack(context.req())) {
      linger.after(context.req(), context.res());
    }
  }

  private void unserved(Context context, int status, String id) throws IOException {
    List<String> allowed = METHODS.stream()
        .filter(method -> javalin.unsafe.internalRouter.hasHttpHandlerEntry(method, context.path()))
        .map(HandlerType::name)
        .toList();
    String allow = String.join(", ", allowed) + ", OPTIONS";
    if (status != 404 || allowed.isEmpty()) {
      Optional<Mounted> signpost = status == 404 && asksForPage(context) ? signpost(context.path()) : Optional.empty();
      if (signpost.isPresent()) {
        serve(context, signpost.get(), Map.of());
        return;
      }
      ErrorAnswer.send(context.res(), new Refusal(status, "nothing is served at " + context.path()),
          style(context.path()), id);
    } else if (context.req().getMethod().equals("OPTIONS")) {
      context.res().setHeader("Allow", allow);
      context.res().setStatus(204);
    } else {
      ErrorAnswer.send(context.res(), new Refusal(405, context.req().getMethod() + " is not served at "
          + context.path() + "; use " + String.join(" or ", allowed), Map.of("Allow", allow)), style(context.path()),
          id);
    }
  }

  /** Programs take anything, or name what they can read; only browsers ask for HTML. */
  private static boolean asksForPage(Context context) {
    String accepted = context.req().getHeader("Accept");
    return List.of("GET", "HEAD").contains(context.req().getMethod()) && accepted != null
        && accepted.contains("text/html");
  }

  /** That of a door the path lies in; several doors may have its longest prefix. */
  private Optional<Mounted> signpost(String path) {
    int longest = door(path).map(door -> door.prefix().length()).orElse(0);
    return signposts.stream()
        .filter(signpost -> signpost.door().holds(path) && signpost.door().prefix().length() == longest).findFirst();
  }

  /** The error shape of the door a path lies in. */
  private ErrorStyle style(String path) {
    return door(path).map(Door::errors).orElse(ErrorStyle.PROBLEM);
  }

  /** The door a path lies in: that with the longest prefix. */
  private Optional<Door> door(String path) {
    return doors.stream().filter(door -> door.holds(path)).max(Comparator.comparingInt(door -> door.prefix().length()));
  }
}
