package dev.fairway.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerType.Simple;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class LedgerJsonTest {
  private static final TemplateId NODE = TemplateId.parse("p:Main:Node");
  private static final TemplateId SHAPE = TemplateId.parse("p:Main:Shape");
  private static final TemplateId COLOUR = TemplateId.parse("p:Main:Colour");
  private static final LedgerType NODES = new LedgerType.ListOf(new LedgerType.Named(NODE, List.of(Simple.INT64)));

  private final LedgerJson json = new LedgerJson(name -> {
    if (name.equals(NODE)) {
      var fields = new LinkedHashMap<String, LedgerType>();
      fields.put("item", new LedgerType.Parameter("a"));
      fields.put("rest", new LedgerType.ListOf(new LedgerType.Named(NODE, List.of(new LedgerType.Parameter("a")))));
      fields.put("note", new LedgerType.OptionalOf(Simple.TEXT));
      return Optional.of(new LedgerType.Definition.Struct(List.of("a"), fields));
    }
    if (name.equals(SHAPE)) {
      var constructors = new LinkedHashMap<String, LedgerType>();
      constructors.put("Dot", Simple.UNIT);
      constructors.put("Circle", new LedgerType.Numeric(10));
      return Optional.of(new LedgerType.Definition.Variant(List.of(), constructors));
    }
    return name.equals(COLOUR)
        ? Optional.of(new LedgerType.Definition.Enumeration(List.of("Red", "Green")))
        : Optional.empty();
  });

  record Typed(LedgerType type, LedgerValue value) {}

  @Property
  void readsWhatItWrote(@ForAll("typed") Typed typed) {
    assertThat(json.value(LedgerJson.tree(typed.value), typed.type)).isEqualTo(typed.value);
  }

  @Property
  void refusesOtherTreesWithThePlace(@ForAll("typed") Typed one, @ForAll("typed") Typed other) {
    try {
      json.value(LedgerJson.tree(one.value), other.type);
    } catch (FairwayException e) {
      assertThat(e).hasMessageStartingWith("value");
    }
  }

  @Test
  void writesAsDamlDoes() {
    assertThat(LedgerJson.tree(LedgerValue.int64(5))).isEqualTo("5");
    assertThat(LedgerJson.tree(LedgerValue.numeric("1.50"))).isEqualTo("1.5");
    assertThat(LedgerJson.tree(LedgerValue.timestamp(Instant.parse("2026-01-02T03:04:05.600Z"))))
        .isEqualTo("2026-01-02T03:04:05.6Z");
    assertThat(LedgerJson.tree(LedgerValue.none())).isNull();
    assertThat(LedgerJson.tree(LedgerValue.some(LedgerValue.none()))).isEqualTo(List.of());
    assertThat(LedgerJson.tree(LedgerValue.some(LedgerValue.some(LedgerValue.text("x"))))).isEqualTo(List.of("x"));
    assertThat(LedgerJson.tree(new LedgerValue.Variant("Dot", LedgerValue.UNIT)))
        .isEqualTo(Map.of("tag", "Dot", "value", Map.of()));
  }

  @Test
  void recordsSayWhichFieldIsWrong() {
    var type = new LedgerType.Named(NODE, List.of(Simple.INT64));
    assertThat(json.value(Map.of("item", 1, "rest", List.of()), type))
        .isEqualTo(LedgerValue.struct("item", LedgerValue.int64(1), "rest", LedgerValue.list()).with("note",
            LedgerValue.none()));
    assertThatThrownBy(() -> json.value(Map.of("rest", List.of()), type)).hasMessage("value lacks the field item");
    assertThatThrownBy(() -> json.value(Map.of("itm", 1), type)).hasMessageContaining("value has no field itm");
    assertThatThrownBy(() -> json.value(Map.of("item", "1.5", "rest", List.of()), type))
        .hasMessage("value.item must be a whole number of 64 bits, is 1.5");
    assertThatThrownBy(() -> json.value("1e999999999", new LedgerType.Numeric(10))).hasMessageContaining("a number");
  }

  @Test
  void refusesNestingWithoutEnd() {
    Object deep = Map.of("item", 1, "rest", List.of());
    for (int i = 0; i < 200; i++) {
      deep = Map.of("item", 1, "rest", List.of(deep));
    }
    Object tooDeep = List.of(deep);
    assertThatThrownBy(() -> json.value(tooDeep, NODES)).hasMessageContaining("nested deeper than 200");
  }

  @Provide
  Arbitrary<Typed> typed() {
    Arbitrary<Typed> leaf = Arbitraries.oneOf(
        Arbitraries.longs().map(v -> new Typed(Simple.INT64, LedgerValue.int64(v))),
        Arbitraries.strings().map(v -> new Typed(Simple.TEXT, LedgerValue.text(v))),
        Arbitraries.of(true, false).map(v -> new Typed(Simple.BOOL, LedgerValue.bool(v))),
        Arbitraries.bigDecimals().ofScale(10)
            .between(new BigDecimal("-1000000000000000000000"), new BigDecimal("1000000000000000000000"))
            .map(v -> new Typed(new LedgerType.Numeric(10), LedgerValue.numeric(v))),
        Arbitraries.longs().between(-60_000_000_000_000_000L, 250_000_000_000_000_000L).map(micros -> new Typed(
            Simple.TIMESTAMP, LedgerValue.timestamp(Instant.EPOCH.plus(micros, java.time.temporal.ChronoUnit.MICROS)))),
        Arbitraries.integers().between(-700_000, 2_900_000)
            .map(day -> new Typed(Simple.DATE, LedgerValue.date(LocalDate.ofEpochDay(day)))),
        Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(20)
            .map(v -> new Typed(Simple.PARTY, LedgerValue.party(new Party(v)))),
        Arbitraries.of("Red", "Green")
            .map(v -> new Typed(new LedgerType.Named(COLOUR), new LedgerValue.Enumeration(v))),
        Arbitraries.just(new Typed(new LedgerType.Named(SHAPE), new LedgerValue.Variant("Dot", LedgerValue.UNIT))));
    return leaf.flatMap(t -> wrap(t, 3));
  }

  private static Arbitrary<Typed> wrap(Typed t, int left) {
    if (left == 0) {
      return Arbitraries.just(t);
    }
    return Arbitraries
        .of(t, new Typed(new LedgerType.ListOf(t.type), LedgerValue.list(t.value, t.value)),
            new Typed(new LedgerType.OptionalOf(t.type), LedgerValue.some(t.value)),
            new Typed(new LedgerType.OptionalOf(t.type), LedgerValue.none()),
            new Typed(new LedgerType.TextMapOf(t.type), new LedgerValue.TextMap(new TreeMap<>(Map.of("k", t.value)))),
            new Typed(new LedgerType.GenMapOf(Simple.INT64, t.type),
                new LedgerValue.GenMap(new LinkedHashMap<>(Map.of(LedgerValue.int64(7), t.value)))))
        .flatMap(next -> wrap(next, left - 1));
  }
}
