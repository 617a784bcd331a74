package dev.fairway.store;

import java.time.Clock;

class EmbeddedWorkersTest extends WorkersContract {
  @Override
  TemporaryStore temporary(Clock clock) {
    return TemporaryStore.embedded(clock);
  }
}
