package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.store.Store;
import dev.fairway.store.Audit;

/** What an operator does with requests that were set aside. Each act is audited with it. Safe for many threads. */
public final class RequestDesk {
  private final Automation automation;
  private final Store store;
  private final RequestBook book;

  public RequestDesk(Automation automation, Store store) {
    this.automation = automation;
    this.store = store;
    this.book = new RequestBook(store);
  }

  private record Aside(KnownRequest request, Contract contract, RunningIntegration integration,
      Registrations.OnRequest<?, ?> handler) {}

  /**
   * Turns a request down on the ledger, with a reason its requester will read.
   *
   * @param actor who does it
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

  private Aside aside(String contract) {
    KnownRequest request = book.ofContract(contract).stream()
        .filter(found -> found.state() == RequestState.QUARANTINED).findFirst()
        .orElseThrow(() -> new FairwayException(ErrorCode.CONFLICT, "no request " + contract + " is set aside"));
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
