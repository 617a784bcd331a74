package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.CommandReader;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.store.Store;
import dev.fairway.web.Call;
import dev.fairway.web.Caller;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.EventSink;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /requests}: a requester's own requests: made, watched and taken back. A caller sees what its party signed, and
 * nothing else; in the development profile a caller without a party sees all and may name one.
 */
final class RequestsDoor {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final Duration BEAT = Duration.ofSeconds(15);

  private final Store store;
  private final RequestBook book;
  private final Ledgers ledgers;

  RequestsDoor(Store store, Ledgers ledgers) {
    this.store = store;
    this.book = new RequestBook(store);
    this.ledgers = ledgers;
  }

  Door door() {
    return new Door("requests", "/requests", ErrorStyle.PROBLEM,
        List.of(
            Route.get("", "The newest requests of the caller's party")
                .query("limit", "1 to 500, 50 when nothing is said")
                .answers(200, "requests, newest first").handle(this::list),
            Route.post("", "Makes a request: creates its contract on the ledger").consumes("application/json")
                .answers(201, "the contract").answers(409, "refused by the ledger").handle(this::make),
            Route.get("/{contract}", "A request's state, outcome and reason")
                .query("wait", "seconds to wait for an end, at most 60").answers(200, "the request")
                .answers(404, "no such request of the caller's party").handle(this::show),
            Route.get("/{contract}/events", "Tells each change of a request's state until its end")
                .answers(200, "events", "text/event-stream", Optional.empty()).handle(this::follow),
            Route.post("/{contract}/cancel", "Takes a request back, by a choice of its requester")
                .consumes("application/json").answers(200, "the request").handle(this::cancel)));
  }

  private void list(Call call) throws Exception {
    int limit = (int) number(call, "limit", 50, 1, 500);
    var list = Json.array();
    book.newest().stream().filter(row -> mayKnow(call.caller(), row))
        .limit(limit).forEach(row -> list.add(node(row)));
    call.json(200, Json.object().set("requests", list));
  }

  private void make(Call call) throws Exception {
    JsonNode body = call.json();
    Party party = party(call.caller(), body);
    Ledger ledger = ledger(body);
    String commandId = body.path("command_id").asString("request/" + UUID.randomUUID());
    Command command = new CommandReader(ledger).create(body.path("template").asString(""), body.path("payload"));
    Contract contract = new Asking(ledger).create(party, commandId, (Command.Create) command);
    call.with("Location", "/requests/" + contract.id().value()).json(201,
        Json.object().put("contract", contract.id().value()).put("template", contract.template().toString())
            .put("command_id", commandId));
  }

  private Ledger ledger(JsonNode body) {
    return ledgers.find(body.path("ledger").asString(Ledgers.LOCAL));
  }

  /** Whom the caller acts as: the party of its token; in the development profile also one that the body names. */
  private static Party party(Caller caller, JsonNode body) {
    Optional<String> named = Optional.of(body.path("party").asString("")).filter(name -> !name.isBlank());
    if (caller.party().isPresent() && named.filter(name -> !name.equals(caller.party().get())).isPresent()) {
      throw new FairwayException(ErrorCode.FORBIDDEN, "this caller acts as " + caller.party().get() + " only");
    }
    Optional<String> party = caller.kind() == Caller.Kind.DEVELOPER ? caller.party().or(() -> named) : caller.party();
    try {
      return new Party(party.orElseThrow(
          () -> new FairwayException(ErrorCode.FORBIDDEN, "the credentials name no party to ask as")));
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, "party: " + e.getMessage(), e);
    }
  }

  private void show(Call call) throws Exception {
    Duration wait = Duration.ofSeconds(number(call, "wait", 0, 0, LONGEST_WAIT.toSeconds()));
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      long end = store.journal().end();
      Optional<KnownRequest> row = find(call);
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (row.filter(known -> known.state().ended()).isPresent() || !left.isPositive()) {
        call.json(200, node(row.orElseThrow(() -> unknown(call))));
        return;
      }
      store.journal().await(end, left);
    }
  }

  private void follow(Call call) throws Exception {
    if (find(call).isEmpty()) {
      throw unknown(call);
    }
    call.events(sink -> follow(call, sink));
  }

  private void follow(Call call, EventSink sink) throws IOException, InterruptedException {
    String told = "";
    while (sink.open()) {
      long end = store.journal().end();
      Optional<KnownRequest> row = find(call);
      if (row.isEmpty()) {
        return;
      }
      String now = Json.text(node(row.get()));
      if (!now.equals(told)) {
        sink.send(row.get().changed().toString(), row.get().state().word(), now);
        told = now;
      }
      if (row.get().state().settled()) {
        return;
      }
      if (!store.journal().await(end, BEAT)) {
        sink.beat();
      }
    }
  }

  private void cancel(Call call) throws Exception {
    JsonNode body = call.json();
    KnownRequest row = find(call).orElseThrow(() -> unknown(call));
    if (row.state().settled()) {
      throw new FairwayException(ErrorCode.CONFLICT, "the request is " + row.state().word() + " already");
    }
    Party party = call.caller().party().map(Party::new).orElseGet(() -> row.parties().iterator().next());
    Ledger ledger = ledger(body);
    Command command = new CommandReader(ledger).exercise(row.template(), row.contractId(),
        body.path("choice").asString("Cancel"), body.path("argument"));
    new Asking(ledger).submit(party, "cancel/" + UUID.randomUUID(), command);
    call.json(200, Json.object().put("contract", row.contractId()).put("taken_back", true));
  }

  /* A contract may be a request to several integrations; whichever is nearest its end speaks for it. */
  private Optional<KnownRequest> find(Call call) {
    String contract = call.param("contract");
    return book.ofContract(contract).stream()
        .filter(row -> mayKnow(call.caller(), row)).max(Comparator.comparing(known -> known.state().ended()));
  }

  private static FairwayException unknown(Call call) {
    return new FairwayException(ErrorCode.NOT_FOUND, "no request " + call.param("contract"));
  }

  private static boolean mayKnow(Caller caller, KnownRequest row) {
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

  static ObjectNode node(KnownRequest row) {
    ObjectNode node = Json.object().put("contract", row.contractId()).put("template", row.template())
        .put("state", row.state().word()).put("attempts", row.attempts()).put("first_seen", row.firstSeen().toString())
        .put("changed", row.changed().toString());
    row.reason().filter(reason -> row.state() == RequestState.REJECTED)
        .ifPresent(reason -> node.set("reason", node(reason)));
    return node;
  }

  private static ObjectNode node(RequestReason reason) {
    ObjectNode details = Json.object();
    reason.details().forEach(details::put);
    ObjectNode node = Json.object().put("code", reason.code()).put("message", reason.message()).put("retryable",
        reason.retryable());
    node.set("details", details);
    return node;
  }
}
