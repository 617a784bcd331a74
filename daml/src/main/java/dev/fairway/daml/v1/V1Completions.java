package dev.fairway.daml.v1;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Receipt;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.daml.v1.PulledCall.Signal;
import dev.fairway.daml.wire.v1.CommandCompletionServiceGrpc;
import dev.fairway.daml.wire.v1.Completion;
import dev.fairway.daml.wire.v1.CompletionEndRequest;
import dev.fairway.daml.wire.v1.CompletionStreamRequest;
import dev.fairway.daml.wire.v1.CompletionStreamResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** How the ledger completed what was submitted to it. */
final class V1Completions {
  /** A ledger tells completions up to now at once, and does not tell when there is none. */
  private static final Duration QUIET = Duration.ofSeconds(1);

  private final V1Connection connection;
  private final Supplier<String> ledgerId;
  private final String applicationId;

  V1Completions(V1Connection connection, Supplier<String> ledgerId, String applicationId) {
    this.connection = connection;
    this.ledgerId = ledgerId;
    this.applicationId = applicationId;
  }

  CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
    String id = ledgerId.get();
    Offset end = V1Offsets.fromWire(
        connection.ask("its end of completions", c -> connection.within(CommandCompletionServiceGrpc.newBlockingStub(c))
            .completionEnd(CompletionEndRequest.newBuilder().setLedgerId(id).build()).getOffset()));
    if (since.value().compareTo(end.value()) >= 0) {
      return new CommandOutcome.NotSeen();
    }
    PulledCall<CompletionStreamRequest, CompletionStreamResponse> call = new PulledCall<>();
    CommandCompletionServiceGrpc.newStub(connection.as(connection.token())).completionStream(
        CompletionStreamRequest.newBuilder().setLedgerId(id).setApplicationId(applicationId)
            .addAllParties(actAs.stream().map(Party::name).toList()).setOffset(V1Offsets.toWire(since)).build(),
        call);
    try (call) {
      return readCompletions(call, commandId, end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FairwayException(ErrorCode.PEER_FAILED, "interrupted while looking for command " + commandId, e);
    }
  }

  private static CommandOutcome readCompletions(PulledCall<?, CompletionStreamResponse> call, String commandId,
      Offset end) throws InterruptedException {
    CommandOutcome outcome = new CommandOutcome.NotSeen();
    while (true) {
      switch (call.poll(QUIET).orElse(new Signal.Done<>())) {
        case Signal.Done<CompletionStreamResponse>() -> {
          return outcome;
        }
        case Signal.Failed<CompletionStreamResponse>(Throwable cause) ->
          throw V1Connection.errorOf(Status.fromThrowable(cause), Status.trailersFromThrowable(cause), true)
              .toException("completions", cause);
        case Signal.Message<CompletionStreamResponse>(var message) -> {
          Offset offset = V1Offsets.fromWire(message.getCheckpoint().getOffset());
          for (Completion completion : message.getCompletionsList()) {
            if (completion.getCommandId().equals(commandId)) {
              if (completion.getStatus().getCode() == 0) {
                return new CommandOutcome.Accepted(Optional.of(new Receipt(completion.getTransactionId(), offset)));
              }
              if (V1Connection.errorOf(completion.getStatus(), true).toResult() instanceof SubmitResult.Rejected why) {
                outcome = new CommandOutcome.Rejected(why);
              }
            }
          }
          if (!offset.value().isEmpty() && offset.value().compareTo(end.value()) >= 0) {
            return outcome;
          }
        }
      }
    }
  }
}
