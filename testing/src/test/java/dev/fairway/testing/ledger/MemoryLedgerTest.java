package dev.fairway.testing.ledger;

import dev.fairway.core.ledger.Ledger;
import java.time.Clock;

class MemoryLedgerTest extends LedgerContract {
  @Override
  protected Ledger open() {
    return new MemoryLedger(Clock.systemUTC(), ContractModel.MODEL);
  }
}
