package dev.fairway.daml.v2;

import static dev.fairway.daml.v2.Participant.ask;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Receipt;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.socket.PulledSocket;
import dev.fairway.core.socket.PulledSocket.Signal;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** How the participant completed what was submitted to it. */
final class V2Completions {
  /** A participant tells completions up to now at once. */
  private static final Duration QUIET = Duration.ofSeconds(1);

  private final Participant participant;
  private final String userId;
  private final Supplier<Offset> end;

  /**
   * @param userId the user commands are sent as
   * @param end asks the participant for its end
   */
  V2Completions(Participant participant, String userId, Supplier<Offset> end) {
    this.participant = participant;
    this.userId = userId;
    this.end = end;
  }

  /** @param since where to begin to look; it is looked up to what is the end when this is called */
  CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
    long upTo = V2Offsets.toWire(end.get());
    if (V2Offsets.toWire(since) >= upTo) {
      return new CommandOutcome.NotSeen();
    }
    PulledSocket socket = ask("completions", () -> participant.stream("/v2/commands/completions",
        Map.of("userId", userId, "parties", actAs.stream().map(Party::name).sorted().toList(),
            "beginExclusive", V2Offsets.toWire(since))));
    try (socket) {
      return readCompletions(socket, commandId, actAs, upTo);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FairwayException(ErrorCode.PEER_FAILED, "interrupted while looking for command " + commandId, e);
    }
  }

  private static CommandOutcome readCompletions(PulledSocket socket, String commandId, Set<Party> actAs, long upTo)
      throws InterruptedException {
    CommandOutcome outcome = new CommandOutcome.NotSeen();
    while (true) {
      switch (socket.poll(QUIET).orElse(new Signal.Done(1000, "quiet"))) {
        case Signal.Done _ -> {
          return outcome;
        }
        case Signal.Failed(Throwable cause) ->
          throw new FairwayException(ErrorCode.PEER_FAILED, "completions were lost: " + cause, cause);
        case Signal.Message(String text) -> {
          JsonNode message = Participant.parse(text);
          if (Participant.isError(message)) {
            throw Participant.error(message).toException("completions", null);
          }
          JsonNode response = message.path("completionResponse");
          JsonNode completion = response.path("Completion").path("value");
          if (completion.path("commandId").asString("").equals(commandId) && sameParties(completion, actAs)) {
            JsonNode status = completion.path("status");
            if (status.path("code").asInt(0) == 0) {
              return new CommandOutcome.Accepted(Optional.of(new Receipt(completion.path("updateId").asString(""),
                  V2Offsets.fromWire(completion.path("offset")))));
            }
            if (Participant.completionError(status).toResult() instanceof SubmitResult.Rejected why) {
              outcome = new CommandOutcome.Rejected(why);
            }
          }
          JsonNode at = completion.isMissingNode() ? response.path("OffsetCheckpoint").path("value") : completion;
          if (at.path("offset").asLong(0) >= upTo) {
            return outcome;
          }
        }
      }
    }
  }

  /** Parties are asked for together and told one by one, so another's command may have the same id. */
  private static boolean sameParties(JsonNode completion, Set<Party> actAs) {
    Set<String> told = new HashSet<>();
    completion.path("actAs").forEach(party -> told.add(party.asString()));
    return told.isEmpty() || told.equals(new HashSet<>(actAs.stream().map(Party::name).toList()));
  }
}
