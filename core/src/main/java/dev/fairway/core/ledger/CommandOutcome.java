package dev.fairway.core.ledger;

import java.util.Optional;

/** What became of a command id. */
public sealed interface CommandOutcome {
  /** On the ledger. */
  record Accepted(Optional<Receipt> receipt) implements CommandOutcome {}

  /** Refused; nothing happened. */
  record Rejected(SubmitResult.Rejected why) implements CommandOutcome {}

  /**
   * The ledger has not taken it in, up to now. It may be sent again with the same id, so that one still on its way is
   * recognised.
   */
  record NotSeen() implements CommandOutcome {}
}
