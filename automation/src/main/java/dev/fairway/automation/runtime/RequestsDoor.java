package dev.fairway.automation.runtime;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.store.Store;
import dev.fairway.web.Call;
import dev.fairway.web.Caller;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** {@code /requests}: what became of a request, for whoever made it. */
final class RequestsDoor {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final Store store;

  RequestsDoor(Store store) {
    this.store = store;
  }

  Door door() {
    return new Door("requests", "/requests", ErrorStyle.PROBLEM,
        List.of(
            Route.get("", "The newest requests of the caller's party")
                .query("limit", "1 to 500, 50 when nothing is said")
                .answers(200, "requests, newest first").handle(this::list),
            Route.get("/{contract}", "A request's state, outcome and reason")
                .query("wait", "seconds to wait for an end, at most 60").answers(200, "the request")
                .answers(404, "no such request of the caller's party").handle(this::show)));
  }

  private void list(Call call) throws Exception {
    int limit = (int) number(call, "limit", 50, 1, 500);
    var list = Json.array();
    store.read(view -> RequestTables.newest(view, 500)).stream().filter(row -> mayKnow(call.caller(), row))
        .limit(limit).forEach(row -> list.add(node(row)));
    call.json(200, Json.object().set("requests", list));
  }

  private void show(Call call) throws Exception {
    Duration wait = Duration.ofSeconds(number(call, "wait", 0, 0, LONGEST_WAIT.toSeconds()));
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      long end = store.journal().end();
      RequestTables.Row row = find(call);
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (row.ended() || !left.isPositive()) {
        call.json(200, node(row));
        return;
      }
      store.journal().await(end, left);
    }
  }

  private RequestTables.Row find(Call call) {
    String contract = call.param("contract");
    Optional<RequestTables.Row> row = store.read(view -> RequestTables.byContract(view, contract)).stream()
        .filter(r -> mayKnow(call.caller(), r)).findFirst();
    return row.orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, "no request " + contract));
  }

  private static boolean mayKnow(Caller caller, RequestTables.Row row) {
    return caller.party().map(name -> row.parties().contains(new Party(name)))
        .orElse(caller.kind() == Caller.Kind.DEVELOPER);
  }

  private static long number(Call call, String name, long otherwise, long least, long most) {
    String text = call.query(name).orElse(Long.toString(otherwise));
    long value = text.matches("[0-9]{1,9}") ? Long.parseLong(text) : -1;
    if (value < least || value > most) {
      throw new FairwayException(ErrorCode.INVALID,
          name + " must be " + least + " to " + most + ", is \"" + text + "\"");
    }
    return value;
  }

  private static ObjectNode node(RequestTables.Row row) {
    ObjectNode node = Json.object().put("contract", row.contractId()).put("template", row.template())
        .put("state", row.state()).put("attempts", row.attempts()).put("firstSeen", row.firstSeen().toString())
        .put("changed", row.changed().toString());
    if (row.code().isPresent() && row.state().equals("rejected")) {
      ObjectNode reason = Json.object().put("code", row.code().get()).put("message", row.message().orElse(""))
          .put("retryable", row.retryable().orElse(false));
      ObjectNode details = Json.object();
      row.details().forEach(details::put);
      node.set("reason", reason.set("details", details));
    }
    return node;
  }
}
