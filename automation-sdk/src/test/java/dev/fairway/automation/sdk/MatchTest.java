package dev.fairway.automation.sdk;

import static dev.fairway.core.ledger.LedgerValue.bool;
import static dev.fairway.core.ledger.LedgerValue.int64;
import static dev.fairway.core.ledger.LedgerValue.none;
import static dev.fairway.core.ledger.LedgerValue.some;
import static dev.fairway.core.ledger.LedgerValue.struct;
import static dev.fairway.core.ledger.LedgerValue.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.ledger.LedgerValue;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class MatchTest {
  private final LedgerValue.Struct payload = struct("name", text("main"), "count", int64(3)).with("open", bool(true))
      .with("place", struct("city", text("Bergen"), "zip", text("5003"))).with("note", none())
      .with("tag", some(text("x")));

  @Test
  void allFieldsMustMatch() {
    assertThat(Match.fields(Map.of("name", "main", "count", 3))).accepts(payload);
    assertThat(Match.fields(Map.of("name", "main", "count", 4))).rejects(payload);
    assertThat(Match.fields(Map.of("missing", "x"))).rejects(payload);
  }

  @Test
  void nestedPatternDoesNotHideLaterFields() {
    Map<String, Object> pattern = new java.util.LinkedHashMap<>();
    pattern.put("place", Map.of("city", "Bergen"));
    pattern.put("name", "other");
    assertThat(Match.fields(pattern)).rejects(payload);
  }

  @Test
  void nullMatchesOnlyWhatIsAbsent() {
    Map<String, Object> pattern = new HashMap<>();
    pattern.put("note", null);
    assertThat(Match.fields(pattern)).accepts(payload);
    pattern.put("name", null);
    assertThat(Match.fields(pattern)).rejects(payload);
  }

  @Test
  void predicateStandsForAValue() {
    Predicate<LedgerValue> large = value -> value instanceof LedgerValue.Int64(long n) && n > 2;
    assertThat(Match.fields(Map.of("count", large, "open", true, "tag", "x"))).accepts(payload);
  }
}
