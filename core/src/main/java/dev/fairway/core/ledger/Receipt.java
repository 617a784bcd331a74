package dev.fairway.core.ledger;

/** Proof that a submission was taken in. */
public record Receipt(String transactionId, Offset offset) {}
