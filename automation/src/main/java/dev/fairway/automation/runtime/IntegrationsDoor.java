package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.Authorization;
import dev.fairway.automation.sdk.WebhookRequest;
import dev.fairway.automation.sdk.WebhookResponse;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.web.Call;
import dev.fairway.web.Caller;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Handler;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code /integrations/{id}}: webhooks, and what an integration says of itself. */
final class IntegrationsDoor {
  private static final String LEDGER_CLAIMS = "https://daml.com/ledger-api";
  private static final String JSON = "application/json; charset=utf-8";

  private final Automation automation;
  private final RunningIntegration.Shared shared;
  private final AutomationConfig config;

  IntegrationsDoor(Automation automation, RunningIntegration.Shared shared, AutomationConfig config) {
    this.automation = automation;
    this.shared = shared;
    this.config = config;
  }

  Door door() {
    var routes = new ArrayList<Route>();
    routes.add(Route.get("/status", "What an integration is doing").anyone().handle(authorized(this::status)));
    routes.add(Route.get("/healthz", "The same as status").anyone().handle(authorized(this::status)));
    routes.add(Route.get("/livez", "200 while the integration is started").anyone()
        .handle(call -> call.text(integration(call).isPresent() ? 200 : 404, "text/plain; charset=utf-8",
            integration(call).isPresent() ? "ok\n" : "404: Not Found")));
    routes.add(Route.get("/readyz", "200 when the integration is running, else 503").anyone().handle(this::ready));
    routes.add(Route.post("/log-level", "Sets how much an integration logs, 0 to 50").anyone()
        .handle(authorized(this::logLevel)));
    for (String path : List.of("", "/<suffix>")) {
      routes.add(Route.get(path, "A webhook").anyone().unlisted().handle(this::webhook));
      routes.add(Route.post(path, "A webhook").anyone().maxBody(config.webhookBody()).unlisted().handle(this::webhook));
    }
    return new Door("integrations", "/integrations/{id}", ErrorStyle.PROBLEM, routes);
  }

  private Optional<RunningIntegration> integration(Call call) {
    return automation.find(call.param("id"));
  }

  /** An answer that ends the call. */
  private record Refused(int status, String code, String description) {
    void answer(Call call) throws IOException {
      call.text(status, JSON, SpacedJson.write(members(code, description)));
    }
  }

  private static Map<String, Object> members(String code, String description) {
    var members = new LinkedHashMap<String, Object>();
    members.put("code", code);
    members.put("description", description);
    return members;
  }

  private interface ForIntegration {
    void handle(RunningIntegration integration, Call call) throws Exception;
  }

  private Handler authorized(ForIntegration handler) {
    return call -> {
      Optional<RunningIntegration> integration = integration(call);
      if (integration.isEmpty()) {
        call.text(404, "text/plain; charset=utf-8", "404: Not Found");
        return;
      }
      switch (authorize(call, Authorization.ANY_PARTY, integration.get().party())) {
        case Authorized.No(Refused refused) -> refused.answer(call);
        case Authorized.As _ -> handler.handle(integration.get(), call);
      }
    };
  }

  private sealed interface Authorized {
    record As(Set<Party> parties) implements Authorized {}

    record No(Refused refused) implements Authorized {}
  }

  private Authorized authorize(Call call, Authorization level, Party own) {
    if (level == Authorization.PUBLIC) {
      return new Authorized.As(Set.of());
    }
    if (!config.authorization()) {
      return no(401, "no_authorization_support",
          "this endpoint requires authorization, which is unavailable without JWKS support.");
    }
    Optional<String> header = call.header("Authorization");
    if (header.isPresent() && !header.get().matches("Bearer \\S.*")) {
      return no(401, "invalid_auth_scheme", "Invalid authorization scheme. Should be `Bearer <token>`");
    }
    Caller caller;
    try {
      caller = call.caller();
    } catch (FairwayException e) {
      return no(403, "invalid_token", "this endpoint was presented with an invalid token");
    }
    if (caller.kind() == Caller.Kind.DEVELOPER) {
      return new Authorized.As(caller.party().map(name -> Set.of(new Party(name))).orElseGet(() -> Set.of(own)));
    }
    if (!caller.known()) {
      return no(401, "missing_token", "this endpoint requires a valid token and none was supplied");
    }
    Optional<Set<Party>> parties = parties(caller);
    if (parties.isEmpty()) {
      return no(401, "missing_ledger_claims",
          "this endpoint requires a valid token containing DAML ledger API claims for ledger ID \"" + config.ledgerId()
              + "\"");
    }
    return level == Authorization.INTEGRATION_PARTY && !parties.get().contains(own)
        ? no(401, "unauthorized", "unauthorized token")
        : new Authorized.As(parties.get());
  }

  private static Authorized no(int status, String code, String description) {
    return new Authorized.No(new Refused(status, code, description));
  }

  /* A party counts when the token lets it act and read; a token of the node's own kind names one party outright. */
  private Optional<Set<Party>> parties(Caller caller) {
    if (caller.claims().get(LEDGER_CLAIMS) instanceof Map<?, ?> claims) {
      if (!config.ledgerId().equals(claims.get("ledgerId"))) {
        return Optional.empty();
      }
      var both = names(claims.get("actAs"));
      both.retainAll(names(claims.get("readAs")));
      return Optional.of(both);
    }
    return caller.party().map(name -> Set.of(new Party(name)));
  }

  private static Set<Party> names(@Nullable Object claim) {
    var parties = new TreeSet<Party>();
    if (claim instanceof List<?> list) {
      for (Object name : list) {
        if (name instanceof String text && text.matches("[A-Za-z0-9:\\-_ ]{1,255}")) {
          parties.add(new Party(text));
        }
      }
    }
    return parties;
  }

  private void ready(Call call) throws IOException {
    boolean ready = integration(call).filter(RunningIntegration::ready).isPresent();
    call.text(ready ? 200 : 503, "text/plain; charset=utf-8", ready ? "ok\n" : "not running\n");
  }

  private void status(RunningIntegration integration, Call call) throws IOException {
    call.text(200, JSON, SpacedJson.write(StatusDocument.of(integration, call.baseUrl() + call.target())));
  }

  private void logLevel(RunningIntegration integration, Call call) throws IOException {
    byte[] body = call.bytes();
    Optional<Integer> level = level(body);
    if (level.isEmpty()) {
      new Refused(400, "invalid_log_level", "send {\"log_level\": n} with n from 0 to 50").answer(call);
      return;
    }
    integration.logLevel(level.get());
    call.bytes(200, JSON, body);
  }

  private static Optional<Integer> level(byte[] body) {
    try {
      JsonNode level = Json.parse(body).path("log_level");
      String text = level.isNumber() || level.isString() ? level.asString() : "";
      return text.matches("[0-9]{1,2}") && Integer.parseInt(text) <= 50
          ? Optional.of(Integer.parseInt(text))
          : Optional.empty();
    } catch (FairwayException e) {
      return Optional.empty();
    }
  }

  private void webhook(Call call) throws Exception {
    Optional<RunningIntegration> integration = integration(call);
    String suffix = suffix(call);
    if (integration.isEmpty()) {
      call.text(404, "text/plain; charset=utf-8", "404: Not Found");
      return;
    }
    boolean elsewhere = false;
    for (Registrations.OnCall hook : integration.get().registrations().hooks) {
      Optional<Map<String, String>> variables = hook.suffix().match(suffix);
      boolean method = hook.method().equals(call.method())
          || (hook.method().equals("GET") && call.method().equals("HEAD"));
      if (variables.isPresent() && method) {
        webhook(integration.get(), hook, variables.get(), call);
        return;
      }
      elsewhere |= variables.isPresent();
    }
    call.text(elsewhere ? 405 : 404, "text/plain; charset=utf-8",
        elsewhere ? "405: Method Not Allowed" : "404: Not Found");
  }

  private static String suffix(Call call) {
    String own = "/integrations/" + call.param("id");
    int at = call.path().indexOf(own);
    return at < 0 ? "" : call.path().substring(at + own.length());
  }

  private void webhook(RunningIntegration integration, Registrations.OnCall hook, Map<String, String> variables,
      Call call) throws Exception {
    Set<Party> parties;
    switch (authorize(call, hook.level(), integration.party())) {
      case Authorized.No(Refused refused) -> {
        refused.answer(call);
        return;
      }
      case Authorized.As(Set<Party> found) -> parties = found;
    }
    byte[] body = call.bytes();
    WebhookResponse response;
    try {
      response = integration.called(hook.counters(), Duration.ofMinutes(1),
          () -> hook.handler().handle(new Asked(call, variables, body, parties)));
      if (response == null) {
        throw new IllegalStateException("the handler answered null");
      }
    } catch (FairwayException e) {
      if (e.code().kind() == ErrorCode.Kind.CALLER) {
        throw e;
      }
      trouble(call, e.code() == ErrorCode.BUSY ? 503 : 500);
      return;
    } catch (Exception e) {
      trouble(call, 500);
      return;
    }
    if (!response.commands().isEmpty()) {
      Optional<Sent> failure = hook.answerFirst()
          ? later(integration, hook, response.commands())
          : now(integration, hook, response.commands());
      if (failure.isPresent()) {
        Sent sent = failure.get();
        var members = members(sent.code, sent.description);
        members.put("commandId", sent.commandId);
        call.text(sent.status, JSON, SpacedJson.write(members));
        return;
      }
    }
    switch (response.body()) {
      case WebhookResponse.Body.Json(Object tree) -> call.text(response.status(), JSON, SpacedJson.write(tree));
      case WebhookResponse.Body.Bytes bytes -> call.bytes(response.status(), bytes.contentType(), bytes.content());
    }
  }

  private static void trouble(Call call, int status) throws IOException {
    call.text(status, "text/plain; charset=utf-8", status == 503
        ? "503 Service Unavailable\n\nTry again later"
        : "500 Internal Server Error\n\nServer got itself in trouble");
  }

  private record Sent(int status, String code, String description, String commandId) {}

  private Optional<Sent> later(RunningIntegration integration, Registrations.OnCall hook, List<Command> commands) {
    String purpose = UUID.randomUUID().toString();
    shared.store().run(tx -> integration.commands().send(tx, "webhook", commands, purpose));
    hook.counters().commanded(commands.size());
    return Optional.empty();
  }

  /* Ledger first: nothing is stored, because whoever calls learns what became of it and can call again. */
  private Optional<Sent> now(RunningIntegration integration, Registrations.OnCall hook, List<Command> commands) {
    String commandId = integration.commands().commandId("webhook", UUID.randomUUID().toString());
    Submission submission = Outbox.submission(commandId, integration.party(),
        integration.commands().qualified(commands));
    Offset before;
    try {
      before = integration.ledger().end();
    } catch (FairwayException e) {
      return Optional.of(new Sent(502, "ledger_unavailable", "the ledger cannot be reached", commandId));
    }
    return switch (integration.ledger().submit(submission)) {
      case SubmitResult.Accepted _ -> {
        hook.counters().commanded(commands.size());
        yield Optional.empty();
      }
      case SubmitResult.Rejected why -> {
        hook.counters().failed(why.code() + ": " + why.detail(), shared.clock().instant());
        yield Optional.of(new Sent(409, why.code(), why.detail(), commandId));
      }
      case SubmitResult.Unavailable(_, String why) -> {
        hook.counters().failed(why, shared.clock().instant());
        yield Optional.of(new Sent(502, "ledger_unavailable", "the ledger did not take the commands", commandId));
      }
      case SubmitResult.Unknown(String why) -> lookedUp(integration, hook, commands, commandId, before, why);
    };
  }

  private Optional<Sent> lookedUp(RunningIntegration integration, Registrations.OnCall hook, List<Command> commands,
      String commandId, Offset before, String why) {
    try {
      if (integration.ledger().outcome(commandId, Set.of(integration.party()),
          before) instanceof CommandOutcome.Accepted) {
        hook.counters().commanded(commands.size());
        return Optional.empty();
      }
    } catch (FairwayException e) {
      // told below
    }
    hook.counters().failed(why, shared.clock().instant());
    return Optional.of(new Sent(502, "ledger_outcome_unknown", "the ledger did not say what became of the commands",
        commandId));
  }

  /** A call as a handler sees it. */
  private static final class Asked implements WebhookRequest {
    private final Call call;
    private final Map<String, String> variables;
    private final byte[] body;
    private final Set<Party> parties;

    Asked(Call call, Map<String, String> variables, byte[] body, Set<Party> parties) {
      this.call = call;
      this.variables = variables;
      this.body = body;
      this.parties = new LinkedHashSet<>(parties);
    }

    @Override
    public String path() {
      return call.path();
    }

    @Override
    public String variable(String name) {
      String value = variables.get(name);
      if (value == null) {
        throw new IllegalArgumentException("no {" + name + "} in this webhook's suffix");
      }
      return value;
    }

    @Override
    public Optional<String> query(String name) {
      return call.query(name);
    }

    @Override
    public Optional<String> header(String name) {
      return call.header(name);
    }

    @Override
    public byte[] body() {
      return body.clone();
    }

    @Override
    public @Nullable Object json() {
      return Json.mapper().treeToValue(Json.parse(body), Object.class);
    }

    @Override
    public Map<String, List<String>> form() {
      var form = new LinkedHashMap<String, List<String>>();
      for (String pair : text().split("&", -1)) {
        int equals = pair.indexOf('=');
        if (!pair.isEmpty()) {
          form.computeIfAbsent(decode(equals < 0 ? pair : pair.substring(0, equals)), _ -> new ArrayList<>())
              .add(equals < 0 ? "" : decode(pair.substring(equals + 1)));
        }
      }
      return form;
    }

    private static String decode(String text) {
      try {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw new FairwayException(ErrorCode.INVALID, "the form is malformed: " + e.getMessage(), e);
      }
    }

    @Override
    public Set<Party> parties() {
      return Set.copyOf(parties);
    }

    @Override
    public Optional<Party> party() {
      if (parties.size() > 1) {
        throw new FairwayException(ErrorCode.INVALID, "the token names several parties: " + parties);
      }
      return parties.stream().findFirst();
    }
  }
}
