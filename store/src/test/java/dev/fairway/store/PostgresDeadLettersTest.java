package dev.fairway.store;

import java.time.Clock;

class PostgresDeadLettersTest extends DeadLettersContract {
  @Override
  TemporaryStore temporary(Clock clock) {
    return TemporaryStore.postgres(clock);
  }
}
