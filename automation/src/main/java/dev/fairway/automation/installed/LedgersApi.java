package dev.fairway.automation.installed;

import dev.fairway.automation.ledger.CommandReader;
import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.runtime.ActiveContracts;
import dev.fairway.automation.runtime.Ledgers;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplatePattern;
import dev.fairway.core.store.Store;
import dev.fairway.store.Audit;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /api/ledgers}: a look at the ledgers the node is connected to, and commands by hand. Values are in the encoding of
 * {@link LedgerJson}. For who runs the node: it acts as any party the ledger lets the node act as.
 */
public final class LedgersApi {
  private static final String SCOPE = "igl.admin";
  private static final long ARCHIVE_LIMIT = 128L << 20;

  private final Ledgers ledgers;
  private final Store store;

  public LedgersApi(Ledgers ledgers, Store store) {
    this.ledgers = ledgers;
    this.store = store;
  }

  public Door door() {
    return new Door("ledgers-api", "/api/ledgers", ErrorStyle.PROBLEM, List.of(
        Route.get("", "Lists the ledgers").scope(SCOPE).answers(200, "names").handle(this::list),
        Route.get("/{ledger}/parties", "Lists parties").scope(SCOPE).answers(200, "parties").handle(this::parties),
        Route.post("/{ledger}/parties", "Makes a party").scope(SCOPE).consumes("application/json")
            .answers(201, "the party").handle(this::allocate),
        Route.get("/{ledger}/packages", "Lists packages and their templates").scope(SCOPE).answers(200, "packages")
            .handle(this::packages),
        Route.post("/{ledger}/packages", "Gives the ledger a package: templates as YAML, or a DAR").scope(SCOPE)
            .maxBody(ARCHIVE_LIMIT).answers(204, "known now").handle(this::upload),
        Route.get("/{ledger}/contracts", "Lists active contracts").scope(SCOPE).query("party", "who sees them; needed")
            .query("template", "Module:Entity; all when absent").answers(200, "contracts").handle(this::contracts),
        Route.post("/{ledger}/commands", "Submits commands as one transaction and waits for it").scope(SCOPE)
            .consumes("application/json").answers(200, "the receipt").answers(409, "refused by the ledger")
            .answers(503, "not taken in; safe to send again").handle(this::submit)));
  }

  private Ledger ledger(Call call) {
    return ledgers.find(call.param("ledger"));
  }

  private void list(Call call) throws IOException {
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    ledgers.names().forEach(name -> items.addObject().put("name", name));
    call.json(200, page);
  }

  private void parties(Call call) throws IOException {
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    ledger(call).parties().forEach(party -> items.addObject().put("party", party.name()));
    call.json(200, page);
  }

  private void allocate(Call call) throws IOException {
    Ledger ledger = ledger(call);
    String hint = IntegrationsApi.text(call.json(), "hint");
    try {
      call.json(201, Json.object().put("party", ledger.allocate(new Party(hint).name()).name()));
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  private void packages(Call call) throws IOException {
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    for (LedgerPackage known : ledger(call).packages()) {
      if (!known.templates().isEmpty()) {
        ObjectNode node = items.addObject().put("id", known.id()).put("name", known.name()).put("version",
            known.version());
        ObjectNode templates = node.putObject("templates");
        known.templates().forEach((name, template) -> {
          ArrayNode choices = templates.putArray(name);
          template.choices().keySet().forEach(choices::add);
        });
      }
    }
    call.json(200, page);
  }

  private void upload(Call call) throws IOException {
    ledger(call).upload(call.bytes());
    store.run(tx -> Audit.record(tx, call.caller().subject(), "ledger.package", call.param("ledger"), ""));
    call.empty(204);
  }

  private void contracts(Call call) throws IOException {
    Party party = party(call.query("party").orElse(""));
    List<TemplatePattern> templates;
    try {
      templates = call.query("template").map(TemplatePattern::parse).map(List::of).orElse(List.of(TemplatePattern.ALL));
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, String.valueOf(e.getMessage()), e);
    }
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    ActiveContracts.read(ledger(call), new Query(Set.of(party), templates)).forEach(c -> items.add(node(c)));
    call.json(200, page);
  }

  private static Party party(String name) {
    try {
      return new Party(name);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, "party: " + e.getMessage(), e);
    }
  }

  private static ObjectNode node(Contract contract) {
    ObjectNode node = Json.object().put("contract", contract.id().value()).put("template",
        contract.template().toString());
    node.set("payload", Json.mapper().valueToTree(LedgerJson.tree(contract.payload())));
    node.set("signatories", StoredValue.parties(contract.signatories()));
    node.set("observers", StoredValue.parties(contract.observers()));
    return node;
  }

  private void submit(Call call) throws IOException {
    Ledger ledger = ledger(call);
    JsonNode body = call.json();
    Party party = party(IntegrationsApi.text(body, "party"));
    if (!body.path("commands").isArray() || body.path("commands").isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, "commands is needed: a list of create or exercise");
    }
    CommandReader reader = new CommandReader(ledger);
    List<Command> commands = body.path("commands").valueStream().map(reader::command).toList();
    String commandId = body.path("command_id").asString("by-hand/" + UUID.randomUUID());
    SubmitResult result = ledger.submit(new Submission(commandId, party, commands));
    store.run(tx -> Audit.record(tx, call.caller().subject(), "ledger.submit", commandId,
        StoredValue.text(StoredValue.object().put("party", party.name()).put("result", word(result)))));
    answer(call, commandId, result);
  }

  private static String word(SubmitResult result) {
    return switch (result) {
      case SubmitResult.Accepted _ -> "accepted";
      case SubmitResult.Rejected _ -> "rejected";
      case SubmitResult.Unavailable _ -> "unavailable";
      case SubmitResult.Unknown _ -> "unknown";
    };
  }

  private static void answer(Call call, String commandId, SubmitResult result) throws IOException {
    switch (result) {
      case SubmitResult.Accepted(var receipt) -> {
        ObjectNode node = Json.object().put("result", "accepted").put("command_id", commandId);
        receipt.ifPresent(r -> node.put("transaction", r.transactionId()).put("offset", r.offset().value()));
        call.json(200, node);
      }
      case SubmitResult.Rejected why -> throw new FairwayException(
          why.reason() == SubmitResult.Reason.INVALID ? ErrorCode.INVALID : ErrorCode.CONFLICT,
          "the ledger refused " + commandId + ": " + why.code() + ": " + why.detail());
      case SubmitResult.Unavailable(_, String why) ->
        throw new FairwayException(ErrorCode.PEER_FAILED, "the ledger did not take " + commandId + ": " + why);
      case SubmitResult.Unknown(String why) -> throw new FairwayException(ErrorCode.PEER_FAILED,
          "nobody knows yet what became of " + commandId + "; send it again under the same command_id: " + why);
    }
  }
}
