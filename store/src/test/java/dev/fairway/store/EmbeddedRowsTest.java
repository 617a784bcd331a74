package dev.fairway.store;

import java.time.Clock;

class EmbeddedRowsTest extends RowsContract {
  @Override
  TemporaryStore temporary(Clock clock) {
    return TemporaryStore.embedded(clock);
  }
}
