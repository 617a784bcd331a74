package dev.fairway.store;

import dev.fairway.core.store.Store;
import dev.fairway.testing.journal.JournalContract;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;

class PostgresJournalTest extends JournalContract {
  private final TemporaryStore temporary = TemporaryStore.postgres(clock);

  @Override
  protected Store open(Clock ignored) {
    return temporary.store();
  }

  @AfterEach
  void remove() {
    temporary.close();
  }
}
