package dev.fairway.store;

import dev.fairway.testing.work.WorkOrderContract;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;

class PostgresWorkOrderTest extends WorkOrderContract {
  private final TemporaryStore temporary = TemporaryStore.postgres(clock);

  @Override
  protected Opened open(Clock ignored) {
    return new Opened(temporary.store(), temporary.work());
  }

  @AfterEach
  void remove() {
    temporary.close();
  }
}
