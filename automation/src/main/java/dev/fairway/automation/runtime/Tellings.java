package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.NewWork;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an integration's handlers are told of what happens on its ledger: worked out before the transaction that records it,
 * with all that the integration's author has a say in, and then written.
 */
final class Tellings {
  private final String integration;
  private final Registrations registrations;
  private final Lanes lanes;
  private final Matches matches;

  Tellings(String integration, Registrations registrations, Lanes lanes, Matches matches) {
    this.integration = integration;
    this.registrations = registrations;
    this.lanes = lanes;
    this.matches = matches;
  }

  /**
   * A contract, and what handlers are told of it.
   *
   * @param body as it is stored
   * @param deliveries what to write for a handler, by its id
   */
  record Created(ContractId id, String body, Map<String, Store.Effect> deliveries) {
    void tell(Transaction tx, Set<String> notThese) throws SQLException {
      for (var delivery : deliveries.entrySet()) {
        if (!notThese.contains(delivery.getKey())) {
          delivery.getValue().apply(tx);
        }
      }
    }
  }

  Created created(Contract contract, boolean initial) {
    String body = StoredValue.text(StoredValue.node(contract));
    Map<String, Store.Effect> deliveries = new LinkedHashMap<>();
    for (Registrations.OnContract<?> handler : registrations.contracts.values()) {
      if (handler.created() && (initial ? handler.sweep() : handler.flow())) {
        Matches.Verdict verdict = matches.of(handler, contract);
        if (verdict != Matches.Verdict.NO) {
          NewWork<?> work = delivery(handler.id(), contract, body, initial, verdict == Matches.Verdict.UNKNOWN);
          deliveries.put(handler.id(), tx -> tx.enqueue(work));
        }
      }
    }
    for (Registrations.OnRequest<?, ?> handler : registrations.requests.values()) {
      if (handler.pattern().matches(contract.template(), contract.packageName())) {
        Matches.Order order = matches.order(handler, contract);
        NewWork<Payloads.LedgerDelivery> work = delivery(handler.id(), contract, body, initial, !order.known());
        deliveries.put(handler.id(),
            tx -> Requests.take(tx, integration, handler.id(), contract, order.key(), work));
      }
    }
    return new Created(contract.id(), body, deliveries);
  }

  private NewWork<Payloads.LedgerDelivery> delivery(String handler, Contract contract, String body, boolean initial,
      boolean undecided) {
    return lanes.ledger(handler,
        new Payloads.LedgerDelivery(handler, body, initial, contract.id().value(), undecided));
  }

  private boolean tellsOfArchived() {
    return registrations.contracts.values().stream().anyMatch(handler -> !handler.created());
  }

  /** Whether there are handlers of archived contracts that want only some, so that what the contracts were is of interest. */
  boolean asksAboutArchived() {
    return registrations.contracts.values().stream()
        .anyMatch(handler -> !handler.created() && !handler.match().equals(Registrations.ANY));
  }

  /** @param contract as it was, where it is known and {@link #asksAboutArchived} */
  Archived archived(ContractId id, Optional<LedgerEvent.Archived> event, Optional<Contract> contract) {
    Map<String, Matches.Verdict> verdicts = new HashMap<>();
    contract.ifPresent(was -> registrations.contracts.values().stream().filter(handler -> !handler.created())
        .forEach(handler -> verdicts.put(handler.id(), matches.of(handler, was))));
    return new Archived(id, event, verdicts);
  }

  /** A contract that is gone, and who wants to be told so. */
  final class Archived {
    private final ContractId id;
    private final Optional<LedgerEvent.Archived> event;
    private final Map<String, Matches.Verdict> verdicts;

    private Archived(ContractId id, Optional<LedgerEvent.Archived> event, Map<String, Matches.Verdict> verdicts) {
      this.id = id;
      this.event = event;
      this.verdicts = verdicts;
    }

    void tell(Transaction tx) throws SQLException {
      RequestTables.archived(tx, integration, id.value());
      if (!tellsOfArchived()) {
        IntegrationTables.forget(tx, integration, id);
        return;
      }
      Optional<Contract> known = IntegrationTables.takeOut(tx, integration, id);
      for (Registrations.OnContract<?> handler : registrations.contracts.values()) {
        if (handler.created()) {
          continue;
        }
        Matches.Verdict verdict = known
            .map(was -> verdicts.getOrDefault(handler.id(), Matches.byTemplate(handler, was)))
            .orElseGet(() -> unseen(handler));
        if (verdict != Matches.Verdict.NO) {
          tx.enqueue(lanes.ledger(handler.id(), new Payloads.LedgerDelivery(handler.id(), body(known), false,
              id.value(), verdict == Matches.Verdict.UNKNOWN)));
        }
      }
    }

    /* What it held nobody knows, so only those who want every contract of its template are told. */
    private Matches.Verdict unseen(Registrations.OnContract<?> handler) {
      boolean wanted = event.filter(e -> handler.pattern().matches(e.template(), e.packageName())).isPresent()
          && handler.match().equals(Registrations.ANY);
      return wanted ? Matches.Verdict.YES : Matches.Verdict.NO;
    }

    private String body(Optional<Contract> known) {
      var body = StoredValue.object().put("id", id.value());
      known.ifPresent(was -> body.set("contract", StoredValue.node(was)));
      body.put("template",
          known.map(Contract::template).or(() -> event.map(LedgerEvent.Archived::template)).orElseThrow().toString());
      return StoredValue.text(body);
    }
  }

  void transaction(Transaction tx, boolean start, LedgerEvent.TransactionBegin begin, String body) {
    registrations.transactions.values().stream().filter(t -> t.start() == start).forEach(t -> tx.enqueue(lanes.ledger(
        t.id(), new Payloads.LedgerDelivery(t.id(), body, false, begin.transactionId()))));
  }
}
