package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.sdk.Attempt;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkId;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests. One piece of work for each contract: the spine counts its attempts before the handler runs, spaces
 * them and sets it aside in the end; here is decided what an answer becomes. The answer to a request, yes or no, has one
 * command id for ever, so that it cannot be given twice.
 *
 * <p>Of the requests that the process died with, one at a time is tried again, so that of all those that were under way
 * only the guilty one dies with it every time. After {@link #MOST_CRASHES} times in a row it is set aside, however many
 * attempts it has left: a process that supervisors start over and over must come up.
 */
final class Requests implements AutoCloseable {
  /** How often in a row the process may die while it answers the same request. */
  static final int MOST_CRASHES = 3;

  private static final Duration BEHIND_ANOTHER = Duration.ofMillis(100);
  private static final Duration BEHIND_A_SUSPECT = Duration.ofSeconds(1);

  private final RunningIntegration integration;
  private final RunningIntegration.Shared shared;
  private final ForkedWorkers workers;
  private final Semaphore suspects = new Semaphore(1);

  /** @param workers for handlers that want one; closed with this */
  Requests(RunningIntegration integration, RunningIntegration.Shared shared, ForkedWorkers workers) {
    this.integration = integration;
    this.shared = shared;
    this.workers = workers;
  }

  /** Makes a contract that was not seen before a request, and the work of answering it. */
  static void take(Transaction tx, String integration, String handler, Contract contract, Optional<String> order,
      NewWork<Payloads.LedgerDelivery> work) throws SQLException {
    if (RequestTables.find(tx, integration, contract.id().value()).isEmpty()) {
      WorkId id = tx.enqueue(order.map(work::key).orElse(work));
      RequestTables.insert(tx, integration, handler, contract, id, order);
    }
  }

  private Optional<KnownRequest> known(Contract contract) {
    return shared.store().read(view -> RequestTables.find(view, integration.id(), contract.id().value()));
  }

  /** Tries once to answer a request. */
  Outcome run(Registrations.OnRequest<?, ?> handler, Delivery<Payloads.LedgerDelivery> delivery, Attempt attempt)
      throws Exception {
    Contract contract = StoredValue.contract(StoredValue.parse(delivery.payload().body()));
    Optional<KnownRequest> known = known(contract).filter(request -> request.state() != RequestState.SUBMITTING
        && !request.state().settled());
    if (known.isEmpty()) {
      return Outcome.gone("the request has been answered or has gone");
    }
    if (delivery.dryRun()) {
      return Outcome.fail("would answer " + decide(handler, delivery, contract, attempt));
    }
    if (handler.order().isPresent() && answerBeforeIsUnderWay(contract)) {
      return Outcome.later(BEHIND_ANOTHER, "the answer before it in order is not on the ledger yet");
    }
    if (!delivery.maybeDone()) {
      reopen(known.get());
      return tried(handler, delivery, contract, attempt);
    }
    if (!suspects.tryAcquire()) {
      return Outcome.later(BEHIND_A_SUSPECT, "the process died with it, and another such request is being tried");
    }
    try {
      int crashes = known.get().crashes() + 1;
      shared.store().run(tx -> RequestTables.crashed(tx, integration.id(), contract.id().value(), crashes));
      return crashes >= MOST_CRASHES
          ? Outcome.fail("the process died " + crashes + " times in a row while this request was being answered")
          : tried(handler, delivery, contract, attempt);
    } finally {
      suspects.release();
    }
  }

  private Outcome tried(Registrations.OnRequest<?, ?> handler, Delivery<Payloads.LedgerDelivery> delivery,
      Contract contract, Attempt attempt) throws Exception {
    try {
      return outcome(handler, delivery, contract, decide(handler, delivery, contract, attempt));
    } catch (ForkedWorker.Died e) {
      return Outcome.unknown(String.valueOf(e.getMessage()));
    }
  }

  private boolean answerBeforeIsUnderWay(Contract contract) {
    return shared.store()
        .read(view -> RequestTables.orderIsTaken(view, integration.id(), contract.id().value()));
  }

  /* One that an operator released is no longer set aside, and its process has come to an end in good order since. */
  private void reopen(KnownRequest request) {
    if (request.state() == RequestState.QUARANTINED || request.crashes() > 0) {
      shared.store().run(tx -> RequestTables.reopened(tx, integration.id(), request.contractId()));
    }
  }

  private Decision decide(Registrations.OnRequest<?, ?> handler, Delivery<Payloads.LedgerDelivery> delivery,
      Contract contract, Attempt attempt) throws Exception {
    Instant deadline = shared.clock().instant().plus(handler.timeLimit());
    var asked = new Decision.Asked(contract, attempt, deadline,
        () -> known(contract).filter(request -> !request.state().ended()).isEmpty());
    return integration.called(handler.counters(), handler.timeLimit(), () -> {
      if (delivery.payload().undecided()) {
        requireOrderKey(handler, contract);
      }
      return handler.workerHeap().isPresent() && workers.possible()
          ? workers.decide(handler, handler.workerHeap().getAsInt(), asked)
          : Decision.of(handler, asked);
    });
  }

  /* A request without the key it should have would be answered out of turn. Where it has one by now, its turn has gone. */
  private static <Q> void requireOrderKey(Registrations.OnRequest<Q, ?> handler, Contract contract) {
    if (handler.order().isPresent()) {
      String _ = handler.order().get().apply(Decision.payload(handler, contract));
    }
  }

  private Outcome outcome(Registrations.OnRequest<?, ?> handler, Delivery<Payloads.LedgerDelivery> delivery,
      Contract contract, Decision decision) {
    String id = contract.id().value();
    return switch (decision) {
      case Decision.Accept(LedgerValue.Struct argument) -> Outcome.done(tx -> submit(tx, handler.id(),
          delivery.attempt(), contract, Command.exercise(contract, handler.accept(), argument), null));
      case Decision.Reject(RequestReason reason, Optional<LedgerValue.Struct> argument) -> Outcome.done(tx -> {
        if (argument.isPresent()) {
          String choice = handler.reject().orElseThrow().choice();
          submit(tx, handler.id(), delivery.attempt(), contract, Command.exercise(contract, choice, argument.get()),
              reason);
        } else {
          RequestTables.rejectedHere(tx, integration.id(), id, delivery.attempt(), reason);
        }
      });
      case Decision.Later(Duration after, String why) -> new Outcome.Later(after, why,
          tx -> RequestTables.attempted(tx, integration.id(), id, delivery.attempt() - 1));
    };
  }

  private void submit(Transaction tx, String handler, int attempts, Contract contract, Command command,
      @Nullable RequestReason reason) throws SQLException {
    String id = contract.id().value();
    String purpose = id + "|answer";
    RequestTables.submitting(tx, integration.id(), id, attempts, integration.commands().commandId(handler, purpose),
        reason);
    integration.commands().send(tx, handler, List.of(command), purpose, new Payloads.LedgerDelivery(handler,
        StoredValue.text(StoredValue.node(contract)), false, id), id);
  }

  /** An operator's answer to a request that was set aside. */
  void answerByHand(Transaction tx, Registrations.OnRequest<?, ?> handler, Contract contract, Command command,
      RequestReason reason) throws SQLException {
    int attempts = RequestTables.find(tx, integration.id(), contract.id().value()).map(KnownRequest::attempts)
        .orElse(0);
    submit(tx, handler.id(), attempts, contract, command, reason);
  }

  /** Called when a request has been set aside. Its requester learns that, and nothing of the errors. */
  void dead(Transaction tx, Registrations.OnRequest<?, ?> handler, Delivery<Payloads.LedgerDelivery> delivery)
      throws SQLException {
    Contract contract = StoredValue.contract(StoredValue.parse(delivery.payload().body()));
    String id = contract.id().value();
    int crashes = RequestTables.find(tx, integration.id(), id).map(KnownRequest::crashes).orElse(0);
    // After a crash the last attempt is found used up when the next would begin; that one is not made.
    int made = crashes >= MOST_CRASHES ? delivery.attempt() - 1 : delivery.attempt();
    RequestTables.attempted(tx, integration.id(), id, Math.min(made, handler.attempts()));
    RequestTables.quarantined(tx, integration.id(), id);
    if (handler.rejectDead()) {
      reject(tx, handler, contract, RequestReason.UNPROCESSABLE);
    }
  }

  /** Says no on the ledger to a request that was set aside; nothing where its template has no choice for that. */
  <A> void reject(Transaction tx, Registrations.OnRequest<?, A> handler, Contract contract, RequestReason reason)
      throws SQLException {
    if (handler.reject().isPresent()) {
      Registrations.Refusal<A> refusal = handler.reject().get();
      answerByHand(tx, handler, contract,
          Command.exercise(contract, refusal.choice(), refusal.argument().apply(reason.answer())), reason);
    }
  }

  /** Ends the workers; what they were answering is answered again later. */
  @Override
  public void close() {
    workers.close();
  }
}
