package dev.fairway.automation.runtime;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.work.WorkId;
import dev.fairway.store.DeadLetters;
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
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/requests}: all requests, for who runs the node, and what can be done with those that were set aside. */
public final class RequestsApi {
  private static final String SCOPE = "igl.admin";
  private static final String STATES = Arrays.stream(RequestState.values()).map(RequestState::word)
      .collect(Collectors.joining(", "));

  private final RequestBook book;
  private final RequestDesk desk;

  public RequestsApi(RequestBook book, RequestDesk desk) {
    this.book = book;
    this.desk = desk;
  }

  public Door door() {
    return new Door("requests-api", "/api/requests", ErrorStyle.PROBLEM, List.of(
        Route.get("", "Lists the newest " + RequestBook.PAGE + " requests").scope(SCOPE)
            .query("state", "only in this state: " + STATES).answers(200, "requests").handle(this::list),
        Route.get("/causes", "Counts requests that were set aside by integration and cause").scope(SCOPE)
            .answers(200, "groups; what names one goes to /api/dead/redrive or /api/dead/discard")
            .handle(this::causes),
        Route.get("/{contract}", "Shows a request; with its payload and every error when it was set aside").scope(SCOPE)
            .answers(200, "the request").answers(404, "there is none").handle(this::show),
        Route.post("/{contract}/try", "Asks the handler what it would answer, with its effects held back").scope(SCOPE)
            .answers(200, "the outcome").answers(409, "it is not set aside").handle(this::tryDry),
        Route.post("/{contract}/release", "Has a request that was set aside tried again").scope(SCOPE)
            .answers(204, "released").answers(409, "it is not set aside").handle(call -> act(call, desk::release)),
        Route.post("/{contract}/discard", "Tries a request no more").scope(SCOPE).answers(204, "dropped")
            .answers(409, "it is not set aside").handle(call -> act(call, desk::discard)),
        Route.post("/{contract}/replace", "Mends a request: exercises a choice that puts another in its place")
            .scope(SCOPE).consumes("application/json").answers(202, "on its way")
            .answers(409, "it is not set aside").handle(this::replace),
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
    requests.forEach(request -> items.add(node(request)));
    call.json(200, Json.object().set("items", items));
  }

  private static ObjectNode node(KnownRequest request) {
    ObjectNode node = RequestsDoor.node(request).put("integration", request.integration());
    request.work().map(WorkId::toString).ifPresent(work -> node.put("work", work));
    return node;
  }

  private void causes(Call call) throws IOException {
    var items = Json.array();
    desk.groups().forEach(group -> items.addObject().put("kind", group.kind()).put("cause", group.cause())
        .put("count", group.count()).put("first", group.first().toString()).put("last", group.last().toString()));
    call.json(200, Json.object().set("items", items));
  }

  private void show(Call call) throws IOException {
    RequestDesk.Opened opened = desk.open(call.param("contract"));
    ObjectNode shape = node(opened.request());
    if (opened.letter().isPresent()) {
      DeadLetters.Opened letter = opened.letter().get();
      opened.payload().ifPresent(payload -> shape.set("payload", payload));
      var errors = shape.putArray("errors");
      letter.failures().forEach(failed -> errors.addObject().put("at", failed.at().toString())
          .put("attempt", failed.attempt()).put("class", failed.failureClass().name()).put("why", failed.why()));
    }
    call.json(200, shape);
  }

  private void tryDry(Call call) throws IOException {
    DeadLetters.Tried tried = desk.tryDry(call.param("contract"), call.caller().subject());
    call.json(200, Json.object().put("outcome", tried.outcome()).put("why", tried.why()));
  }

  private static void act(Call call, Act act) {
    act.apply(call.param("contract"), call.caller().subject());
    call.empty(204);
  }

  private void replace(Call call) throws IOException {
    JsonNode body = call.json();
    desk.replace(call.param("contract"), text(body, "choice"), body.path("argument"), call.caller().subject());
    onItsWay(call);
  }

  private void reject(Call call) throws IOException {
    JsonNode body = call.json();
    Map<String, String> details = new LinkedHashMap<>();
    body.path("details").properties().forEach(one -> details.put(one.getKey(), one.getValue().asString()));
    desk.reject(call.param("contract"), new RequestReason(text(body, "code"), text(body, "message"), details,
        body.path("retryable").asBoolean(false)), call.caller().subject());
    onItsWay(call);
  }

  private static void onItsWay(Call call) throws IOException {
    call.json(202,
        Json.object().put("contract", call.param("contract")).put("state", RequestState.SUBMITTING.word()));
  }

  private static String text(JsonNode body, String name) {
    JsonNode value = body.path(name);
    if (!value.isString() || value.stringValue().isBlank()) {
      throw new FairwayException(ErrorCode.INVALID, name + " is needed: a text");
    }
    return value.stringValue();
  }

  /** Something done to one request. */
  private interface Act {
    void apply(String contract, String actor);
  }
}
