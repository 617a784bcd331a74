package dev.fairway.store;

import java.time.Clock;

class PostgresWorkSimulationTest extends WorkSimulationContract {
  @Override
  TemporaryStore temporary(Clock clock) {
    return TemporaryStore.postgres(clock);
  }

  @Override
  int steps() {
    return 200;
  }
}
