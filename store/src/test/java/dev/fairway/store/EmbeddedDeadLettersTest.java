package dev.fairway.store;

import java.time.Clock;

class EmbeddedDeadLettersTest extends DeadLettersContract {
  @Override
  TemporaryStore temporary(Clock clock) {
    return TemporaryStore.embedded(clock);
  }
}
