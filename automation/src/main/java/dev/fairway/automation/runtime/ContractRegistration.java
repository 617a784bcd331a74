package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplatePattern;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A handler of created or archived contracts, while its author says how it is to be called. */
final class ContractRegistration<E> implements LedgerEvents.Contracts<E> {
  private final Registrations registrations;
  private final boolean created;
  private final TemplatePattern pattern;
  private Predicate<LedgerValue.Struct> match = Registrations.ANY;
  private boolean sweep = true;
  private boolean flow = true;
  private int concurrency = 1;
  private boolean inOrder;
  private int attempts = 5;
  private LedgerEvents.@Nullable RejectionHandler<E> onRejected;

  ContractRegistration(Registrations registrations, boolean created, TemplatePattern pattern) {
    this.registrations = registrations;
    this.created = created;
    this.pattern = pattern;
  }

  @Override
  public LedgerEvents.Contracts<E> matching(Predicate<LedgerValue.Struct> payload) {
    match = payload;
    return this;
  }

  @Override
  public LedgerEvents.Contracts<E> withoutSweep() {
    sweep = false;
    return this;
  }

  @Override
  public LedgerEvents.Contracts<E> withoutFlow() {
    flow = false;
    return this;
  }

  @Override
  public LedgerEvents.Contracts<E> concurrency(int atOnce) {
    concurrency = Registrations.within("concurrency", atOnce);
    return this;
  }

  @Override
  public LedgerEvents.Contracts<E> inOrder() {
    inOrder = true;
    return this;
  }

  @Override
  public LedgerEvents.Contracts<E> attempts(int most) {
    attempts = Registrations.within("attempts", most);
    return this;
  }

  @Override
  public LedgerEvents.Contracts<E> onRejected(LedgerEvents.RejectionHandler<E> handler) {
    onRejected = handler;
    return this;
  }

  @Override
  public void handle(LedgerEvents.ContractHandler<E> handler) {
    registrations.requireOpen();
    String id = Registrations.handlerId(created ? "created" : "archived", pattern, registrations.contracts.keySet());
    registrations.contracts.put(id,
        new Registrations.OnContract<>(id, created, pattern, match, sweep && created, flow, concurrency, inOrder,
            attempts, Optional.ofNullable(onRejected), handler,
            new Counters(created ? "Contract Create" : "Contract Archive")));
  }
}
