package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.Authorization;
import dev.fairway.automation.sdk.WebhookResponse;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Party;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Handler;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** {@code /integrations/{id}}: webhooks, and what an integration says of itself. */
final class IntegrationsDoor {
  private final Automation automation;
  private final AutomationConfig config;
  private final CallerParties callers;
  private final WebhookCommands commands;

  IntegrationsDoor(Automation automation, RunningIntegration.Shared shared, AutomationConfig config) {
    this.automation = automation;
    this.config = config;
    this.callers = new CallerParties(config);
    this.commands = new WebhookCommands(shared);
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
      switch (callers.authorize(call, Authorization.ANY_PARTY, integration.get().party())) {
        case CallerParties.Authorized.No(CodedRefusal refusal) -> refusal.answer(call);
        case CallerParties.Authorized.As _ -> handler.handle(integration.get(), call);
      }
    };
  }

  private void ready(Call call) throws IOException {
    boolean ready = integration(call).filter(RunningIntegration::ready).isPresent();
    call.text(ready ? 200 : 503, "text/plain; charset=utf-8", ready ? "ok\n" : "not running\n");
  }

  private void status(RunningIntegration integration, Call call) throws IOException {
    call.text(200, SpacedJson.TYPE, SpacedJson.write(StatusDocument.of(integration, call.baseUrl() + call.target())));
  }

  private void logLevel(RunningIntegration integration, Call call) throws IOException {
    byte[] body = call.bytes();
    Optional<Integer> level = level(body);
    if (level.isEmpty()) {
      new CodedRefusal(400, "invalid_log_level", "send {\"log_level\": n} with n from 0 to 50").answer(call);
      return;
    }
    integration.logLevel(level.get());
    call.bytes(200, SpacedJson.TYPE, body);
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
    switch (callers.authorize(call, hook.level(), integration.party())) {
      case CallerParties.Authorized.No(CodedRefusal refusal) -> {
        refusal.answer(call);
        return;
      }
      case CallerParties.Authorized.As(Set<Party> found) -> parties = found;
    }
    byte[] body = call.bytes();
    WebhookResponse response;
    try {
      response = integration.called(hook.counters(), Duration.ofMinutes(1),
          () -> hook.handler().handle(new ReceivedCall(call, variables, body, parties)));
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
    Optional<CodedRefusal> refusal = commands.send(integration, hook, response.commands());
    if (refusal.isPresent()) {
      refusal.get().answer(call);
      return;
    }
    switch (response.body()) {
      case WebhookResponse.Body.Json(Object tree) ->
        call.text(response.status(), SpacedJson.TYPE, SpacedJson.write(tree));
      case WebhookResponse.Body.Bytes bytes -> call.bytes(response.status(), bytes.contentType(), bytes.content());
    }
  }

  private static void trouble(Call call, int status) throws IOException {
    call.text(status, "text/plain; charset=utf-8", status == 503
        ? "503 Service Unavailable\n\nTry again later"
        : "500 Internal Server Error\n\nServer got itself in trouble");
  }

}
