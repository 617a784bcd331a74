package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.Outcome;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tells an integration's handlers what happened on its ledger, and sees to the commands they answer with. Safe for many
 * threads.
 */
final class LedgerHandlers {
  private final RunningIntegration integration;
  private final RunningIntegration.Shared shared;
  private final Registrations registrations;

  LedgerHandlers(RunningIntegration integration, RunningIntegration.Shared shared) {
    this.integration = integration;
    this.shared = shared;
    this.registrations = integration.registrations();
  }

  /** Does a piece of ledger work. */
  Outcome run(Delivery<Payloads.LedgerDelivery> delivery) throws Exception {
    Payloads.LedgerDelivery payload = delivery.payload();
    Attempt attempt = RunningIntegration.attempt(delivery);
    Registrations.OnContract<?> contract = registrations.contracts.get(payload.handler());
    if (contract != null) {
      return contract(contract, delivery, attempt);
    }
    Registrations.OnTransaction transaction = registrations.transactions.get(payload.handler());
    if (transaction != null) {
      return sent(delivery, integration.called(transaction.counters(),
          () -> transaction.handler().handle(TransactionText.read(payload.body(), attempt))));
    }
    Registrations.OnRequest<?, ?> request = registrations.requests.get(payload.handler());
    return request == null
        ? Outcome.gone("no handler " + payload.handler() + " in this version of " + integration.id())
        : integration.requests().run(request, delivery, attempt);
  }

  private <E> Outcome contract(Registrations.OnContract<E> handler, Delivery<Payloads.LedgerDelivery> delivery,
      Attempt attempt) throws Exception {
    E event = event(handler, delivery.payload(), attempt);
    boolean undecided = delivery.payload().undecided();
    return sent(delivery, integration.called(handler.counters(),
        () -> undecided && !wants(handler, event) ? Response.none() : handler.handler().handle(event)));
  }

  private static <E> boolean wants(Registrations.OnContract<E> handler, E event) {
    Optional<Contract> contract = event instanceof LedgerEvents.Created created
        ? Optional.of(created.contract())
        : ((LedgerEvents.Archived) event).contract();
    return contract.filter(known -> handler.match().test(known.payload())).isPresent();
  }

  @SuppressWarnings("unchecked") // a registration of created contracts is made with Created only, and so for archived
  private static <E> E event(Registrations.OnContract<E> handler, Payloads.LedgerDelivery payload, Attempt attempt) {
    JsonNode body = StoredValue.parse(payload.body());
    if (handler.created()) {
      return (E) new LedgerEvents.Created(StoredValue.contract(body), payload.initial(), attempt);
    }
    return (E) new LedgerEvents.Archived(new ContractId(body.path("id").asString()),
        TemplateId.parse(body.path("template").asString()),
        Optional.ofNullable(body.get("contract")).map(StoredValue::contract), attempt);
  }

  private Outcome sent(Delivery<Payloads.LedgerDelivery> delivery, @Nullable Response response) {
    if (delivery.dryRun()) {
      return DryRun.wouldSend(response);
    }
    Payloads.LedgerDelivery payload = delivery.payload();
    List<Command> commands = CommandSender.commands(response);
    return commands.isEmpty()
        ? Outcome.done()
        : Outcome.done(tx -> integration.commands().send(tx, payload.handler(), commands, payload.purpose(), payload,
            ""));
  }

  /** Asks the integration what to do about refused commands; empty when it has no say. */
  Optional<Outcome> rejected(Payloads.Submit submit, SubmitResult.Rejected why) throws Exception {
    Registrations.OnContract<?> handler = registrations.contracts.get(submit.handler());
    registrations.counters(submit.handler())
        .ifPresent(c -> c.failed(why.code() + ": " + why.detail(), shared.clock().instant()));
    return handler == null || submit.origin().handler().isEmpty()
        ? Optional.empty()
        : rejected(handler, submit, why);
  }

  private <E> Optional<Outcome> rejected(Registrations.OnContract<E> handler, Payloads.Submit submit,
      SubmitResult.Rejected why) throws Exception {
    if (handler.onRejected().isEmpty()) {
      return Optional.empty();
    }
    E event = event(handler, submit.origin(), new Attempt(submit.commandId(), 1, false));
    Response response = integration.called(handler.counters(), () -> handler.onRejected().get().handle(event, why));
    return Optional.of(Outcome.done(tx -> integration.commands().send(tx, submit.handler(),
        CommandSender.commands(response), submit.origin().purpose() + "|rejected")));
  }

  /** Called when ledger work has been set aside. */
  void dead(Transaction tx, Delivery<Payloads.LedgerDelivery> delivery) throws SQLException {
    Registrations.OnRequest<?, ?> request = registrations.requests.get(delivery.payload().handler());
    if (request != null) {
      integration.requests().dead(tx, request, delivery);
    }
  }
}
