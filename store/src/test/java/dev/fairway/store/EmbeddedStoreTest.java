package dev.fairway.store;

import dev.fairway.core.store.Store;
import dev.fairway.testing.store.StoreContract;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoreTest extends StoreContract {
  @TempDir
  Path directory;

  @Override
  protected Store open(Clock clock) {
    return SqlStore.open(new StorageConfig.Embedded(directory), clock, List.of());
  }
}
