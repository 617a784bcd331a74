package dev.fairway.exchange.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReferencesTest {
  @Test
  void sameChannelMessageHasTheSameReferenceForEver() {
    String ref = References.ofChannelMessage("shared", "7");
    assertThat(ref).isEqualTo(References.ofChannelMessage("shared", "7"))
        .isNotEqualTo(References.ofChannelMessage("shared", "8"));
    assertThat(UUID.fromString(ref).version()).isEqualTo(5);
    assertThat(UUID.fromString(ref).variant()).isEqualTo(2);
  }

  @Test
  void keysOfDifferentCallersDoNotMeet() {
    assertThat(References.ofKey("a", "k")).isNotEqualTo(References.ofKey("b", "k"));
  }

  @Test
  void freshReferencesAreOrderedByTime() {
    Instant early = Instant.parse("2026-01-01T00:00:00Z");
    String first = References.fresh(early);
    String second = References.fresh(early.plusMillis(1));
    assertThat(first).isLessThan(second);
    assertThat(UUID.fromString(first).version()).isEqualTo(7);
    assertThat(UUID.fromString(first).variant()).isEqualTo(2);
  }
}
