package dev.fairway.daml.v2;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.daml.CommandTypes;
import dev.fairway.daml.PackageCache;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Submissions in the words of the API. */
final class V2Commands {
  private final PackageCache packages;
  private final String userId;
  private final CommandTypes types;

  /**
   * @param packages finds what a template's name means, and of which types its values are
   * @param userId the user commands are sent as
   */
  V2Commands(PackageCache packages, String userId) {
    this.packages = packages;
    this.userId = userId;
    this.types = new CommandTypes(packages);
  }

  /** @throws FairwayException with {@code INVALID} when a template is not known or a value is of the wrong type */
  Map<String, Object> toWire(Submission submission) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("commands", submission.commands().stream().map(this::toWire).toList());
    request.put("commandId", submission.commandId());
    request.put("submissionId", UUID.randomUUID().toString());
    request.put("userId", userId);
    request.put("actAs", submission.actAs().stream().map(Party::name).toList());
    request.put("readAs", submission.readAs().stream().map(Party::name).toList());
    submission.workflowId().ifPresent(id -> request.put("workflowId", id));
    request.put("deduplicationPeriod",
        Map.of("DeduplicationDuration", Map.of("value", Map.of("seconds", submission.deduplication().toSeconds(),
            "nanos", submission.deduplication().toNanosPart()))));
    return request;
  }

  private Object toWire(Command command) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("templateId", template(command.template()));
    // JSON does not say of which type a value is, so a wrong one might be taken for another.
    types.check(command);
    return switch (command) {
      case Command.Create create -> {
        json.put("createArguments", LedgerJson.tree(create.payload()));
        yield Map.of("CreateCommand", json);
      }
      case Command.Exercise exercise -> {
        json.put("contractId", exercise.contract().value());
        json.put("choice", exercise.choice());
        json.put("choiceArgument", LedgerJson.tree(exercise.argument()));
        yield Map.of("ExerciseCommand", json);
      }
      case Command.ExerciseByKey exercise -> {
        json.put("contractKey", LedgerJson.tree(exercise.key()));
        json.put("choice", exercise.choice());
        json.put("choiceArgument", LedgerJson.tree(exercise.argument()));
        yield Map.of("ExerciseByKeyCommand", json);
      }
      case Command.CreateAndExercise both -> {
        json.put("createArguments", LedgerJson.tree(both.payload()));
        json.put("choice", both.choice());
        json.put("choiceArgument", LedgerJson.tree(both.argument()));
        yield Map.of("CreateAndExerciseCommand", json);
      }
    };
  }

  /** A package's name is for the participant to look up; it knows which version is in force. */
  private String template(TemplateId template) {
    return template.pkg().isPresent()
        ? template.toString()
        : packages.resolve(template).orElseThrow(() -> new FairwayException(ErrorCode.INVALID,
            template + " is in no package of the ledger, or in several: name the package")).toString();
  }
}
