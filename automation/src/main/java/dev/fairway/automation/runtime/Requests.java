package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.sdk.Answer;
import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.Request;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.Outcome;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests. One piece of work for each contract: the spine counts its attempts before the handler runs, spaces
 * them and sets it aside in the end; here is decided what an answer becomes. The answer to a request, yes or no, has one
 * command id for ever, so that it cannot be given twice.
 */
final class Requests {
  private static final RequestTables.Reason UNPROCESSABLE = new RequestTables.Reason("UNPROCESSABLE",
      "the request could not be processed", Map.of(), false);

  private final RunningIntegration integration;
  private final RunningIntegration.Shared shared;

  Requests(RunningIntegration integration, RunningIntegration.Shared shared) {
    this.integration = integration;
    this.shared = shared;
  }

  private record Given<Q>(Contract contract, Q payload, Attempt attempt, Instant deadline, Requests requests)
      implements
        Request<Q> {
    @Override
    public boolean cancelled() {
      return requests.row(contract).filter(row -> !row.ended()).isEmpty();
    }
  }

  private Optional<RequestTables.Row> row(Contract contract) {
    return shared.store().read(view -> RequestTables.find(view, integration.id(), contract.id().value()));
  }

  <Q, A> Outcome run(Registrations.OnRequest<Q, A> handler, Delivery<Payloads.LedgerDelivery> delivery,
      Attempt attempt) throws Exception {
    Contract contract = StoredValue.contract(StoredValue.parse(delivery.payload().body()));
    Optional<RequestTables.Row> row = row(contract);
    if (row.isEmpty() || (row.get().ended() && !row.get().state().equals("quarantined"))
        || row.get().state().equals("submitting")) {
      return Outcome.gone("the request is " + row.map(RequestTables.Row::state).orElse("gone"));
    }
    Q payload;
    try {
      payload = handler.reader().apply(contract.payload());
    } catch (RuntimeException e) {
      handler.counters().failed("cannot be read: " + e, shared.clock().instant());
      return Outcome.fail("the payload cannot be read: " + e.getMessage());
    }
    Instant deadline = shared.clock().instant().plus(handler.timeLimit());
    Answer<A> answer = integration.called(handler.counters(), handler.timeLimit(),
        () -> handler.handler().handle(new Given<>(contract, payload, attempt, deadline, this)));
    if (delivery.dryRun()) {
      return Outcome.fail("would answer " + answer);
    }
    String id = contract.id().value();
    return switch (answer) {
      case Answer.Accept<A>(A result) ->
        submit(handler, delivery, contract, handler.accept(), handler.accepting().apply(result), null);
      case Answer.Reject<A> no -> {
        var reason = new RequestTables.Reason(no.code(), no.message(), no.details(), no.retryable());
        yield handler.reject()
            .map(r -> submit(handler, delivery, contract, r.choice(), r.argument().apply(no), reason))
            .orElseGet(() -> Outcome.done(
                tx -> RequestTables.rejectedHere(tx, integration.id(), id, delivery.attempt(), reason)));
      }
      case Answer.Later<A>(Duration after, String why) -> new Outcome.Later(after, why,
          tx -> RequestTables.attempted(tx, integration.id(), id, delivery.attempt() - 1));
    };
  }

  private Outcome submit(Registrations.OnRequest<?, ?> handler, Delivery<Payloads.LedgerDelivery> delivery,
      Contract contract, String choice, LedgerValue.Struct argument, RequestTables.@Nullable Reason reason) {
    return Outcome.done(
        tx -> submit(tx, handler.id(), delivery.attempt(), contract, Command.exercise(contract, choice, argument),
            reason));
  }

  private void submit(Transaction tx, String handler, int attempts, Contract contract, Command command,
      RequestTables.@Nullable Reason reason) throws SQLException {
    String id = contract.id().value();
    String purpose = id + "|answer";
    RequestTables.submitting(tx, integration.id(), id, attempts, integration.commandId(handler, purpose), reason);
    integration.send(tx, handler, List.of(command), purpose, new Payloads.LedgerDelivery(handler,
        StoredValue.text(StoredValue.node(contract)), false, id), id);
  }

  /** Called when a request has been set aside. Its requester learns that, and nothing of the errors. */
  <Q, A> void dead(Transaction tx, Registrations.OnRequest<Q, A> handler, Delivery<Payloads.LedgerDelivery> delivery)
      throws SQLException {
    Contract contract = StoredValue.contract(StoredValue.parse(delivery.payload().body()));
    String id = contract.id().value();
    // After a crash the last attempt is found used up when the next would begin; that one is not made.
    RequestTables.attempted(tx, integration.id(), id, Math.min(delivery.attempt(), handler.attempts()));
    RequestTables.quarantined(tx, integration.id(), id);
    if (handler.rejectDead()) {
      reject(tx, handler, contract, new Answer.Reject<>(UNPROCESSABLE.code(), UNPROCESSABLE.message(),
          UNPROCESSABLE.details(), UNPROCESSABLE.retryable()));
    }
  }

  /** Says no on the ledger to a request that was set aside; nothing where its template has no choice for that. */
  <A> void reject(Transaction tx, Registrations.OnRequest<?, A> handler, Contract contract, Answer.Reject<A> no)
      throws SQLException {
    if (handler.reject().isPresent()) {
      Registrations.Refusal<A> refusal = handler.reject().get();
      String id = contract.id().value();
      int attempts = RequestTables.find(tx, integration.id(), id).map(RequestTables.Row::attempts).orElse(0);
      submit(tx, handler.id(), attempts, contract,
          Command.exercise(contract, refusal.choice(), refusal.argument().apply(no)),
          new RequestTables.Reason(no.code(), no.message(), no.details(), no.retryable()));
    }
  }
}
