package dev.fairway.automation.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.sdk.Answer;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class MatchesTest {
  private static final Contract BELL = new Contract(new ContractId("#1:0"), TemplateId.parse("Harbour:Bell"),
      Optional.empty(), LedgerValue.struct(), Optional.empty(), Set.of(new Party("bob")), Set.of(), Optional.empty());

  @Test
  void authorWhoDoesNotAnswerInTimeIsAskedAgainWhenTheContractIsDelivered() {
    var registrations = new Registrations(pattern -> pattern);
    registrations.ledger().created("Harbour:Bell").matching(payload -> tooLate()).handle(event -> Response.none());
    registrations.request().on("Harbour:Bell").<String>accepting("Ring", answer -> LedgerValue.struct())
        .inOrderOf(payload -> String.valueOf(tooLate())).handle(request -> Answer.accept("rung"));
    try (var limits = new TimeLimits()) {
      var matches = new Matches("harbour", getClass().getClassLoader(), limits, Duration.ofMillis(50));
      assertThat(matches.of(registrations.contracts.values().iterator().next(), BELL))
          .isEqualTo(Matches.Verdict.UNKNOWN);
      assertThat(matches.order(registrations.requests.values().iterator().next(), BELL))
          .isEqualTo(new Matches.Order(Optional.empty(), false));
    }
  }

  private static boolean tooLate() {
    try {
      return !new CountDownLatch(1).await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
