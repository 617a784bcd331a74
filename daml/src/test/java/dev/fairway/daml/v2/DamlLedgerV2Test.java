package dev.fairway.daml.v2;

import dev.fairway.core.ledger.Ledger;
import dev.fairway.testing.ledger.LedgerContract;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on the strict double of a participant. */
class DamlLedgerV2Test extends LedgerContract {
  private static @Nullable CantonDouble participant;

  @BeforeAll
  static void start() {
    participant = CantonDouble.start();
  }

  @AfterAll
  static void stop() {
    if (participant != null) {
      participant.close();
    }
  }

  @Override
  protected Ledger open() {
    return new DamlLedgerV2(java.util.Objects.requireNonNull(participant).config());
  }

  /** There are none before Canton 3.5. */
  @Override
  protected boolean hasKeys() {
    return false;
  }

  /** A command that is refused at once leaves no completion. */
  @Override
  protected boolean remembersRejections() {
    return false;
  }
}
