package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.CommandReader;
import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.store.Store;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkId;
import dev.fairway.core.work.WorkKind;
import dev.fairway.store.Audit;
import dev.fairway.store.DeadLetters;
import dev.fairway.store.JsonCodec;
import dev.fairway.store.workers.Handlers;
import dev.fairway.web.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What an operator does with requests that were set aside: look, try dry, release, answer by hand, replace, drop. Each act
 * is audited with it. Safe for many threads.
 */
public final class RequestDesk {
  /** The code of the reason that a request which was replaced is turned down with. */
  public static final String REPLACED = "REPLACED";

  /** The letter of a request that has come to its end since: nobody has to look at it any more. */
  static final WorkKind<Letter> FORGET = WorkKind.of("automation.request-forget", JsonCodec.of(Letter.class));

  private static final String NOBODY = "fairway";

  private final Automation automation;
  private final Store store;
  private final DeadLetters letters;
  private final RequestBook book;

  public RequestDesk(Automation automation, Store store, DeadLetters letters) {
    this.automation = automation;
    this.store = store;
    this.letters = letters;
    this.book = new RequestBook(store);
  }

  /** A dead letter, by the id of its work. */
  record Letter(String work) {}

  /**
   * A request with the letter it was set aside with.
   *
   * @param letter absent while it is not set aside, and when somebody dropped it
   */
  public record Opened(KnownRequest request, Optional<DeadLetters.Opened> letter) {
    /** What was asked, out of the letter, as Daml-LF JSON; absent where there is no letter. */
    public Optional<JsonNode> payload() {
      return letter.map(opened -> {
        Payloads.LedgerDelivery delivery = Json.mapper().readValue(opened.text(), Payloads.LedgerDelivery.class);
        LedgerValue payload = StoredValue.contract(StoredValue.parse(delivery.body())).payload();
        return Json.mapper().valueToTree(LedgerJson.tree(payload));
      });
    }
  }

  private record Aside(KnownRequest request, Contract contract, RunningIntegration integration,
      Registrations.OnRequest<?, ?> handler) {}

  /** What tidies up behind requests that ended after they had been set aside; register it with the node's work. */
  public void registerWith(Handlers handlers) {
    WorkHandler<Letter> forget = this::forget;
    handlers.add(FORGET, forget);
  }

  static NewWork<Letter> forgetting(WorkId work) {
    return NewWork.of(FORGET, new Letter(work.toString()));
  }

  private Outcome forget(Delivery<Letter> delivery) {
    WorkId work = WorkId.parse(delivery.payload().work());
    if (letters.show(work).isPresent()) {
      letters.discard(work, NOBODY);
    }
    return Outcome.done();
  }

  /** @throws FairwayException with {@code NOT_FOUND} when there is no such request */
  public Opened open(String contract) {
    KnownRequest request = one(contract);
    return new Opened(request, request.work().flatMap(letters::show));
  }

  /** Requests that were set aside, by integration and cause, the most frequent first. */
  public List<DeadLetters.Group> groups() {
    return letters.groups().stream().filter(group -> group.kind().matches("automation\\.[^.]+\\.request-.*")).toList();
  }

  /**
   * Asks the handler what it would answer; nothing is sent.
   *
   * @throws FairwayException with {@code CONFLICT} when it is not set aside
   */
  public DeadLetters.Tried tryDry(String contract, String actor) {
    return letters.tryDry(letter(contract), actor);
  }

  /**
   * Has it tried again, as if it were new; its errors stay with it.
   *
   * @throws FairwayException with {@code CONFLICT} when it is not set aside
   */
  public void release(String contract, String actor) {
    letters.redrive(letter(contract), actor);
  }

  /**
   * Tries no more. Its contract stays, and its requester sees it as set aside.
   *
   * @throws FairwayException with {@code CONFLICT} when it is not set aside
   */
  public void discard(String contract, String actor) {
    letters.discard(letter(contract), actor);
  }

  /**
   * Turns a request down on the ledger, with a reason its requester will read.
   *
   * @throws FairwayException with {@code CONFLICT} when it is not set aside, its integration does not run, or its template
   * has no choice to reject by
   */
  public void reject(String contract, RequestReason reason, String actor) {
    Aside aside = aside(contract);
    if (aside.handler.reject().isEmpty()) {
      throw new FairwayException(ErrorCode.CONFLICT, aside.request.template() + " has no choice to reject by");
    }
    store.run(tx -> {
      aside.integration.requests().reject(tx, aside.handler, aside.contract, reason);
      Audit.record(tx, actor, "request.reject", contract,
          StoredValue.text(StoredValue.object().put("code", reason.code()).put("message", reason.message())));
    });
  }

  /**
   * Mends a request: exercises a choice of the one who answers that consumes it and makes another in its place, where its
   * template has such a choice. The other is a request of its own; this one ends with the reason {@link #REPLACED}.
   *
   * @param argument as JSON, by the choice's type
   * @throws FairwayException with {@code CONFLICT} when it is not set aside or its integration does not run,
   * {@code INVALID} when there is no such choice or the argument is not of its type
   */
  public void replace(String contract, String choice, JsonNode argument, String actor) {
    Aside aside = aside(contract);
    Command command = new CommandReader(aside.integration.ledger()).exercise(aside.request.template(), contract, choice,
        argument);
    var reason = new RequestReason(REPLACED, "another request stands in its place", Map.of(), false);
    store.run(tx -> {
      aside.integration.requests().answerByHand(tx, aside.handler, aside.contract, command, reason);
      Audit.record(tx, actor, "request.replace", contract,
          StoredValue.text(StoredValue.object().put("choice", choice).put("argument", argument.toString())));
    });
  }

  private WorkId letter(String contract) {
    return open(contract).letter().map(opened -> opened.letter().id())
        .orElseThrow(() -> new FairwayException(ErrorCode.CONFLICT, "no request " + contract + " is set aside"));
  }

  /* A contract may be a request to several integrations; the one that set it aside is meant. */
  private KnownRequest one(String contract) {
    List<KnownRequest> all = book.ofContract(contract);
    return all.stream().filter(found -> found.state() == RequestState.QUARANTINED).findFirst()
        .or(() -> all.stream().findFirst())
        .orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, "no request " + contract));
  }

  private Aside aside(String contract) {
    KnownRequest request = one(contract);
    if (request.state() != RequestState.QUARANTINED) {
      throw new FairwayException(ErrorCode.CONFLICT,
          "the request " + contract + " is not set aside, it is " + request.state().word());
    }
    RunningIntegration integration = automation.find(request.integration()).orElseThrow(() -> new FairwayException(
        ErrorCode.CONFLICT, "integration " + request.integration() + " does not run; start it"));
    Registrations.OnRequest<?, ?> handler = integration.registrations().requests.get(request.handler());
    if (handler == null) {
      throw new FairwayException(ErrorCode.CONFLICT, request.integration() + " no longer answers such requests");
    }
    Contract stored = store
        .read(view -> IntegrationTables.seen(view, request.integration(), new ContractId(contract)))
        .orElseThrow(() -> new FairwayException(ErrorCode.CONFLICT, "the request has gone from the ledger"));
    return new Aside(request, stored, integration, handler);
  }
}
