package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.sdk.Answer;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.store.Store;
import dev.fairway.store.Audit;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * {@code /api/requests}: all requests, for who runs the node, and an answer by hand to one that was set aside. Its dead
 * letter, released after that, has nothing more to do.
 */
final class RequestsApi {
  private static final String SCOPE = "igl.admin";

  private final Automation automation;
  private final Store store;

  RequestsApi(Automation automation, Store store) {
    this.automation = automation;
    this.store = store;
  }

  Door door() {
    return new Door("requests-api", "/api/requests", ErrorStyle.PROBLEM, List.of(
        Route.get("", "Lists the newest 500 requests").scope(SCOPE)
            .query("state", "only in this state: ready, submitting, accepted, rejected, cancelled, quarantined")
            .answers(200, "requests").handle(this::list),
        Route.post("/{contract}/reject", "Turns a request that was set aside down, on the ledger").scope(SCOPE)
            .consumes("application/json").answers(202, "on its way").answers(409, "it is not set aside")
            .handle(this::reject)));
  }

  private void list(Call call) throws IOException {
    Optional<String> state = call.query("state");
    var items = Json.array();
    store.read(view -> RequestTables.newest(view, 500)).stream()
        .filter(row -> state.isEmpty() || state.get().equals(row.state()))
        .forEach(row -> items.add(RequestsDoor.node(row).put("integration", row.integration())));
    call.json(200, Json.object().set("items", items));
  }

  private void reject(Call call) throws IOException {
    String contract = call.param("contract");
    RequestTables.Row row = store.read(view -> RequestTables.byContract(view, contract)).stream()
        .filter(found -> found.state().equals("quarantined")).findFirst()
        .orElseThrow(() -> new FairwayException(ErrorCode.CONFLICT, "no request " + contract + " is set aside"));
    RunningIntegration integration = automation.find(row.integration()).orElseThrow(
        () -> new FairwayException(ErrorCode.CONFLICT, "integration " + row.integration() + " does not run; start it"));
    Registrations.OnRequest<?, ?> handler = integration.registrations().requests.get(row.handler());
    if (handler == null) {
      throw new FairwayException(ErrorCode.CONFLICT, row.integration() + " no longer answers such requests");
    }
    Contract stored = store.read(view -> IntegrationTables.seen(view, row.integration(), new ContractId(contract)))
        .orElseThrow(() -> new FairwayException(ErrorCode.CONFLICT, "the request has gone from the ledger"));
    JsonNode body = call.json();
    reject(integration, handler, stored, body, call.caller().subject());
    call.json(202, Json.object().put("contract", contract).put("state", "submitting"));
  }

  private <A> void reject(RunningIntegration integration, Registrations.OnRequest<?, A> handler, Contract contract,
      JsonNode body, String actor) {
    Map<String, String> details = new LinkedHashMap<>();
    body.path("details").properties().forEach(one -> details.put(one.getKey(), one.getValue().asString()));
    Answer.Reject<A> no = new Answer.Reject<>(text(body, "code"), text(body, "message"), details,
        body.path("retryable").asBoolean(false));
    if (handler.reject().isEmpty()) {
      throw new FairwayException(ErrorCode.CONFLICT, "requests of " + contract.template()
          + " have no choice to reject by");
    }
    store.run(tx -> {
      integration.requests().reject(tx, handler, contract, no);
      Audit.record(tx, actor, "request.reject", contract.id().value(),
          StoredValue.text(StoredValue.object().put("code", no.code()).put("message", no.message())));
    });
  }

  private static String text(JsonNode body, String name) {
    JsonNode value = body.path(name);
    if (!value.isString() || value.stringValue().isBlank()) {
      throw new FairwayException(ErrorCode.INVALID, name + " is needed: a text");
    }
    return value.stringValue();
  }
}
