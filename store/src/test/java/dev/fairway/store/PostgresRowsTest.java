package dev.fairway.store;

import java.time.Clock;

class PostgresRowsTest extends RowsContract {
  @Override
  TemporaryStore temporary(Clock clock) {
    return TemporaryStore.postgres(clock);
  }
}
