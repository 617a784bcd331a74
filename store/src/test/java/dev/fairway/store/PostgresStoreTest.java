package dev.fairway.store;

import dev.fairway.core.store.Store;
import dev.fairway.testing.store.StoreContract;
import java.time.Clock;
import java.util.List;

class PostgresStoreTest extends StoreContract {
  @Override
  protected Store open(Clock clock) {
    return SqlStore.open(PostgresServer.database(), clock, List.of());
  }
}
