package dev.fairway.store;

import java.time.Clock;

class EmbeddedWorkSimulationTest extends WorkSimulationContract {
  @Override
  TemporaryStore temporary(Clock clock) {
    return TemporaryStore.embedded(clock);
  }

  @Override
  int steps() {
    return 600;
  }
}
