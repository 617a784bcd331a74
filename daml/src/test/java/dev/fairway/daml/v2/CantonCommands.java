package dev.fairway.daml.v2;

import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.testing.ledger.MemoryLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;

/** What is submitted to a {@link CantonDouble}, each command id once, and how it was completed. Safe for many threads. */
final class CantonCommands {
  private static final Duration LONGEST_DEDUPLICATION = Duration.ofDays(1);

  private final MemoryLedger ledger;
  private final CantonModel model;
  private final Map<ChangeId, Map<String, Object>> accepted = new HashMap<>();
  private final List<Completed> completions = new CopyOnWriteArrayList<>();

  private record ChangeId(String userId, Set<String> actAs, String commandId) {}

  private record Completed(ChangeId change, long offset, Map<String, Object> json) {}

  CantonCommands(MemoryLedger ledger, CantonModel model) {
    this.ledger = ledger;
    this.model = model;
  }

  synchronized Object submit(JsonNode json) {
    CantonJson.fields(json, "the submission", "commands", "commandId", "actAs", "?userId", "?readAs", "?workflowId",
        "?submissionId", "?deduplicationPeriod", "?minLedgerTimeAbs", "?minLedgerTimeRel", "?disclosedContracts",
        "?synchronizerId", "?packageIdSelectionPreference", "?prefetchContractKeys");
    Set<String> actAs = new TreeSet<>();
    json.path("actAs").forEach(party -> actAs.add(party.asString()));
    Set<String> readAs = new TreeSet<>();
    json.path("readAs").forEach(party -> readAs.add(party.asString()));
    Duration deduplication = deduplication(json.path("deduplicationPeriod"));
    List<Command> commands = new ArrayList<>();
    json.path("commands").forEach(command -> commands.add(model.command(command)));
    Submission submission;
    try {
      submission = new Submission(CantonJson.text(json, "commandId"), parties(actAs), parties(readAs), commands,
          Optional.ofNullable(json.path("workflowId").asString(null)), deduplication);
    } catch (IllegalArgumentException e) {
      throw CantonProblem.malformed(String.valueOf(e.getMessage()));
    }
    ChangeId change = new ChangeId(CantonJson.text(json, "userId"), actAs, submission.commandId());
    Map<String, Object> before = accepted.get(change);
    if (before != null) {
      throw new CantonProblem(409, "DUPLICATE_COMMAND", 10, 6,
          "A command with the given command id has already been accepted",
          Map.of("existing_submission_id", "earlier", "completion_offset",
              String.valueOf(before.get("completionOffset"))));
    }
    return switch (ledger.submit(submission)) {
      case SubmitResult.Accepted(var receipt) -> {
        var proof = receipt.orElseThrow();
        Map<String, Object> answer = Map.of("updateId", proof.transactionId(), "completionOffset",
            CantonJson.number(proof.offset()));
        accepted.put(change, answer);
        completions.add(new Completed(change, CantonJson.number(proof.offset()),
            Map.of("commandId", change.commandId, "status", Map.of("code", 0, "message", "", "details", List.of()),
                "updateId", proof.transactionId(), "userId", change.userId, "actAs", List.copyOf(actAs), "submissionId",
                json.path("submissionId").asString(""), "offset", CantonJson.number(proof.offset()))));
        yield answer;
      }
      case SubmitResult.Rejected why -> throw problem(why);
      case SubmitResult.Unavailable(_, String why) ->
        throw new CantonProblem(503, "PARTICIPANT_BACKPRESSURE", 2, 10, why, Map.of());
      case SubmitResult.Unknown(String why) ->
        throw new CantonProblem(504, "REQUEST_TIME_OUT", 3, 4, why, Map.of());
    };
  }

  /** The completions after an offset of what the user submitted for any of the parties. */
  List<Map<String, Object>> completions(String user, Set<String> parties, long begin) {
    return completions.stream()
        .filter(completed -> completed.offset > begin && completed.change.userId.equals(user)
            && completed.change.actAs.stream().anyMatch(parties::contains))
        .map(Completed::json).toList();
  }

  private static CantonProblem problem(SubmitResult.Rejected why) {
    return switch (why.reason()) {
      case CONTRACT_GONE -> new CantonProblem(404, "CONTRACT_NOT_FOUND", 11, 5, why.detail(), Map.of());
      case INVALID -> new CantonProblem(400, "COMMAND_PREPROCESSING_FAILED", 8, 3, why.detail(), Map.of());
      case FORBIDDEN -> new CantonProblem(400, "DAML_AUTHORIZATION_ERROR", 8, 3, why.detail(), Map.of());
      case RULE -> new CantonProblem(400, "DAML_FAILURE", 9, 9, why.detail(), why.meta());
      case UNSUPPORTED -> new CantonProblem(501, "UNIMPLEMENTED", 14, 12, why.detail(), Map.of());
      case LEDGER_FAULT -> new CantonProblem(500, "LEDGER_API_INTERNAL_ERROR", 4, 13, why.detail(), Map.of());
    };
  }

  private static Set<Party> parties(Set<String> names) {
    Set<Party> parties = new LinkedHashSet<>();
    names.forEach(name -> parties.add(new Party(name)));
    return parties;
  }

  private static Duration deduplication(JsonNode period) {
    if (period.isMissingNode()) {
      return LONGEST_DEDUPLICATION;
    }
    CantonJson.fields(period, "deduplicationPeriod", "DeduplicationDuration");
    JsonNode value = period.path("DeduplicationDuration").path("value");
    CantonJson.fields(value, "DeduplicationDuration", "seconds", "nanos");
    Duration duration = Duration.ofSeconds(value.path("seconds").asLong(), value.path("nanos").asLong());
    if (duration.compareTo(LONGEST_DEDUPLICATION) > 0) {
      throw new CantonProblem(400, "INVALID_DEDUPLICATION_PERIOD", 9, 9,
          "longer than the participant keeps command ids",
          Map.of("longest_duration", LONGEST_DEDUPLICATION.toString()));
    }
    return duration;
  }
}
