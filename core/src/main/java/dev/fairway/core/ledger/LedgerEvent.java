package dev.fairway.core.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * What a {@link LedgerStream} hands out. A snapshot is {@link Created} events and one {@link SnapshotEnd}. After it, each
 * visible transaction is a {@link TransactionBegin}, its events in ledger order, and a {@link TransactionEnd}; between
 * transactions there may be a {@link Checkpoint}.
 */
public sealed interface LedgerEvent {
  /**
   * A visible transaction begins.
   *
   * @param commandId only where the reader is who submitted it
   */
  record TransactionBegin(Offset offset, String transactionId, Optional<String> commandId, Optional<String> workflowId,
      Instant effectiveAt) implements LedgerEvent {}

  /** A contract came to be, or is active at the snapshot's offset. */
  record Created(Contract contract) implements LedgerEvent {}

  /** A contract is no longer active. */
  record Archived(ContractId id, TemplateId template, Optional<String> packageName) implements LedgerEvent {}

  /** The transaction is complete: a place to go on from. */
  record TransactionEnd(Offset offset, String transactionId) implements LedgerEvent {}

  /** Nothing visible happened up to here: a place to go on from. */
  record Checkpoint(Offset offset) implements LedgerEvent {}

  /** The snapshot is complete as of this offset: a place to go on from. */
  record SnapshotEnd(Offset offset) implements LedgerEvent {}

  /**
   * The ledger no longer has what was asked for; nothing follows. Take a new snapshot and compare.
   *
   * @param oldest what it still has, where it tells
   */
  record Pruned(Optional<Offset> oldest) implements LedgerEvent {}
}
