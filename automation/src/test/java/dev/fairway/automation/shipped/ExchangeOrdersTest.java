package dev.fairway.automation.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExchangeOrdersTest {
  private static final Party DESK = new Party("desk");

  @Test
  void nameOfAnOrderIsItsContractsAndDoesNotComeAgainOnALedgerThatBeginsAnew() {
    Instant created = Instant.parse("2026-03-01T10:00:00.000001Z");
    assertThat(ExchangeOrders.mpOrderId(DESK, order("#1:0", created))).isPositive()
        .isEqualTo(ExchangeOrders.mpOrderId(DESK, order("#1:0", created)))
        .isNotEqualTo(ExchangeOrders.mpOrderId(DESK, order("#2:0", created)))
        .isNotEqualTo(ExchangeOrders.mpOrderId(DESK, order("#1:0", created.plusNanos(1_000))));
  }

  private static Contract order(String id, Instant created) {
    return new Contract(new ContractId(id), TemplateId.parse("Trade:Order"), Optional.empty(), LedgerValue.struct(),
        Optional.empty(), Set.of(DESK), Set.of(), Optional.of(created));
  }
}
