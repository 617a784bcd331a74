package dev.fairway.automation.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.store.Store;
import dev.fairway.store.TemporaryStore;
import dev.fairway.testing.TestClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeadershipTest {
  private final TestClock clock = new TestClock();

  private Leadership of(Store store) {
    return new Leadership(store, clock, "bells");
  }

  @Test
  void oneOfTwoProcessesLeadsUntilItsLeaseRunsOutAndThenWritesNothingMore() {
    try (var temporary = TemporaryStore.postgres(clock, "automation")) {
      Store store = temporary.store();
      Leadership one = of(store);
      Leadership two = of(store);
      assertThat(one.take()).isTrue();
      assertThat(two.take()).isFalse();
      clock.advance(Leadership.LEASE.minus(Duration.ofSeconds(1)));
      assertThat(one.keep()).isTrue();
      clock.advance(Duration.ofSeconds(2));
      assertThat(two.take()).isFalse();
      clock.advance(Leadership.LEASE);
      assertThat(two.take()).isTrue();
      assertThat(one.keep()).isFalse();
      assertThatThrownBy(() -> store.run(one::hold)).isInstanceOf(Leadership.Lost.class);
      store.run(two::hold);
    }
  }

  @Test
  void oneThatGivesItUpIsFollowedAtOnce() {
    try (var temporary = TemporaryStore.postgres(clock, "automation")) {
      Leadership one = of(temporary.store());
      Leadership two = of(temporary.store());
      assertThat(one.take()).isTrue();
      one.release();
      assertThat(two.take()).isTrue();
      one.release();
      assertThat(two.keep()).isTrue();
    }
  }

  @Test
  void theOneProcessOfAnEmbeddedStoreLeadsWithoutAsking() {
    try (var temporary = TemporaryStore.embedded(clock, "automation")) {
      Leadership only = of(temporary.store());
      assertThat(only.contested()).isFalse();
      temporary.store().run(only::hold);
    }
  }
}
