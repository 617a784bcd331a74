package dev.fairway.daml.v1;

import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Receipt;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.SubmitResult.Reason;
import dev.fairway.daml.LedgerError;
import dev.fairway.daml.wire.v1.CommandServiceGrpc;
import dev.fairway.daml.wire.v1.GetLedgerConfigurationRequest;
import dev.fairway.daml.wire.v1.LedgerConfigurationServiceGrpc;
import dev.fairway.daml.wire.v1.SubmitAndWaitRequest;
import dev.fairway.daml.wire.v1.TransactionTree;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends submissions, and tells what became of each. It is unknown when the request went out and no answer of the ledger
 * came back. Ledgers before Daml 2 say the same of a command that was accepted and of one that is under way; which of both
 * it is, its completion tells. Safe for many threads.
 */
final class V1Submissions {
  /** Marks what a ledger before Daml 2 says of a command id that it has seen, be it done or under way. */
  private static final String DUPLICATE = "duplicate command: ";

  private final V1Connection connection;
  private final Supplier<String> ledgerId;
  private final V1Commands commands;
  private final V1Completions completions;
  private final Map<ChangeId, CompletableFuture<SubmitResult>> underWay = new ConcurrentHashMap<>();
  private volatile @Nullable Duration longestDeduplication;

  /** What a ledger recognises a resend by, within our application id. */
  private record ChangeId(String commandId, Set<Party> actAs) {}

  V1Submissions(V1Connection connection, Supplier<String> ledgerId, V1Commands commands, V1Completions completions) {
    this.connection = connection;
    this.ledgerId = ledgerId;
    this.commands = commands;
    this.completions = completions;
  }

  SubmitResult submit(Submission submission) {
    SubmitAndWaitRequest request;
    try {
      request = SubmitAndWaitRequest.newBuilder().setCommands(
          commands.toWire(submission, ledgerId.get(), deduplication(submission.deduplication()))).build();
    } catch (ArithmeticException e) {
      return new SubmitResult.Rejected(Reason.INVALID, "VALUE_OUT_OF_RANGE", "a date or timestamp is out of range");
    } catch (FairwayException e) {
      return notSent(e);
    }
    return together(new ChangeId(submission.commandId(), submission.actAs()), () -> {
      SubmitResult result = send(request, true);
      return result instanceof SubmitResult.Unknown(String why) && why.startsWith(DUPLICATE)
          ? settle(submission, why)
          : result;
    });
  }

  private static SubmitResult notSent(FairwayException e) {
    String why = String.valueOf(e.getMessage());
    return switch (e.code()) {
      case INVALID -> new SubmitResult.Rejected(Reason.INVALID, "NOT_SENT", why);
      case UNAUTHENTICATED, FORBIDDEN -> new SubmitResult.Rejected(Reason.FORBIDDEN, "NOT_SENT", why);
      default -> new SubmitResult.Unavailable(Optional.empty(), why);
    };
  }

  /**
   * Sends it once for all who send it at the same time: ledgers before Daml 2 leave the second without an answer until its
   * time is over.
   */
  private SubmitResult together(ChangeId change, Supplier<SubmitResult> send) {
    CompletableFuture<SubmitResult> mine = new CompletableFuture<>();
    CompletableFuture<SubmitResult> first = underWay.putIfAbsent(change, mine);
    if (first != null) {
      return first.join();
    }
    try {
      SubmitResult result = send.get();
      mine.complete(result);
      return result;
    } finally {
      underWay.remove(change, mine);
      mine.complete(new SubmitResult.Unknown("who sent " + change.commandId() + " at the same time had no answer"));
    }
  }

  private SubmitResult settle(Submission submission, String why) {
    try {
      return switch (completions.outcome(submission.commandId(), submission.actAs(), Offset.BEGIN)) {
        case CommandOutcome.Accepted(Optional<Receipt> receipt) -> new SubmitResult.Accepted(receipt);
        case CommandOutcome.Rejected _,CommandOutcome.NotSeen _ ->
          new SubmitResult.Unavailable(Optional.of(Duration.ofSeconds(1)), why);
      };
    } catch (FairwayException e) {
      return new SubmitResult.Unknown(why + "; and its completion cannot be looked up: " + e.getMessage());
    }
  }

  private SubmitResult send(SubmitAndWaitRequest request, boolean mayRenew) {
    AtomicBoolean sent = new AtomicBoolean();
    Optional<Secret> token;
    try {
      token = connection.token();
    } catch (FairwayException e) {
      return notSent(e);
    }
    try {
      // As a flat transaction, one in which no contract comes or goes is not found.
      TransactionTree transaction = connection
          .within(CommandServiceGrpc.newBlockingStub(connection.as(token))).withOption(V1Connection.SENT, sent)
          .withInterceptors(new V1Connection.SentMarker()).submitAndWaitForTransactionTree(request)
          .getTransaction();
      return new SubmitResult.Accepted(
          Optional.of(new Receipt(transaction.getTransactionId(), new Offset(transaction.getOffset()))));
    } catch (StatusRuntimeException e) {
      LedgerError error = V1Connection.errorOf(e.getStatus(), e.getTrailers(), sent.get());
      if (mayRenew && connection.renewed(error, token.orElse(null))) {
        return send(request, false);
      }
      return error.category() == 0 && error.grpc() == LedgerError.ALREADY_EXISTS
          ? new SubmitResult.Unknown(DUPLICATE + error.text())
          : error.toResult();
    }
  }

  /** The ledger refuses more than it can do. */
  private Duration deduplication(Duration wanted) {
    Duration longest = longestDeduplication;
    if (longest == null) {
      String id = ledgerId.get();
      var configuration = connection.ask("its configuration",
          c -> connection.within(LedgerConfigurationServiceGrpc.newBlockingStub(c))
              .getLedgerConfiguration(GetLedgerConfigurationRequest.newBuilder().setLedgerId(id).build()).next()
              .getLedgerConfiguration());
      longest = Duration.ofSeconds(configuration.getMaxDeduplicationTime().getSeconds());
      longestDeduplication = longest;
    }
    return longest.isPositive() && longest.compareTo(wanted) < 0 ? longest : wanted;
  }
}
