package dev.fairway.daml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.ledger.SubmitResult;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows from what a Daml ledger says, by its error category. */
class LedgerErrorTest {
  private static LedgerError error(int category, int grpc, String code, boolean definite) {
    return new LedgerError(grpc, code, category, "why", Map.of("category", "" + category, "field", "amount"),
        Optional.empty(), true, definite);
  }

  @ParameterizedTest
  @CsvSource({"1, 14, SERVICE_NOT_RUNNING, Unavailable", "2, 10, SUBMISSION_ALREADY_IN_FLIGHT, Unavailable",
      "2, 10, PARTICIPANT_BACKPRESSURE, Unavailable", "3, 4, REQUEST_DEADLINE_EXCEEDED, Unknown",
      "4, 13, LEDGER_API_INTERNAL_ERROR, LEDGER_FAULT", "5, 3, MALFORMED_REQUEST, INVALID",
      "6, 16, UNAUTHENTICATED, FORBIDDEN", "7, 7, PERMISSION_DENIED, FORBIDDEN",
      "8, 3, COMMAND_PREPROCESSING_FAILED, INVALID",
      "8, 3, DAML_AUTHORIZATION_ERROR, FORBIDDEN", "9, 9, INCONSISTENT, Unavailable", "9, 9, UNHANDLED_EXCEPTION, RULE",
      "9, 9, INTERPRETATION_USER_ERROR, RULE", "9, 9, INVALID_DEDUPLICATION_PERIOD, INVALID",
      "10, 6, DUPLICATE_COMMAND, Accepted", "10, 6, DUPLICATE_CONTRACT_KEY, RULE",
      "11, 5, CONTRACT_NOT_FOUND, CONTRACT_GONE",
      "11, 5, LOCAL_VERDICT_INACTIVE_CONTRACTS, CONTRACT_GONE", "11, 5, TEMPLATES_OR_INTERFACES_NOT_FOUND, INVALID",
      "12, 11, OFFSET_AFTER_LEDGER_END, Unavailable", "14, 12, UNSUPPORTED_OPERATION, UNSUPPORTED"})
  void eachCategoryHasItsOutcome(int category, int grpc, String code, String outcome) {
    SubmitResult result = error(category, grpc, code, true).toResult();
    assertThat(
        result instanceof SubmitResult.Rejected rejected ? rejected.reason().name() : result.getClass().getSimpleName())
        .isEqualTo(outcome);
  }

  @Test
  void internalErrorThatVouchesForNothingIsUnknown() {
    assertThat(error(4, 13, "LEDGER_API_INTERNAL_ERROR", false).toResult()).isInstanceOf(SubmitResult.Unknown.class);
  }

  @Test
  void whatTheTemplatesAuthorAttachedComesAlong() {
    assertThat(error(9, 9, "DAML_FAILURE", true).toResult())
        .isEqualTo(
            new SubmitResult.Rejected(SubmitResult.Reason.RULE, "DAML_FAILURE", "why", Map.of("field", "amount")));
  }

  @Test
  void whatNeverWentOutMayBeSentAgain() {
    assertThat(
        new LedgerError(14, "", 0, "connection refused", Map.of(), Optional.of(Duration.ofSeconds(3)), false, false)
            .toResult())
        .isEqualTo(new SubmitResult.Unavailable(Optional.of(Duration.ofSeconds(3)), "connection refused"));
  }
}
