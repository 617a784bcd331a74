package dev.fairway.core.ledger.model;

import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A choice being exercised, and what its body may do. All of it acts with the consent of the contract's signatories and
 * the choice's controllers. Belongs to one run of one body.
 */
public interface Exercise {
  /** The contract the choice is exercised on; already archived if the choice consumes it. */
  Contract self();

  /** The argument. */
  LedgerValue.Struct argument();

  /** Who exercised it. */
  Set<Party> controllers();

  /** Ledger time. */
  Instant now();

  /** @param template {@code Module:Entity} of this package, or a full name */
  ContractId create(String template, LedgerValue.Struct payload);

  /** @return the choice's result */
  LedgerValue exercise(ContractId contract, String choice, LedgerValue argument);

  /** The active contract; the submission is refused when there is none. */
  Contract fetch(ContractId contract);

  /** The active contract with this key, if there is one. */
  Optional<Contract> findByKey(String template, LedgerValue key);

  /** The payload of this contract, after {@link #self}. */
  default LedgerValue.Struct payload() {
    return self().payload();
  }

  /**
   * Refuses the submission.
   *
   * @param code a word a program can act on
   * @param meta reaches the submitter unchanged
   */
  RuntimeException refuse(String code, String message, Map<String, String> meta);
}
