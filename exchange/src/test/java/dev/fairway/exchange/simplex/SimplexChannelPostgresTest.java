package dev.fairway.exchange.simplex;

import dev.fairway.store.TemporaryStore;
import java.time.Clock;

class SimplexChannelPostgresTest extends SimplexChannelTest {
  @Override
  TemporaryStore store() {
    return TemporaryStore.postgres(Clock.systemUTC(), "exchange");
  }
}
