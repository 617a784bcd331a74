package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class Uuid7Test {
  @Test
  void idsAscendWhateverTheClockDoes() {
    Uuid7 ids = new Uuid7();
    long now = 1_772_366_400_000L;
    UUID last = ids.next(now);
    for (int i = 0; i < 20_000; i++) {
      UUID id = ids.next(i % 7 == 0 ? now - 5_000 : now + i / 1_000);
      assertThat(id.toString()).isGreaterThan(last.toString());
      assertThat(id.version()).isEqualTo(7);
      assertThat(id.variant()).isEqualTo(2);
      last = id;
    }
  }

  @Test
  void theTimeCanBeReadFromAnId() {
    assertThat(new Uuid7().next(1_772_366_400_123L).getMostSignificantBits() >>> 16).isEqualTo(1_772_366_400_123L);
  }
}
