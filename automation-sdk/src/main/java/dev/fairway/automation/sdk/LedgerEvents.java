package dev.fairway.automation.sdk;

import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Handlers of what happens on the ledger. Each is given every event it asked for at least once: also what was there before
 * the integration first started, and what happened while it was down. An event is given to a handler again only when the
 * handler failed or its process died.
 *
 * <p>A handler that throws is tried again later, up to a bound; then the event is set aside as a dead letter. What was
 * set aside, or waits for its next try, holds up nothing else, unless the handler is {@link Contracts#inOrder}.
 */
public interface LedgerEvents {
  /** Called each time the integration starts, before any contract is delivered. */
  void init(StartHandler handler);

  /** Called each time the integration starts, after what was there has been recorded for delivery. */
  void ready(StartHandler handler);

  /** Called for each transaction with an event visible to the party, before its contracts are delivered. */
  void transactionStart(TransactionHandler handler);

  /** Called for each such transaction after its contracts were delivered. */
  void transactionEnd(TransactionHandler handler);

  /** @param template {@code Module:Entity}, {@code package:Module:Entity}, {@code package:*} or {@code *} */
  Contracts<Created> created(String template);

  /** @param template {@code Module:Entity}, {@code package:Module:Entity}, {@code package:*} or {@code *} */
  Contracts<Archived> archived(String template);

  /**
   * A registration about to be made; {@link #handle} makes it.
   *
   * @param <E> what the handler is given
   */
  interface Contracts<E> {
    /**
     * Only contracts with such a payload; see also {@link Match}. Asked while the ledger is read, so it should be quick; where
     * it throws or takes 10 seconds it is asked again when the contract is delivered, as a part of the handler.
     */
    Contracts<E> matching(Predicate<LedgerValue.Struct> payload);

    /** Not those that were there when the integration first started. */
    Contracts<E> withoutSweep();

    /** Only those that were there when the integration first started. */
    Contracts<E> withoutFlow();

    /** How many run at once, 1 to 1,000; 1 when nothing is said. */
    Contracts<E> concurrency(int atOnce);

    /** One after another in the ledger's order; an event that must be tried again holds up those after it. */
    Contracts<E> inOrder();

    /** How often an event is tried before it is set aside, 1 to 1,000; 5 when nothing is said. */
    Contracts<E> attempts(int most);

    /** Called when the ledger refused the handler's commands for good. */
    Contracts<E> onRejected(RejectionHandler<E> handler);

    void handle(ContractHandler<E> handler);
  }

  /**
   * A contract is there.
   *
   * @param initial whether it was there when the integration first started
   */
  record Created(Contract contract, boolean initial, Attempt attempt) {}

  /**
   * A contract is no longer there.
   *
   * @param contract as it was, where this integration was told of it before
   */
  record Archived(ContractId id, TemplateId template, Optional<Contract> contract, Attempt attempt) {}

  /**
   * A transaction.
   *
   * @param commandId where the integration's party submitted it
   * @param events its created and archived contracts, in order
   */
  record Transaction(String transactionId, Optional<String> commandId, Optional<String> workflowId,
      List<LedgerEvent> events, Attempt attempt) {
    public Transaction {
      events = List.copyOf(events);
    }
  }

  @FunctionalInterface
  interface StartHandler {
    Response handle() throws Exception;
  }

  @FunctionalInterface
  interface TransactionHandler {
    Response handle(Transaction transaction) throws Exception;
  }

  @FunctionalInterface
  interface ContractHandler<E> {
    Response handle(E event) throws Exception;
  }

  @FunctionalInterface
  interface RejectionHandler<E> {
    Response handle(E event, SubmitResult.Rejected why) throws Exception;
  }
}
