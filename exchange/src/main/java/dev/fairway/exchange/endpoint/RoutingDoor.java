package dev.fairway.exchange.endpoint;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.ChannelCapabilities;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.exchange.delivery.ChannelPort;
import dev.fairway.exchange.delivery.Maintenance;
import dev.fairway.exchange.delivery.Ports;
import dev.fairway.exchange.routing.Decision;
import dev.fairway.exchange.routing.LegacyRoutingTable;
import dev.fairway.exchange.routing.Routing;
import dev.fairway.exchange.routing.RoutingTable;
import dev.fairway.exchange.routing.RoutingVersions;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.exchange.routing.RuleJson;
import dev.fairway.exchange.routing.SampleMessage;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The management API of routing and channels: rules are shown, tried on a sample message, replaced and brought back;
 * channels are shown and taken out of use. Each change names the version its author has seen, so that two operators do not
 * undo each other's work.
 */
public final class RoutingDoor {
  private static final String SCOPE = "igl.admin";

  private final Routing routing;
  private final RoutingVersions versions;
  private final Ports ports;
  private final Maintenance maintenance;
  private final Jurisdiction own;
  private final InstantSource clock;

  public RoutingDoor(Routing routing, RoutingVersions versions, Ports ports, Maintenance maintenance, Jurisdiction own,
      InstantSource clock) {
    this.routing = routing;
    this.versions = versions;
    this.ports = ports;
    this.maintenance = maintenance;
    this.own = own;
    this.clock = clock;
  }

  public List<Door> doors() {
    return List.of(
        new Door("routing", "/api/routing", ErrorStyle.PROBLEM,
            List.of(
                Route.get("", "Shows the rules in force, and what is doubtful about them").scope(SCOPE)
                    .answers(200, "The newest version").handle(this::show),
                Route.put("", "Puts rules in force").scope(SCOPE).consumes("application/json")
                    .describe("Body: {\"seen\": version, \"rules\": […], \"note\": text}. A rule that names a channel"
                        + " there is not is refused.")
                    .answers(200, "The new version").answers(409, "Somebody else was faster").handle(this::replace),
                Route.get("/versions", "Lists versions, newest first").scope(SCOPE).answers(200, "At most 100")
                    .handle(this::list),
                Route.post("/rollback", "Puts the rules of an earlier version in force").scope(SCOPE)
                    .consumes("application/json").describe("Body: {\"seen\": version, \"to\": version}.")
                    .answers(200, "The new version").handle(this::rollBack),
                Route.post("/dry-run", "Tells where a message would go, and why").scope(SCOPE)
                    .consumes("application/json")
                    .describe("Body: {\"message\": {…}, \"rules\": […]}; without rules, those in force are tried.")
                    .answers(200, "The decision with its trace").handle(this::dryRun),
                Route.post("/import", "Turns an older node's routing table into rules, without putting them in force")
                    .scope(SCOPE).consumes("application/json").query("predicates", "ignore to send everything")
                    .answers(200, "Rules, and the channels they need").handle(this::importTable))),
        new Door("channels", "/api/channels", ErrorStyle.PROBLEM,
            List.of(
                Route.get("", "Lists channels, what they can do and how they are").scope("igl.message.read")
                    .answers(200, "All of them").handle(this::channels),
                Route.put("/{channel}/maintenance", "Takes a channel out of use").scope(SCOPE)
                    .consumes("application/json").describe("Body: {\"reason\": text}.").answers(200, "The channel")
                    .handle(this::beginMaintenance),
                Route.delete("/{channel}/maintenance", "Takes a channel back into use").scope(SCOPE)
                    .answers(200, "The channel").handle(this::endMaintenance))));
  }

  private void show(Call call) throws IOException {
    call.json(200, describe(versions.newest().orElseThrow()));
  }

  private ObjectNode describe(RoutingVersions.Version version) {
    ObjectNode json = Json.object().put("version", version.number()).put("source", version.source())
        .put("actor", version.actor()).put("note", version.note()).put("made_at", version.madeAt().toString());
    json.set("rules", RuleJson.write(version.rules()));
    ArrayNode doubts = json.putArray("warnings");
    Instant now = clock.instant();
    new RoutingTable(version.number(), version.rules()).warnings(ports.facts(now), now).forEach(doubts::add);
    return json;
  }

  private void replace(Call call) throws IOException {
    JsonNode body = call.json();
    List<Rule> rules = RuleJson.read(body.get("rules"));
    rules.forEach(this::checkChannels);
    answer(call, versions.replace(version(body, "seen"), rules, call.caller().subject(), note(body)));
  }

  private void checkChannels(Rule rule) {
    rule.channels().stream().filter(id -> ports.find(id).isEmpty()).findFirst().ifPresent(id -> {
      throw bad("rule " + rule.name() + ": no such channel: " + id + "; there are "
          + ports.all().stream().map(ChannelPort::id).toList());
    });
  }

  private void rollBack(Call call) throws IOException {
    JsonNode body = call.json();
    int to = version(body, "to");
    RoutingVersions.Version old = versions.find(to)
        .orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, "there was no version " + to));
    answer(call,
        versions.replace(version(body, "seen"), old.rules(), call.caller().subject(), "back to version " + to));
  }

  private void answer(Call call, RoutingVersions.Change change) throws IOException {
    switch (change) {
      case RoutingVersions.Change.Made(var version) -> {
        routing.replace(new RoutingTable(version.number(), version.rules()));
        call.json(200, describe(version));
      }
      case RoutingVersions.Change.Stale(var newest) -> throw new FairwayException(ErrorCode.CONFLICT,
          "version " + newest + " is in force by now; look at it, then send your rules with seen: " + newest);
    }
  }

  private void list(Call call) throws IOException {
    ArrayNode items = Json.array();
    versions.list(100).forEach(version -> items.add(Json.object().put("version", version.number())
        .put("source", version.source()).put("actor", version.actor()).put("note", version.note())
        .put("made_at", version.madeAt().toString()).put("rules", version.rules().size())));
    call.json(200, Json.object().set("items", items));
  }

  private void dryRun(Call call) throws IOException {
    JsonNode body = call.json();
    Message message = SampleMessage.read(body.path("message"), own);
    Instant now = clock.instant();
    Decision decision = body.has("rules")
        ? new RoutingTable(0, RuleJson.read(body.get("rules"))).route(message, ports.facts(now), key -> false, now)
        : routing.dryRun(message, ports.facts(now), now);
    call.text(200, "application/json", routing.describe(decision));
  }

  private void importTable(Call call) throws IOException {
    LegacyRoutingTable table = LegacyRoutingTable.read(call.json());
    ObjectNode json = Json.object();
    json.set("rules",
        RuleJson.write(table.rules(call.query("predicates").filter("ignore"::equals).isEmpty())));
    ArrayNode needed = json.putArray("channels");
    table.rows().forEach(row -> needed.add(Json.object().put("id", row.id()).put("name", row.name())
        .put("url", row.url().toString()).put("receiver", row.receiver())
        .put("credentials", row.credentials().isPresent()).put("configured", ports.find(row.id()).isPresent())));
    call.json(200, json);
  }

  private void channels(Call call) throws IOException {
    ArrayNode items = Json.array();
    ports.all().forEach(port -> items.add(describe(port)));
    call.json(200, Json.object().set("items", items));
  }

  private static ObjectNode describe(ChannelPort port) {
    ChannelCapabilities can = port.channel().capabilities();
    ObjectNode json = Json.object().put("id", port.id()).put("served", port.served())
        .put("maintenance", port.maintenance().orElse(null)).put("trouble", port.trouble().orElse(null));
    ArrayNode participants = json.putArray("participants");
    port.participants().stream().map(Jurisdiction::code).sorted().forEach(participants::add);
    json.putObject("capabilities").put("idempotent", can.idempotent()).put("sender_ref", can.carriesSenderRef())
        .put("observable", can.observable()).put("finality", can.finality().name().toLowerCase(java.util.Locale.ROOT))
        .put("max_bytes", can.maxBytes());
    return json;
  }

  private void beginMaintenance(Call call) throws IOException {
    ChannelPort port = port(call);
    JsonNode reason = call.json().path("reason");
    maintenance.begin(port, reason.isString() ? reason.stringValue() : "", call.caller().subject());
    call.json(200, describe(port));
  }

  private void endMaintenance(Call call) throws IOException {
    ChannelPort port = port(call);
    maintenance.end(port, call.caller().subject());
    call.json(200, describe(port));
  }

  private ChannelPort port(Call call) {
    return ports.find(call.param("channel")).orElseThrow(
        () -> new FairwayException(ErrorCode.NOT_FOUND, "there is no channel " + call.param("channel")));
  }

  private static int version(JsonNode body, String key) {
    JsonNode value = body.path(key);
    if (!value.isInt()) {
      throw bad(key + " must be a version's number");
    }
    return value.intValue();
  }

  private static String note(JsonNode body) {
    String note = body.path("note").asString("");
    if (note.length() > 500) {
      throw bad("note must have at most 500 characters");
    }
    return note;
  }

  private static FairwayException bad(String why) {
    return new FairwayException(ErrorCode.INVALID, why);
  }
}
