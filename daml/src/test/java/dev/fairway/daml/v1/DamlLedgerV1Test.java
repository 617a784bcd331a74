package dev.fairway.daml.v1;

import dev.fairway.core.ledger.Ledger;
import dev.fairway.testing.ledger.LedgerContract;

/** The contract on a real ledger. */
class DamlLedgerV1Test extends LedgerContract {
  @Override
  protected Ledger open() {
    return Sandbox.shared().connect();
  }

  /** A command that this ledger refuses at once leaves no completion. */
  @Override
  protected boolean remembersRejections() {
    return false;
  }
}
