package dev.fairway.automation.runtime;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** {@code /api/requests}: all requests, for who runs the node, and an answer by hand to one that was set aside. */
final class RequestsApi {
  private static final String SCOPE = "igl.admin";
  private static final String STATES = Arrays.stream(RequestState.values()).map(RequestState::word)
      .collect(Collectors.joining(", "));

  private final RequestBook book;
  private final RequestDesk desk;

  RequestsApi(RequestBook book, RequestDesk desk) {
    this.book = book;
    this.desk = desk;
  }

  Door door() {
    return new Door("requests-api", "/api/requests", ErrorStyle.PROBLEM, List.of(
        Route.get("", "Lists the newest " + RequestBook.PAGE + " requests").scope(SCOPE)
            .query("state", "only in this state: " + STATES)
            .answers(200, "requests").handle(this::list),
        Route.post("/{contract}/reject", "Turns a request that was set aside down, on the ledger").scope(SCOPE)
            .consumes("application/json").answers(202, "on its way").answers(409, "it is not set aside")
            .handle(this::reject)));
  }

  private void list(Call call) throws IOException {
    Optional<String> word = call.query("state");
    List<KnownRequest> requests = word.isEmpty()
        ? book.newest()
        : book.newest(RequestState.of(word.get()).orElseThrow(
            () -> new FairwayException(ErrorCode.INVALID, "there is no state " + word.get() + "; use " + STATES)));
    var items = Json.array();
    requests.forEach(row -> items.add(RequestsDoor.node(row).put("integration", row.integration())));
    call.json(200, Json.object().set("items", items));
  }

  private void reject(Call call) throws IOException {
    String contract = call.param("contract");
    JsonNode body = call.json();
    Map<String, String> details = new LinkedHashMap<>();
    body.path("details").properties().forEach(one -> details.put(one.getKey(), one.getValue().asString()));
    desk.reject(contract, new RequestReason(text(body, "code"), text(body, "message"), details,
        body.path("retryable").asBoolean(false)), call.caller().subject());
    call.json(202, Json.object().put("contract", contract).put("state", RequestState.SUBMITTING.word()));
  }

  private static String text(JsonNode body, String name) {
    JsonNode value = body.path(name);
    if (!value.isString() || value.stringValue().isBlank()) {
      throw new FairwayException(ErrorCode.INVALID, name + " is needed: a text");
    }
    return value.stringValue();
  }
}
