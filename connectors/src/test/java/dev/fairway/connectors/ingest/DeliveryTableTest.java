package dev.fairway.connectors.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.testing.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a sender's name for a delivery counts. */
class DeliveryTableTest {
  private static final Duration REMEMBER = Duration.ofDays(7);

  @TempDir
  Path dir;
  private final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));

  @Test
  void aNameCountsAsLongAsItIsRememberedAlthoughItsRowIsStillThere() {
    DeliveryTable table = new DeliveryTable("acme/hooks", "orders");
    try (SqlStore store = SqlStore.open(new StorageConfig.Embedded(dir), clock, List.of("connectors"))) {
      store.run(tx -> table.remember(tx, List.of("order-1")));
      clock.advance(REMEMBER);
      assertThat(known(store, table)).containsExactly("order-1");
      clock.advance(Duration.ofMillis(1));
      assertThat(known(store, table)).isEmpty();

      store.run(tx -> table.remember(tx, List.of("order-1")));
      assertThat(known(store, table)).containsExactly("order-1");
    }
  }

  private Set<String> known(SqlStore store, DeliveryTable table) {
    return store.read(view -> table.known(view, List.of("order-1", "order-2"), clock.instant().minus(REMEMBER)));
  }
}
