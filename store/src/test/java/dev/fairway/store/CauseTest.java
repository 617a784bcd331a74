package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CauseTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"port 8080 is closed | port … is closed",
      "no \"AU:1\" here | no … here", "message 0190f2b4-7c1e-7abc-8def-0123456789ab is late | message … is late",
      "tx 0xdeadBEEF01 reverted | tx … reverted", "connection refused | connection refused"})
  void particularsAreTakenOut(String why, String cause) {
    assertThat(Cause.of(why)).isEqualTo(cause);
  }

  @Test
  void onlyTheFirstLineCountsAndItIsBounded() {
    assertThat(Cause.of("first\nsecond")).isEqualTo("first");
    assertThat(Cause.of("")).isEmpty();
    assertThat(Cause.of("long ".repeat(1_000))).hasSize(200);
  }

  @Test
  void noTextTakesLong() {
    assertThatCode(() -> Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
      Cause.of("a".repeat(2_000) + "g");
      Cause.of("abcd-".repeat(400) + "g");
      Cause.of("\"".repeat(2_000));
    })).doesNotThrowAnyException();
  }
}
