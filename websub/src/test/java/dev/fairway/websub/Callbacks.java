package dev.fairway.websub;

import dev.fairway.web.Call;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Form;
import dev.fairway.web.Handler;
import dev.fairway.web.Route;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import dev.fairway.websub.hub.Hub;
import dev.fairway.websub.wire.Signature;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Subscribers and publishers of the outside, on a real server; each path does what a test tells it. */
public final class Callbacks implements AutoCloseable {
  private static final List<String> HEADERS = List.of("Content-Type", "Link", Hub.EVENT_ID, Signature.HEADER,
      "Authorization");

  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final Map<String, Handler> behaviours = new ConcurrentHashMap<>();
  private final WebServer server;

  /** A request as it came. */
  public record Seen(String method, String name, String target, Map<String, List<String>> query,
      Map<String, String> headers, String body) {
    Optional<String> parameter(String name) {
      return new Form(query).get(name);
    }

    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }
  }

  public Callbacks() {
    server = WebServer.start(WebConfig.loopback().withDrain(Duration.ZERO), new DevAuthenticator(),
        List.of(new Door("callbacks", "", ErrorStyle.PROBLEM,
            List.of(Route.get("/{name}", "asked").anyone().handle(this::serve),
                Route.post("/{name}", "told").anyone().handle(this::serve)))));
  }

  private void serve(Call call) throws Exception {
    String body = call.method().equals("POST") ? new String(call.bytes(), StandardCharsets.UTF_8) : "";
    String name = call.param("name");
    Map<String, String> headers = new HashMap<>();
    HEADERS.forEach(header -> call.header(header).ifPresent(value -> headers.put(header, value)));
    seen.add(new Seen(call.method(), name, call.target(), call.query().fields(), headers, body));
    Handler behaviour = behaviours.get(call.method() + " " + name);
    if (behaviour != null) {
      behaviour.handle(call);
    } else if (call.method().equals("POST")) {
      call.empty(204);
    } else {
      call.text(200, "text/plain", call.query("hub.challenge").orElse(""));
    }
  }

  /** What a path does from now on, instead of confirming and taking everything. */
  public Callbacks when(String method, String name, Handler behaviour) {
    behaviours.put(method + " " + name, behaviour);
    return this;
  }

  public String url(String name) {
    return server.baseUrl() + "/" + name;
  }

  public URI uri(String name) {
    return URI.create(url(name));
  }

  public List<Seen> asked(String name) {
    return seen.stream().filter(one -> one.method().equals("GET") && one.name().equals(name)).toList();
  }

  public List<Seen> told(String name) {
    return seen.stream().filter(one -> one.method().equals("POST") && one.name().equals(name)).toList();
  }

  @Override
  public void close() {
    server.close();
  }
}
