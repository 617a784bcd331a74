package dev.fairway.daml;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.SubmitResult.Reason;
import dev.fairway.core.ledger.SubmitResult.Rejected;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a Daml ledger said instead of doing what was asked. What follows from it is decided by its category, then its code;
 * by its text only where a ledger from before Daml 2 says nothing else.
 *
 * @param grpc the number of the gRPC status
 * @param code the error code's name, e.g. {@code CONTRACT_NOT_FOUND}; empty when the ledger has none
 * @param category the error category's number; 0 when the ledger has none
 * @param sent whether the request may have reached the ledger
 * @param definite whether the ledger vouches that nothing will come of the request
 * @see <a href="https://docs.daml.com/app-dev/grpc/error-codes.html">Daml error codes and categories</a>
 */
public record LedgerError(int grpc, String code, int category, String text, Map<String, String> context,
    Optional<Duration> retryAfter, boolean sent, boolean definite) {
  public static final int INVALID_ARGUMENT = 3;
  public static final int DEADLINE_EXCEEDED = 4;
  public static final int NOT_FOUND = 5;
  public static final int ALREADY_EXISTS = 6;
  public static final int PERMISSION_DENIED = 7;
  public static final int RESOURCE_EXHAUSTED = 8;
  public static final int FAILED_PRECONDITION = 9;
  public static final int ABORTED = 10;
  public static final int OUT_OF_RANGE = 11;
  public static final int UNIMPLEMENTED = 12;
  public static final int INTERNAL = 13;
  public static final int UNAVAILABLE = 14;
  public static final int UNAUTHENTICATED = 16;

  private static final Duration HINT = Duration.ofSeconds(1);

  public LedgerError {
    context = Map.copyOf(context);
  }

  /** What it means for a submission. */
  public SubmitResult toResult() {
    if (!sent) {
      return unavailable();
    }
    return switch (category) {
      case 1, 2, 12 -> unavailable();
      case 3 -> unknown();
      case 4 -> definite ? rejected(Reason.LEDGER_FAULT) : unknown();
      case 5 -> rejected(Reason.INVALID);
      case 6, 7 -> rejected(Reason.FORBIDDEN);
      case 8 -> rejected(code.equals("DAML_AUTHORIZATION_ERROR") ? Reason.FORBIDDEN : Reason.INVALID);
      case 9 -> switch (code) {
        // What it was decided on has changed since: deciding again may end well.
        case "INCONSISTENT" -> unavailable();
        case "INVALID_DEDUPLICATION_PERIOD", "PACKAGE_SELECTION_FAILED" -> rejected(Reason.INVALID);
        default -> rejected(Reason.RULE);
      };
      case 10 -> code.equals("DUPLICATE_COMMAND")
          ? new SubmitResult.Accepted(Optional.empty())
          : rejected(Reason.RULE);
      case 11 -> rejected(isAboutPackages() ? Reason.INVALID : Reason.CONTRACT_GONE);
      case 14 -> rejected(Reason.UNSUPPORTED);
      default -> byStatus();
    };
  }

  private boolean isAboutPackages() {
    return code.startsWith("TEMPLATES_OR_INTERFACES") || code.startsWith("PACKAGE") || code.startsWith("NO_TEMPLATES");
  }

  private SubmitResult byStatus() {
    return switch (grpc) {
      case ABORTED -> contention();
      case INVALID_ARGUMENT, FAILED_PRECONDITION -> interpretation();
      case NOT_FOUND -> rejected(Reason.CONTRACT_GONE);
      case ALREADY_EXISTS -> unknown();
      case PERMISSION_DENIED, UNAUTHENTICATED -> rejected(Reason.FORBIDDEN);
      case OUT_OF_RANGE, RESOURCE_EXHAUSTED -> unavailable();
      case UNIMPLEMENTED -> rejected(Reason.UNSUPPORTED);
      // UNAVAILABLE may come from the connection after the request went out.
      default -> unknown();
    };
  }

  private SubmitResult contention() {
    if (says("DuplicateKey", "duplicate key", "DuplicateContractKey")) {
      return rejected(Reason.RULE);
    }
    return says("not found", "not be found", "ContractNotFound", "InconsistentKey", "could not find", "not active")
        ? rejected(Reason.CONTRACT_GONE)
        : unavailable();
  }

  private SubmitResult interpretation() {
    if (says("authoriz", "authoris")) {
      return rejected(Reason.FORBIDDEN);
    }
    if (says("couldn't find key", "dependency error: couldn't find contract", "contract not found",
        "not an active contract")) {
      return rejected(Reason.CONTRACT_GONE);
    }
    return rejected(
        says("UserError", "User abort", "precondition", "DuplicateKey", "Unhandled exception", "ArithmeticError")
            ? Reason.RULE
            : Reason.INVALID);
  }

  private boolean says(String... phrases) {
    for (String phrase : phrases) {
      if (text.regionMatches(true, 0, phrase, 0, phrase.length())
          || text.toLowerCase(java.util.Locale.ROOT).contains(phrase.toLowerCase(java.util.Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  private SubmitResult unavailable() {
    return new SubmitResult.Unavailable(retryAfter.or(() -> category == 1 ? Optional.of(HINT) : Optional.empty()),
        text);
  }

  private SubmitResult unknown() {
    return new SubmitResult.Unknown(text);
  }

  private SubmitResult rejected(Reason reason) {
    Map<String, String> meta = new HashMap<>(context);
    meta.keySet().removeAll(java.util.Set.of("category", "definite_answer", "participant", "tid"));
    return new Rejected(reason, code.isEmpty() ? "STATUS_" + grpc : code, text, meta);
  }

  /** What it means for anything but a submission. */
  public FairwayException toException(String asked, @Nullable Throwable cause) {
    ErrorCode kind = switch (grpc) {
      case UNAUTHENTICATED -> ErrorCode.UNAUTHENTICATED;
      case PERMISSION_DENIED -> ErrorCode.FORBIDDEN;
      case INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION -> ErrorCode.INVALID;
      case NOT_FOUND -> ErrorCode.NOT_FOUND;
      case ALREADY_EXISTS -> ErrorCode.CONFLICT;
      case RESOURCE_EXHAUSTED -> ErrorCode.BUSY;
      default -> ErrorCode.PEER_FAILED;
    };
    return new FairwayException(kind, "the ledger refused " + asked + ": " + text, cause);
  }

  /** Whether what was asked for is no longer kept. */
  public boolean isPruned() {
    return code.equals("PARTICIPANT_PRUNED_DATA_ACCESSED") || (category == 0 && says("precedes pruned offset"));
  }
}
