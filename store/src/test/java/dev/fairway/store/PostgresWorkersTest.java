package dev.fairway.store;

import java.time.Clock;

class PostgresWorkersTest extends WorkersContract {
  @Override
  TemporaryStore temporary(Clock clock) {
    return TemporaryStore.postgres(clock);
  }
}
