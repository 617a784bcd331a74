package dev.fairway.automation.caller;

import dev.fairway.automation.caller.ApiMapping.Answer;
import dev.fairway.automation.caller.ApiMapping.Operation;
import dev.fairway.automation.caller.ApiMapping.ValueType;
import dev.fairway.automation.sdk.OutsideCalls.Answered;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.web.Json;
import java.util.Base64;
import java.util.Optional;

/**
 * Makes of an HTTP answer the one constructor it stands for: its status, else its range, else the default; and
 * {@code _Unexpected} when there is none of these or its body is not what the description promises.
 */
final class ApiAnswers {
  private final ApiValues values;

  ApiAnswers(ApiMapping mapping) {
    this.values = new ApiValues(mapping.declarations());
  }

  LedgerValue.Variant of(Operation operation, Answered answered) {
    Optional<Answer> answer = described(operation, answered.status());
    if (answer.isPresent()) {
      try {
        return new LedgerValue.Variant(answer.get().constructor(), body(answer.get(), answered));
      } catch (ApiValues.Unfit | FairwayException e) {
        return unexpected(operation, answered);
      }
    }
    return unexpected(operation, answered);
  }

  /** There was no answer. */
  LedgerValue.Variant none(Operation operation, String message) {
    return new LedgerValue.Variant(operation.transportError(),
        LedgerValue.struct("message", LedgerValue.text(message)));
  }

  private static Optional<Answer> described(Operation operation, int status) {
    return find(operation, Integer.toString(status)).or(() -> find(operation, status / 100 + "XX"))
        .or(() -> find(operation, "default"));
  }

  private static Optional<Answer> find(Operation operation, String status) {
    return operation.answers().stream().filter(answer -> answer.status().equals(status)).findFirst();
  }

  private LedgerValue body(Answer answer, Answered answered) throws ApiValues.Unfit {
    if (answer.type().isEmpty()) {
      return new LedgerValue.Unit();
    }
    ValueType type = answer.type().get();
    // A description that says nothing of the media type means JSON.
    String media = answer.mediaType().orElse("application/json");
    if (media.matches("application/(.*\\+)?json(;.*)?")) {
      return values.value(type, Json.parse(answered.text()));
    }
    return LedgerValue.text(type.equals(new ValueType.Plain("base64"))
        ? Base64.getEncoder().encodeToString(answered.body())
        : answered.text());
  }

  private static LedgerValue.Variant unexpected(Operation operation, Answered answered) {
    return new LedgerValue.Variant(operation.unexpected(), LedgerValue.struct("status",
        LedgerValue.int64(answered.status()), "body", LedgerValue.text(answered.text().replace("\0", "\\u0000"))));
  }
}
