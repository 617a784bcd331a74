package dev.fairway.automation.installed;

import dev.fairway.automation.installed.Installations.InstalledPackage;
import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.runtime.Automation;
import dev.fairway.automation.runtime.AvailableType;
import dev.fairway.automation.runtime.IntegrationConfig;
import dev.fairway.automation.runtime.Ledgers;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Party;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/packages}, {@code /api/integration-types} and {@code /api/integrations}: for who runs the node. */
public final class IntegrationsApi {
  private static final String SCOPE = "igl.admin";
  private static final long FILE_LIMIT = 512L << 20;

  private final Installations installations;
  private final Automation automation;

  public IntegrationsApi(Installations installations, Automation automation) {
    this.installations = installations;
    this.automation = automation;
  }

  public Door door() {
    return new Door("integrations-api", "/api", ErrorStyle.PROBLEM, List.of(
        Route.get("/packages", "Lists installed packages").scope(SCOPE).answers(200, "packages")
            .handle(this::packages),
        Route.post("/packages", "Installs a package, or another version of it").scope(SCOPE).maxBody(FILE_LIMIT)
            .answers(201, "what was installed").handle(this::install),
        Route.delete("/packages/{name}", "Takes a package away").scope(SCOPE).answers(204, "gone")
            .answers(409, "integrations of its types are set up").handle(call -> {
              installations.uninstall(call.param("name"), actor(call));
              call.empty(204);
            }),
        Route.get("/integration-types", "Lists the types that can be started").scope(SCOPE)
            .answers(200, "types and their fields").handle(this::types),
        Route.get("/integrations", "Lists integrations").scope(SCOPE).answers(200, "integrations")
            .handle(this::list),
        Route.get("/integrations/{id}", "Shows an integration").scope(SCOPE).answers(200, "the integration")
            .handle(call -> call.json(200, node(installations.find(call.param("id"))))),
        Route.put("/integrations/{id}", "Makes an integration, or gives it new settings").scope(SCOPE)
            .consumes("application/json").answers(200, "the integration").handle(this::configure),
        Route.delete("/integrations/{id}", "Stops an integration and forgets it").scope(SCOPE).answers(204, "gone")
            .handle(call -> {
              installations.remove(call.param("id"), actor(call));
              call.empty(204);
            }),
        act("start", "Starts an integration", installations::start),
        act("stop", "Stops an integration; its waiting work is kept", installations::stop),
        act("restart", "Stops and starts an integration", installations::restart),
        Route.put("/integrations/{id}/log-level", "Sets how much it logs, 0 to 50").scope(SCOPE)
            .consumes("application/json").answers(204, "set").handle(this::logLevel)));
  }

  private static Route act(String name, String summary, BiFunction<String, String, Standing> act) {
    return Route.post("/integrations/{id}/" + name, summary).scope(SCOPE).answers(200, "the integration")
        .handle(call -> call.json(200, node(act.apply(call.param("id"), actor(call)))));
  }

  private static String actor(Call call) {
    return call.caller().subject();
  }

  private void packages(Call call) throws IOException {
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    installations.packages().forEach(installed -> items.add(node(installed)));
    call.json(200, page);
  }

  private void install(Call call) throws IOException {
    call.json(201, node(installations.install(call.body(), actor(call))));
  }

  private static ObjectNode node(InstalledPackage installed) {
    ObjectNode node = Json.object().put("name", installed.facts().name()).put("version", installed.facts().version())
        .put("hash", installed.facts().hash()).put("size", installed.facts().size())
        .put("installed_at", installed.facts().installedAt().toString());
    ArrayNode types = node.putArray("types");
    installed.types().forEach(type -> types.addObject().put("id", type.id()).put("name", type.name())
        .put("runs_here", type.runsHere()));
    return node;
  }

  private void types(Call call) throws IOException {
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    automation.types().stream().sorted(Comparator.comparing(AvailableType::name)).forEach(type -> {
      ObjectNode node = items.addObject().put("type", type.name()).put("name", type.metadata().name())
          .put("description", type.metadata().description().strip());
      ArrayNode fields = node.putArray("fields");
      type.metadata().fields().forEach(field -> fields.add(node(field)));
    });
    call.json(200, page);
  }

  private static ObjectNode node(PackageMetadata.Field field) {
    ObjectNode node = Json.object().put("id", field.id()).put("name", field.name())
        .put("description", field.description().strip()).put("field_type", field.type().written())
        .put("required", field.required());
    field.defaultValue().ifPresent(value -> node.put("default_value", value));
    return node;
  }

  private void list(Call call) throws IOException {
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    installations.all().forEach(standing -> items.add(node(standing)));
    call.json(200, page);
  }

  private static ObjectNode node(Standing standing) {
    IntegrationConfig config = standing.config();
    ObjectNode node = Json.object().put("id", config.id()).put("type", config.type()).put("ledger", config.ledger())
        .put("party", config.party().name()).put("state", standing.state()).put("enabled", standing.enabled())
        .put("fixed", standing.fixed());
    standing.failure().ifPresent(why -> node.put("error", why));
    standing.running().ifPresent(running -> node.put("log_level", running.logLevel())
        .put("calls", running.totals().calls()).put("commands", running.totals().commands())
        .put("errors", running.totals().errors()).put("url", "/integrations/" + config.id()));
    ObjectNode settings = node.putObject("settings");
    standing.shownSettings().forEach(settings::put);
    return node;
  }

  private void configure(Call call) throws IOException {
    JsonNode body = call.json();
    Map<String, String> settings = new LinkedHashMap<>();
    body.path("settings").properties().forEach(setting -> settings.put(setting.getKey(),
        setting.getValue().isString() ? setting.getValue().stringValue() : setting.getValue().toString()));
    IntegrationConfig wanted;
    try {
      wanted = new IntegrationConfig(call.param("id"), text(body, "type"),
          body.path("ledger").asString(Ledgers.LOCAL), new Party(text(body, "party")), settings);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, String.valueOf(e.getMessage()), e);
    }
    call.json(200, node(installations.configure(wanted, body.path("enabled").asBoolean(true), actor(call))));
  }

  static String text(JsonNode body, String name) {
    JsonNode value = body.path(name);
    if (!value.isString() || value.stringValue().isBlank()) {
      throw new FairwayException(ErrorCode.INVALID, name + " is needed: a text");
    }
    return value.stringValue();
  }

  private void logLevel(Call call) throws IOException {
    JsonNode level = call.json().path("log_level");
    installations.logLevel(call.param("id"), level.isIntegralNumber() ? level.intValue() : -1, actor(call));
    call.empty(204);
  }
}
