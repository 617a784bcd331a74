package dev.fairway.daml.v2;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.TemplatePattern;
import dev.fairway.testing.ledger.ContractModel;
import dev.fairway.testing.ledger.MemoryLedger;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stands in for a participant of Canton 3, which cannot be had as a library: the JSON Ledger API v2 as its published
 * description has it, over a ledger in memory with the templates of {@link ContractModel}. It takes nothing the description
 * does not know: an unknown path, field, kind or a missing field is an error, so that a client that passes here says
 * nothing wrong. What it cannot prove is that a participant means the same by it.
 */
public final class CantonDouble implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration LONGEST_DEDUPLICATION = Duration.ofDays(1);
  private static final String FINGERPRINT = "::1220" + "ab".repeat(32);

  private final MemoryLedger ledger = new MemoryLedger(Clock.systemUTC(), ContractModel.MODEL);
  private final LedgerPackage model = ContractModel.MODEL.describe();
  private final LedgerJson values = LedgerJson.of(List.of(model));
  private final byte[] payload = Lf2Payload.of(model);
  private final String packageId = sha256(payload);
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  private final Map<ChangeId, Map<String, Object>> accepted = new HashMap<>();
  private final List<Completed> completions = new CopyOnWriteArrayList<>();
  private final Map<String, Set<String>> users = new TreeMap<>();
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicInteger snapshotsToBreak = new AtomicInteger();
  private volatile boolean losesAnswers;
  private volatile boolean asksForTokens;

  private record ChangeId(String userId, Set<String> actAs, String commandId) {}

  private record Completed(ChangeId change, long offset, Map<String, Object> json) {}

  /** An answer that is no success. */
  private static final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final transient Map<String, Object> body;

    Problem(int status, String code, int category, int grpc, String cause, Map<String, String> context) {
      super(cause);
      this.status = status;
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("code", code);
      json.put("cause", cause);
      json.put("context", context);
      json.put("errorCategory", category);
      json.put("grpcCodeValue", grpc);
      json.put("resources", List.of());
      if (category == 1) {
        json.put("retryInfo", "1 second");
      }
      this.body = json;
    }

    static Problem malformed(String cause) {
      return new Problem(400, "INVALID_ARGUMENT", 8, 3, cause, Map.of());
    }
  }

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
          return new Streaming(path);
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
    Problem problem = new Problem(401, "UNAUTHENTICATED", 6, 16, "the token has expired", Map.of());
    sessions.forEach(session -> session.sendText(JSON.writeValueAsString(problem.body),
        org.eclipse.jetty.websocket.api.Callback.NOOP));
  }

  /** The next snapshots end after one contract, because a token has run out. */
  void breakSnapshots(int count) {
    snapshotsToBreak.set(count);
  }

  /** Submissions are taken in and not answered. */
  void loseAnswers(boolean lose) {
    losesAnswers = lose;
  }

  /** Cuts every connection that streams. */
  void cutStreams() {
    sessions.forEach(Session::disconnect);
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

  // HTTP

  private final class Endpoints extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws IOException {
      Object answer;
      int status = 200;
      try {
        if (!authenticated(request)) {
          throw new Problem(401, "UNAUTHENTICATED", 6, 16, "no valid token", Map.of());
        }
        answer = answer(request, Request.getPathInContext(request));
      } catch (Problem e) {
        status = e.status;
        answer = e.body;
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
        Content.Sink.write(response, true, JSON.writeValueAsString(answer), callback);
      }
      return true;
    }
  }

  private Object answer(Request request, String path) throws IOException {
    String asked = request.getMethod() + " " + path;
    return switch (asked) {
      case "GET /v2/version" -> Map.of("version", "3.4.0", "features", Map.of());
      case "GET /v2/parties/participant-id" -> Map.of("participantId", "double" + FINGERPRINT);
      case "GET /v2/state/ledger-end" -> Map.of("offset", number(ledger.end()), "synchronizerTimes", List.of());
      case "GET /v2/state/latest-pruned-offsets" ->
        Map.of("participantPrunedUpToInclusive", 0, "allDivulgedContractsPrunedUpToInclusive", 0);
      case "GET /v2/packages" -> Map.of("packageIds", List.of(packageId));
      case "GET /v2/parties" -> parties();
      case "POST /v2/parties" -> allocate(json(request));
      case "POST /v2/dars" -> {
        requireType(request, "application/octet-stream");
        if (!Content.Source.asString(request, StandardCharsets.ISO_8859_1).startsWith("PK")) {
          throw new Problem(400, "DAR_PARSE_ERROR", 8, 3, "not a zip file", Map.of());
        }
        yield Map.of();
      }
      case "POST /v2/commands/submit-and-wait" -> submit(json(request));
      case "GET /v2/users" -> Map.of("users", users.keySet().stream().map(this::user).toList(), "nextPageToken", "");
      case "POST /v2/users" -> createUser(json(request));
      case "GET /v2/authenticated-user" -> Map.of("user", user("fairway"));
      default -> other(request, asked);
    };
  }

  private Object other(Request request, String asked) throws IOException {
    if (asked.equals("GET /v2/packages/" + packageId)) {
      return payload;
    }
    if (asked.matches("GET /v2/packages/[0-9a-f]{64}")) {
      throw new Problem(404, "PACKAGE_NOT_FOUND", 11, 5, "no such package", Map.of());
    }
    if (asked.matches("(GET|POST|PATCH) /v2/users/[^/]+/rights")) {
      String id = asked.split("/", -1)[3];
      if (!users.containsKey(id)) {
        throw new Problem(404, "USER_NOT_FOUND", 11, 5, "no user " + id, Map.of());
      }
      return rights(request, id);
    }
    throw new Problem(404, "NOT_FOUND", 11, 5, "no " + asked, Map.of());
  }

  private JsonNode json(Request request) throws IOException {
    requireType(request, "application/json");
    return JSON.readTree(Content.Source.asString(request, StandardCharsets.UTF_8));
  }

  private static void requireType(Request request, String type) {
    if (!type.equals(request.getHeaders().get(HttpHeader.CONTENT_TYPE))) {
      throw Problem.malformed("content type must be " + type);
    }
  }

  /** Fields that must be there, then after a {@code ?} those that may. */
  private static void fields(JsonNode json, String what, String... names) {
    if (!json.isObject()) {
      throw Problem.malformed(what + " must be an object");
    }
    Set<String> left = new LinkedHashSet<>();
    json.propertyNames().forEach(left::add);
    for (String name : names) {
      boolean optional = name.startsWith("?");
      if (!left.remove(optional ? name.substring(1) : name) && !optional) {
        throw Problem.malformed(what + " lacks " + name);
      }
    }
    if (!left.isEmpty()) {
      throw Problem.malformed(what + " has no field " + left);
    }
  }

  private static String text(JsonNode json, String field) {
    if (!json.path(field).isString()) {
      throw Problem.malformed(field + " must be a text");
    }
    return json.path(field).asString();
  }

  private Object parties() {
    return Map.of("partyDetails", ledger.parties().stream().<Object>map(CantonDouble::details).toList(),
        "nextPageToken", "");
  }

  private static Map<String, Object> details(Party party) {
    return Map.of("party", party.name(), "isLocal", true, "identityProviderId", "");
  }

  private Object allocate(JsonNode json) {
    fields(json, "the party", "partyIdHint", "?localMetadata", "?identityProviderId", "?synchronizerId", "?userId");
    String name = text(json, "partyIdHint") + FINGERPRINT;
    if (ledger.parties().stream().anyMatch(party -> party.name().equals(name))) {
      throw Problem.malformed("Party already exists: " + name);
    }
    return Map.of("partyDetails", details(ledger.allocate(name)));
  }

  private Map<String, Object> user(String id) {
    return Map.of("id", id, "primaryParty", "", "isDeactivated", false, "identityProviderId", "");
  }

  private Object createUser(JsonNode json) {
    fields(json, "the request", "user", "?rights");
    fields(json.path("user"), "the user", "id", "primaryParty", "isDeactivated", "identityProviderId", "?metadata");
    String id = text(json.path("user"), "id");
    if (users.containsKey(id)) {
      throw new Problem(409, "USER_ALREADY_EXISTS", 10, 6, "there is a user " + id, Map.of());
    }
    Set<String> rights = new TreeSet<>();
    json.path("rights").forEach(right -> rights.add(checkedRight(right)));
    users.put(id, rights);
    return Map.of("user", user(id));
  }

  private Object rights(Request request, String id) throws IOException {
    Set<String> held = Objects.requireNonNull(users.get(id));
    if (request.getMethod().equals("GET")) {
      return Map.of("rights", held.stream().map(JSON::readTree).toList());
    }
    JsonNode json = json(request);
    fields(json, "the change", "userId", "rights", "?identityProviderId");
    List<JsonNode> changed = new ArrayList<>();
    boolean grants = request.getMethod().equals("POST");
    for (JsonNode right : json.path("rights")) {
      if (grants ? held.add(checkedRight(right)) : held.remove(checkedRight(right))) {
        changed.add(right);
      }
    }
    return Map.of(grants ? "newlyGrantedRights" : "newlyRevokedRights", changed);
  }

  private static String checkedRight(JsonNode right) {
    fields(right, "a right", "kind");
    String kind = right.path("kind").propertyNames().iterator().next();
    switch (kind) {
      case "CanActAs", "CanReadAs" -> fields(right.path("kind").path(kind).path("value"), kind, "party");
      case "CanReadAsAnyParty", "ParticipantAdmin" -> fields(right.path("kind").path(kind).path("value"), kind);
      default -> throw Problem.malformed("no right " + kind);
    }
    return JSON.writeValueAsString(right);
  }

  // Commands

  private synchronized Object submit(JsonNode json) {
    fields(json, "the submission", "commands", "commandId", "actAs", "?userId", "?readAs", "?workflowId",
        "?submissionId", "?deduplicationPeriod", "?minLedgerTimeAbs", "?minLedgerTimeRel", "?disclosedContracts",
        "?synchronizerId", "?packageIdSelectionPreference", "?prefetchContractKeys");
    Set<String> actAs = new TreeSet<>();
    json.path("actAs").forEach(party -> actAs.add(party.asString()));
    Set<String> readAs = new TreeSet<>();
    json.path("readAs").forEach(party -> readAs.add(party.asString()));
    Duration deduplication = deduplication(json.path("deduplicationPeriod"));
    List<Command> commands = new ArrayList<>();
    json.path("commands").forEach(command -> commands.add(command(command)));
    Submission submission;
    try {
      submission = new Submission(text(json, "commandId"), parties(actAs), parties(readAs), commands,
          Optional.ofNullable(json.path("workflowId").asString(null)), deduplication);
    } catch (IllegalArgumentException e) {
      throw Problem.malformed(String.valueOf(e.getMessage()));
    }
    ChangeId change = new ChangeId(text(json, "userId"), actAs, submission.commandId());
    Map<String, Object> before = accepted.get(change);
    if (before != null) {
      throw new Problem(409, "DUPLICATE_COMMAND", 10, 6,
          "A command with the given command id has already been accepted",
          Map.of("existing_submission_id", "earlier", "completion_offset",
              String.valueOf(before.get("completionOffset"))));
    }
    return switch (ledger.submit(submission)) {
      case SubmitResult.Accepted(var receipt) -> {
        var proof = receipt.orElseThrow();
        Map<String, Object> answer = Map.of("updateId", proof.transactionId(), "completionOffset",
            number(proof.offset()));
        accepted.put(change, answer);
        completions.add(new Completed(change, number(proof.offset()),
            Map.of("commandId", change.commandId, "status", Map.of("code", 0, "message", "", "details", List.of()),
                "updateId", proof.transactionId(), "userId", change.userId, "actAs", List.copyOf(actAs), "submissionId",
                json.path("submissionId").asString(""), "offset", number(proof.offset()))));
        yield answer;
      }
      case SubmitResult.Rejected why -> throw problem(why);
      case SubmitResult.Unavailable(_, String why) ->
        throw new Problem(503, "PARTICIPANT_BACKPRESSURE", 2, 10, why, Map.of());
      case SubmitResult.Unknown(String why) ->
        throw new Problem(504, "REQUEST_TIME_OUT", 3, 4, why, Map.of());
    };
  }

  private static Problem problem(SubmitResult.Rejected why) {
    return switch (why.reason()) {
      case CONTRACT_GONE -> new Problem(404, "CONTRACT_NOT_FOUND", 11, 5, why.detail(), Map.of());
      case INVALID -> new Problem(400, "COMMAND_PREPROCESSING_FAILED", 8, 3, why.detail(), Map.of());
      case FORBIDDEN -> new Problem(400, "DAML_AUTHORIZATION_ERROR", 8, 3, why.detail(), Map.of());
      case RULE -> new Problem(400, "DAML_FAILURE", 9, 9, why.detail(), why.meta());
      case UNSUPPORTED -> new Problem(501, "UNIMPLEMENTED", 14, 12, why.detail(), Map.of());
      case LEDGER_FAULT -> new Problem(500, "LEDGER_API_INTERNAL_ERROR", 4, 13, why.detail(), Map.of());
    };
  }

  private static Set<Party> parties(Set<String> names) {
    Set<Party> parties = new LinkedHashSet<>();
    names.forEach(name -> parties.add(new Party(name)));
    return parties;
  }

  private static Duration deduplication(JsonNode period) {
    if (period.isMissingNode()) {
      return LONGEST_DEDUPLICATION;
    }
    fields(period, "deduplicationPeriod", "DeduplicationDuration");
    JsonNode value = period.path("DeduplicationDuration").path("value");
    fields(value, "DeduplicationDuration", "seconds", "nanos");
    Duration duration = Duration.ofSeconds(value.path("seconds").asLong(), value.path("nanos").asLong());
    if (duration.compareTo(LONGEST_DEDUPLICATION) > 0) {
      throw new Problem(400, "INVALID_DEDUPLICATION_PERIOD", 9, 9, "longer than the participant keeps command ids",
          Map.of("longest_duration", LONGEST_DEDUPLICATION.toString()));
    }
    return duration;
  }

  private Command command(JsonNode json) {
    fields(json, "a command", "?CreateCommand", "?ExerciseCommand", "?ExerciseByKeyCommand",
        "?CreateAndExerciseCommand");
    String kind = json.propertyNames().iterator().next();
    JsonNode command = json.path(kind);
    return switch (kind) {
      case "CreateCommand" -> {
        fields(command, kind, "templateId", "createArguments");
        TemplateId template = template(command);
        yield new Command.Create(template, payload(template, command.path("createArguments")));
      }
      case "ExerciseCommand" -> {
        fields(command, kind, "templateId", "contractId", "choice", "choiceArgument");
        TemplateId template = template(command);
        yield new Command.Exercise(template, new ContractId(text(command, "contractId")), text(command, "choice"),
            argument(template, command));
      }
      case "CreateAndExerciseCommand" -> {
        fields(command, kind, "templateId", "createArguments", "choice", "choiceArgument");
        TemplateId template = template(command);
        yield new Command.CreateAndExercise(template, payload(template, command.path("createArguments")),
            text(command, "choice"), argument(template, command));
      }
      default -> throw new Problem(501, "UNIMPLEMENTED", 14, 12, "no contract keys in this version", Map.of());
    };
  }

  private TemplateId template(JsonNode command) {
    TemplateId wanted = TemplateId.parse(text(command, "templateId"));
    String pkg = wanted.pkg().orElseThrow(() -> Problem.malformed("a template id needs its package"));
    if (!pkg.equals(packageId) && !pkg.equals("#" + model.name())) {
      throw new Problem(404, pkg.startsWith("#") ? "PACKAGE_NAMES_NOT_FOUND" : "PACKAGE_NOT_FOUND", 11, 5,
          "no package " + pkg, Map.of());
    }
    if (!model.templates().containsKey(wanted.name())) {
      throw new Problem(404, "TEMPLATES_OR_INTERFACES_NOT_FOUND", 11, 5, "no template " + wanted, Map.of());
    }
    return new TemplateId(model.id(), wanted.module(), wanted.entity());
  }

  private LedgerValue.Struct payload(TemplateId template, JsonNode json) {
    return (LedgerValue.Struct) value(json, new LedgerType.Named(template));
  }

  private LedgerValue argument(TemplateId template, JsonNode command) {
    LedgerPackage.Choice choice = Objects.requireNonNull(model.templates().get(template.name())).choices()
        .get(text(command, "choice"));
    if (choice == null) {
      throw Problem.malformed("no choice " + text(command, "choice"));
    }
    return value(command.path("choiceArgument"), choice.argument());
  }

  private LedgerValue value(JsonNode json, LedgerType type) {
    try {
      return values.value(JSON.treeToValue(json, Object.class), type);
    } catch (FairwayException e) {
      throw new Problem(400, "COMMAND_PREPROCESSING_FAILED", 8, 3, String.valueOf(e.getMessage()), Map.of());
    }
  }

  // Streams

  /** Public because Jetty makes it so. */
  public final class Streaming implements Session.Listener.AutoDemanding {
    private final String path;
    private volatile @Nullable Session session;
    private volatile @Nullable LedgerStream stream;

    Streaming(String path) {
      this.path = path;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
      session = opened;
      sessions.add(opened);
    }

    @Override
    public void onWebSocketText(String message) {
      Thread.ofVirtual().start(() -> serve(JSON.readTree(message)));
    }

    @Override
    public void onWebSocketClose(int code, @Nullable String reason,
        org.eclipse.jetty.websocket.api.Callback callback) {
      sessions.remove(session);
      LedgerStream open = stream;
      if (open != null) {
        open.close();
      }
      callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
      // A client that goes away without a word is nothing unusual.
      LedgerStream open = stream;
      if (open != null) {
        open.close();
      }
    }

    private void serve(JsonNode request) {
      try {
        switch (path) {
          case "/v2/state/active-contracts" -> activeContracts(request);
          case "/v2/updates" -> updates(request);
          default -> completions(request);
        }
      } catch (Problem e) {
        send(e.body);
        close();
      } catch (FairwayException e) {
        // The client went away.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Waits until the frame is on its way, so that a client that does not read holds this back. */
    private void send(Object json) {
      var sent = new org.eclipse.jetty.websocket.api.Callback.Completable();
      Objects.requireNonNull(session).sendText(JSON.writeValueAsString(json), sent);
      try {
        sent.join();
      } catch (RuntimeException e) {
        throw new FairwayException(dev.fairway.core.ErrorCode.PEER_FAILED, "the client is gone", e);
      }
    }

    private void close() {
      Objects.requireNonNull(session).close(1000, "", org.eclipse.jetty.websocket.api.Callback.NOOP);
    }

    private void activeContracts(JsonNode request) throws InterruptedException {
      fields(request, "the request", "activeAtOffset", "eventFormat", "?streamContinuationToken");
      int skip = request.path("streamContinuationToken").asInt(0);
      try (LedgerStream open = ledger.open(query(request.path("eventFormat")),
          new From.SnapshotAt(offset(request, "activeAtOffset")))) {
        int sent = 0;
        while (true) {
          for (LedgerEvent event : open.read(100, Duration.ofSeconds(1))) {
            switch (event) {
              case LedgerEvent.Created(Contract contract) -> {
                if (++sent > skip) {
                  send(Map.of("workflowId", "", "contractEntry",
                      Map.of("JsActiveContract",
                          Map.of("createdEvent", created(contract, 1), "synchronizerId", "sync" + FINGERPRINT,
                              "reassignmentCounter", 0)),
                      "streamContinuationToken", Integer.toString(sent)));
                  if (snapshotsToBreak.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
                    throw new Problem(401, "UNAUTHENTICATED", 6, 16, "the token has expired", Map.of());
                  }
                }
              }
              case LedgerEvent.SnapshotEnd _ -> {
                close();
                return;
              }
              case LedgerEvent.Pruned(var oldest) -> throw pruned(oldest);
              default -> throw new IllegalStateException(event.toString());
            }
          }
        }
      }
    }

    private void updates(JsonNode request) throws InterruptedException {
      fields(request, "the request", "beginExclusive", "updateFormat", "?endInclusive", "?descendingOrder");
      JsonNode format = request.path("updateFormat");
      fields(format, "updateFormat", "includeTransactions", "?includeReassignments", "?includeTopologyEvents");
      fields(format.path("includeTransactions"), "includeTransactions", "eventFormat", "transactionShape");
      if (!text(format.path("includeTransactions"), "transactionShape").equals("TRANSACTION_SHAPE_ACS_DELTA")) {
        throw Problem.malformed("only the shape TRANSACTION_SHAPE_ACS_DELTA is known here");
      }
      LedgerStream open = ledger.open(query(format.path("includeTransactions").path("eventFormat")),
          new From.After(offset(request, "beginExclusive")));
      stream = open;
      Map<String, Object> transaction = new LinkedHashMap<>();
      List<Object> events = new ArrayList<>();
      long at = 0;
      while (true) {
        for (LedgerEvent event : open.read(100, Duration.ofMillis(500))) {
          switch (event) {
            case LedgerEvent.TransactionBegin(Offset offset, String id, var commandId, var workflowId, Instant time) -> {
              transaction = new LinkedHashMap<>();
              events = new ArrayList<>();
              at = number(offset);
              transaction.put("updateId", id);
              commandId.ifPresent(transaction(transaction, "commandId"));
              workflowId.ifPresent(transaction(transaction, "workflowId"));
              transaction.put("effectiveAt", time.toString());
              transaction.put("offset", at);
              transaction.put("synchronizerId", "sync" + FINGERPRINT);
              transaction.put("recordTime", time.toString());
            }
            case LedgerEvent.Created(Contract contract) ->
              events.add(Map.of("CreatedEvent", created(contract, at)));
            case LedgerEvent.Archived(ContractId id, TemplateId template, _) ->
              events.add(Map.of("ArchivedEvent",
                  Map.of("offset", at, "nodeId", events.size(), "contractId", id.value(), "templateId",
                      packageId + ":" + template.name(), "witnessParties", List.of(), "packageName", model.name(),
                      "implementedInterfaces", List.of())));
            case LedgerEvent.TransactionEnd _ -> {
              transaction.put("events", events);
              send(Map.of("update", Map.of("Transaction", Map.of("value", transaction))));
            }
            case LedgerEvent.Checkpoint(Offset offset) -> send(Map.of("update", Map.of("OffsetCheckpoint",
                Map.of("value", Map.of("offset", number(offset), "synchronizerTimes", List.of())))));
            case LedgerEvent.Pruned(var oldest) -> throw pruned(oldest);
            case LedgerEvent.SnapshotEnd _ -> throw new IllegalStateException("no snapshot was asked for");
          }
        }
      }
    }

    private static java.util.function.Consumer<String> transaction(Map<String, Object> json, String field) {
      return value -> json.put(field, value);
    }

    private void completions(JsonNode request) {
      fields(request, "the request", "?userId", "parties", "beginExclusive");
      Set<String> parties = new TreeSet<>();
      request.path("parties").forEach(party -> parties.add(party.asString()));
      long begin = number(offset(request, "beginExclusive"));
      for (Completed completed : completions) {
        if (completed.offset > begin && completed.change.userId.equals(request.path("userId").asString(""))
            && completed.change.actAs.stream().anyMatch(parties::contains)) {
          send(Map.of("completionResponse", Map.of("Completion", Map.of("value", completed.json))));
        }
      }
      send(Map.of("completionResponse", Map.of("OffsetCheckpoint",
          Map.of("value", Map.of("offset", number(ledger.end()), "synchronizerTimes", List.of())))));
    }
  }

  private static Problem pruned(Optional<Offset> oldest) {
    return new Problem(400, "PARTICIPANT_PRUNED_DATA_ACCESSED", 9, 9, "pruned",
        Map.of("earliest_offset", oldest.orElse(Offset.BEGIN).value()));
  }

  private Query query(JsonNode format) {
    fields(format, "eventFormat", "filtersByParty", "verbose", "?filtersForAnyParty");
    Set<Party> readers = new LinkedHashSet<>();
    Set<TemplatePattern> patterns = new LinkedHashSet<>();
    format.path("filtersByParty").properties().forEach(entry -> {
      readers.add(new Party(entry.getKey()));
      fields(entry.getValue(), "filters", "cumulative");
      for (JsonNode filter : entry.getValue().path("cumulative")) {
        fields(filter, "a filter", "identifierFilter");
        JsonNode kind = filter.path("identifierFilter");
        fields(kind, "identifierFilter", "?WildcardFilter", "?TemplateFilter");
        if (kind.has("WildcardFilter")) {
          fields(kind.path("WildcardFilter").path("value"), "WildcardFilter", "includeCreatedEventBlob");
          patterns.add(TemplatePattern.ALL);
        } else {
          JsonNode value = kind.path("TemplateFilter").path("value");
          fields(value, "TemplateFilter", "templateId", "includeCreatedEventBlob");
          patterns.add(TemplatePattern.of(template(value)));
        }
      }
    });
    return new Query(readers, patterns.isEmpty() ? List.of(TemplatePattern.ALL) : List.copyOf(patterns));
  }

  private Offset offset(JsonNode request, String field) {
    JsonNode offset = request.path(field);
    if (!offset.isIntegralNumber() || offset.asLong() < 0) {
      throw Problem.malformed(field + " must be a whole number");
    }
    if (offset.asLong() > number(ledger.end())) {
      throw new Problem(400, "OFFSET_AFTER_LEDGER_END", 12, 11, field + " is after the end", Map.of());
    }
    return offset.asLong() == 0 ? Offset.BEGIN : new Offset(Long.toString(offset.asLong()));
  }

  private static long number(Offset offset) {
    return offset.equals(Offset.BEGIN) ? 0 : Long.parseLong(offset.value());
  }

  private Map<String, Object> created(Contract contract, long offset) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("offset", offset);
    json.put("nodeId", 0);
    json.put("contractId", contract.id().value());
    json.put("templateId", packageId + ":" + contract.template().name());
    json.put("createArgument", LedgerJson.tree(contract.payload()));
    json.put("interfaceViews", List.of());
    json.put("witnessParties", List.of());
    json.put("signatories", contract.signatories().stream().map(Party::name).toList());
    json.put("observers", contract.observers().stream().map(Party::name).toList());
    json.put("createdAt", contract.createdAt().orElse(Instant.EPOCH).toString());
    json.put("packageName", model.name());
    json.put("representativePackageId", packageId);
    json.put("acsDelta", true);
    return json;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
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
