package dev.fairway.core.ledger;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What a ledger answered to a submission. */
public sealed interface SubmitResult {
  /**
   * On the ledger, now or already before.
   *
   * @param receipt empty when the ledger only said that it already has the command id
   */
  record Accepted(Optional<Receipt> receipt) implements SubmitResult {}

  /**
   * Refused for a reason that will not change by itself; nothing happened, and the command id is free again.
   *
   * @param code the ledger's own word for it
   * @param meta what the template's author attached
   */
  record Rejected(Reason reason, String code, String detail, Map<String, String> meta) implements SubmitResult {
    public Rejected {
      meta = Map.copyOf(meta);
    }

    public Rejected(Reason reason, String code, String detail) {
      this(reason, code, detail, Map.of());
    }
  }

  /** Not taken in, for now: contention, pressure, no connection. Safe to send again. */
  record Unavailable(Optional<Duration> retryAfter, String why) implements SubmitResult {}

  /** Sent, and no usable answer came: ask for the {@link Ledger#outcome} before sending again, with the same id. */
  record Unknown(String why) implements SubmitResult {}

  /** Why a submission was refused. */
  enum Reason {
    /** The contract, or the contract with that key, is not active or not visible. */
    CONTRACT_GONE,
    /** Malformed: no such template, choice or field, or a value of the wrong type. */
    INVALID,
    /** Who acts may not do this. */
    FORBIDDEN,
    /** The template's own rules say no: a precondition, an assertion, a key that is taken. */
    RULE,
    /** The ledger cannot do this at all. */
    UNSUPPORTED,
    /** The ledger says that it is itself in error; an operator must look. */
    LEDGER_FAULT
  }
}
