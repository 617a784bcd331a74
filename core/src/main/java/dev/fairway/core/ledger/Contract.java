package dev.fairway.core.ledger;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A contract as a ledger shows it to someone with a stake in it.
 *
 * @param template with its package id
 * @param packageName where the ledger tells it
 * @param key where the template has one
 * @param createdAt ledger time, where the ledger tells it
 */
public record Contract(ContractId id, TemplateId template, Optional<String> packageName, LedgerValue.Struct payload,
    Optional<LedgerValue> key, Set<Party> signatories, Set<Party> observers, Optional<Instant> createdAt) {
  public Contract {
    Objects.requireNonNull(id);
    Objects.requireNonNull(payload);
    signatories = Set.copyOf(signatories);
    observers = Set.copyOf(observers);
  }

  /** Whether the party is told about the contract. */
  public boolean concerns(Party party) {
    return signatories.contains(party) || observers.contains(party);
  }
}
