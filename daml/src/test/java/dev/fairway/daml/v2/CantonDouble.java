package dev.fairway.daml.v2;

import dev.fairway.core.ledger.Party;
import dev.fairway.testing.ledger.ContractModel;
import dev.fairway.testing.ledger.MemoryLedger;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import tools.jackson.databind.JsonNode;

/**
 * Stands in for a participant of Canton 3, which cannot be had as a library: the JSON Ledger API v2 as its published
 * description has it, over a ledger in memory with the templates of {@link ContractModel}. It takes nothing the description
 * does not know: an unknown path, field, kind or a missing field is an error, so that a client that passes here says
 * nothing wrong. What it cannot prove is that a participant means the same by it.
 */
public final class CantonDouble implements AutoCloseable {
  static final String FINGERPRINT = "::1220" + "ab".repeat(32);

  private final MemoryLedger ledger = new MemoryLedger(Clock.systemUTC(), ContractModel.MODEL);
  private final CantonModel model = new CantonModel();
  private final CantonCommands commands = new CantonCommands(ledger, model);
  private final CantonUsers users = new CantonUsers();
  private final CantonStreams streams = new CantonStreams();
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  private volatile boolean losesAnswers;
  private volatile boolean asksForTokens;

  public static CantonDouble start() {
    return new CantonDouble(0);
  }

  CantonDouble(int port) {
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    connector.setIdleTimeout(Duration.ofMinutes(5).toMillis());
    server.addConnector(connector);
    WebSocketUpgradeHandler upgrades = WebSocketUpgradeHandler.from(server, container -> {
      container.setMaxTextMessageSize(1 << 20);
      container.setIdleTimeout(Duration.ofMinutes(5));
      for (String path : List.of("/v2/state/active-contracts", "/v2/updates", "/v2/commands/completions")) {
        container.addMapping(path, (request, response, callback) -> {
          List<String> protocols = request.getSubProtocols();
          if (!protocols.contains("daml.ws.auth") || !authenticated(request)) {
            Response.writeError(request, response, callback, 401);
            return null;
          }
          response.setAcceptedSubProtocol("daml.ws.auth");
          return new CantonStream(path, ledger, model, commands, streams);
        });
      }
    });
    upgrades.setHandler(new Endpoints());
    server.setHandler(upgrades);
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException("the double did not start", e);
    }
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + port());
  }

  int port() {
    return connector.getLocalPort();
  }

  V2Config config() {
    return new V2Config(base());
  }

  MemoryLedger ledger() {
    return ledger;
  }

  /** From now on only who brings one of these is served. */
  void wantsToken(String token) {
    asksForTokens = true;
    tokens.add(token);
  }

  /** The token has run out: streams under way are told, as a participant tells them. */
  void expire(String token) {
    tokens.remove(token);
    streams.tellExpired();
  }

  /** The next snapshots end after one contract, because a token has run out. */
  void breakSnapshots(int count) {
    streams.breakSnapshots(count);
  }

  /** Submissions are taken in and not answered. */
  void loseAnswers(boolean lose) {
    losesAnswers = lose;
  }

  /** Cuts every connection that streams. */
  void cutStreams() {
    streams.cut();
  }

  private boolean authenticated(Request request) {
    if (!asksForTokens) {
      return true;
    }
    String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (header != null && header.startsWith("Bearer ") && tokens.contains(header.substring(7))) {
      return true;
    }
    return request instanceof ServerUpgradeRequest upgrade && upgrade.getSubProtocols().stream()
        .anyMatch(name -> name.startsWith("jwt.token.") && tokens.contains(name.substring(10)));
  }

  private final class Endpoints extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws IOException {
      Object answer;
      int status = 200;
      try {
        if (!authenticated(request)) {
          throw CantonProblem.unauthenticated("no valid token");
        }
        answer = answer(request, Request.getPathInContext(request));
      } catch (CantonProblem e) {
        status = e.status();
        answer = e.body();
      }
      if (losesAnswers && Request.getPathInContext(request).equals("/v2/commands/submit-and-wait")) {
        callback.failed(new IOException("the answer is lost"));
        return true;
      }
      response.setStatus(status);
      if (answer instanceof byte[] bytes) {
        response.getHeaders().put(new HttpField(HttpHeader.CONTENT_TYPE, "application/octet-stream"));
        response.write(true, ByteBuffer.wrap(bytes), callback);
      } else {
        response.getHeaders().put(new HttpField(HttpHeader.CONTENT_TYPE, "application/json"));
        Content.Sink.write(response, true, CantonJson.MAPPER.writeValueAsString(answer), callback);
      }
      return true;
    }
  }

  private Object answer(Request request, String path) throws IOException {
    String asked = request.getMethod() + " " + path;
    return switch (asked) {
      case "GET /v2/version" -> Map.of("version", "3.4.0", "features", Map.of());
      case "GET /v2/parties/participant-id" -> Map.of("participantId", "double" + FINGERPRINT);
      case "GET /v2/state/ledger-end" ->
        Map.of("offset", CantonJson.number(ledger.end()), "synchronizerTimes", List.of());
      case "GET /v2/state/latest-pruned-offsets" ->
        Map.of("participantPrunedUpToInclusive", 0, "allDivulgedContractsPrunedUpToInclusive", 0);
      case "GET /v2/packages" -> Map.of("packageIds", List.of(model.packageId()));
      case "GET /v2/parties" -> parties();
      case "POST /v2/parties" -> allocate(json(request));
      case "POST /v2/dars" -> {
        requireType(request, "application/octet-stream");
        if (!Content.Source.asString(request, StandardCharsets.ISO_8859_1).startsWith("PK")) {
          throw new CantonProblem(400, "DAR_PARSE_ERROR", 8, 3, "not a zip file", Map.of());
        }
        yield Map.of();
      }
      case "POST /v2/commands/submit-and-wait" -> commands.submit(json(request));
      case "GET /v2/users" -> users.list();
      case "POST /v2/users" -> users.create(json(request));
      case "GET /v2/authenticated-user" -> Map.of("user", CantonUsers.user("fairway"));
      default -> other(request, asked);
    };
  }

  private Object other(Request request, String asked) throws IOException {
    if (asked.equals("GET /v2/packages/" + model.packageId())) {
      return model.payload();
    }
    if (asked.matches("GET /v2/packages/[0-9a-f]{64}")) {
      throw new CantonProblem(404, "PACKAGE_NOT_FOUND", 11, 5, "no such package", Map.of());
    }
    if (asked.matches("(GET|POST|PATCH) /v2/users/[^/]+/rights")) {
      String id = asked.split("/", -1)[3];
      return users.rights(request.getMethod(), id,
          request.getMethod().equals("GET") ? CantonJson.MAPPER.nullNode() : json(request));
    }
    throw new CantonProblem(404, "NOT_FOUND", 11, 5, "no " + asked, Map.of());
  }

  private JsonNode json(Request request) throws IOException {
    requireType(request, "application/json");
    return CantonJson.MAPPER.readTree(Content.Source.asString(request, StandardCharsets.UTF_8));
  }

  private static void requireType(Request request, String type) {
    if (!type.equals(request.getHeaders().get(HttpHeader.CONTENT_TYPE))) {
      throw CantonProblem.malformed("content type must be " + type);
    }
  }

  private Object parties() {
    return Map.of("partyDetails", ledger.parties().stream().<Object>map(CantonDouble::details).toList(),
        "nextPageToken", "");
  }

  private static Map<String, Object> details(Party party) {
    return Map.of("party", party.name(), "isLocal", true, "identityProviderId", "");
  }

  private Object allocate(JsonNode json) {
    CantonJson.fields(json, "the party", "partyIdHint", "?localMetadata", "?identityProviderId", "?synchronizerId",
        "?userId");
    String name = CantonJson.text(json, "partyIdHint") + FINGERPRINT;
    if (ledger.parties().stream().anyMatch(party -> party.name().equals(name))) {
      throw CantonProblem.malformed("Party already exists: " + name);
    }
    return Map.of("partyDetails", details(ledger.allocate(name)));
  }

  @Override
  public void close() {
    ledger.close();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the double did not stop", e);
    }
  }
}
