package dev.fairway.core.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private final RetryPolicy policy = new RetryPolicy(10, Duration.ofDays(1), Duration.ofSeconds(2),
      Duration.ofMinutes(1));

  @Test
  void ceilingDoublesUpToTheLimit() {
    assertThat(policy.ceiling(1)).isEqualTo(Duration.ofSeconds(2));
    assertThat(policy.ceiling(4)).isEqualTo(Duration.ofSeconds(16));
    assertThat(policy.ceiling(6)).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void ceilingOfTheLastAttemptDoesNotOverflow() {
    assertThat(policy.ceiling(1_000_000)).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void refusesBoundsThatMakeNoSense() {
    assertThatThrownBy(() -> new RetryPolicy(0, Duration.ofDays(1), Duration.ofSeconds(1), Duration.ofSeconds(1)))
        .hasMessageContaining("max attempts must be 1 to 1000000, is 0");
    assertThatThrownBy(() -> new RetryPolicy(1, Duration.ofDays(1), Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .hasMessageContaining("below the first delay");
  }
}
