package dev.fairway.automation.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class StoredValueTest {
  @Property
  void readsWhatItWrote(@ForAll("values") LedgerValue value) {
    assertThat(StoredValue.read(StoredValue.write(value))).isEqualTo(value);
  }

  @Property
  void anyTextIsAValueOrRefused(@ForAll String text) {
    try {
      StoredValue.read(text);
    } catch (FairwayException e) {
      assertThat(e).hasMessageContaining("stored");
    }
  }

  @Test
  void commandsComeBack() {
    TemplateId template = TemplateId.parse("p:M:E");
    LedgerValue.Struct payload = LedgerValue.struct("a", LedgerValue.int64(1));
    for (Command command : new Command[]{new Command.Create(template, payload),
        new Command.Exercise(template, new ContractId("#1:0"), "Do", payload),
        new Command.ExerciseByKey(template, LedgerValue.text("k"), "Do", LedgerValue.UNIT),
        new Command.CreateAndExercise(template, payload, "Do", payload)}) {
      assertThat(StoredValue.command(StoredValue.parse(StoredValue.text(StoredValue.node(command)))))
          .isEqualTo(command);
    }
  }

  @Provide
  Arbitrary<LedgerValue> values() {
    Arbitrary<LedgerValue> leaf = Arbitraries.oneOf(Arbitraries.longs().map(LedgerValue::int64),
        Arbitraries.strings().map(LedgerValue::text), Arbitraries.of(true, false).map(LedgerValue::bool),
        Arbitraries.just(LedgerValue.UNIT), Arbitraries.just(LedgerValue.none()),
        Arbitraries.just(LedgerValue.numeric(new BigDecimal("12.340"))),
        Arbitraries.just(LedgerValue.party(new Party("Alice::1220"))),
        Arbitraries.just(LedgerValue.contract(new ContractId("#1:2"))),
        Arbitraries.just(LedgerValue.date(LocalDate.of(1, 1, 1))),
        Arbitraries.just(LedgerValue.timestamp(Instant.parse("9999-12-31T23:59:59.999999Z"))),
        Arbitraries.just(new LedgerValue.Enumeration("Red")));
    return Arbitraries.lazyOf(() -> leaf, () -> leaf.list().ofMaxSize(3).map(LedgerValue::list),
        () -> values().map(LedgerValue::some), () -> values().map(v -> new LedgerValue.Variant("C", v)),
        () -> Arbitraries.maps(Arbitraries.strings(), leaf).ofMaxSize(3)
            .map(m -> new LedgerValue.Struct(new LinkedHashMap<>(m))),
        () -> leaf.map(v -> LedgerValue.textMap(Map.of("k", v))),
        () -> leaf.map(v -> new LedgerValue.GenMap(new LinkedHashMap<>(Map.of(v, v)))));
  }
}
