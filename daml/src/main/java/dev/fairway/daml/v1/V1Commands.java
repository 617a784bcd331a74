package dev.fairway.daml.v1;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Submission;
import dev.fairway.daml.CommandTypes;
import dev.fairway.daml.PackageCache;
import dev.fairway.daml.wire.v1.Command;
import dev.fairway.daml.wire.v1.Commands;
import dev.fairway.daml.wire.v1.CreateAndExerciseCommand;
import dev.fairway.daml.wire.v1.CreateCommand;
import dev.fairway.daml.wire.v1.ExerciseByKeyCommand;
import dev.fairway.daml.wire.v1.ExerciseCommand;
import java.time.Duration;

/** Submissions in the words of the API. */
final class V1Commands {
  private final PackageCache packages;
  private final CommandTypes types;
  private final String applicationId;

  /**
   * @param packages finds what a template's name means, and of which types its values are
   * @param applicationId the ledger recognises a resend only of the same application
   */
  V1Commands(PackageCache packages, String applicationId) {
    this.packages = packages;
    this.types = new CommandTypes(packages);
    this.applicationId = applicationId;
  }

  /**
   * @throws FairwayException with {@code INVALID} when a template is not known or a value is of the wrong type
   * @throws ArithmeticException when a date or timestamp is out of range
   */
  Commands toWire(Submission submission, String ledgerId, Duration deduplication) {
    Commands.Builder commands = Commands.newBuilder().setLedgerId(ledgerId).setApplicationId(applicationId)
        .setCommandId(submission.commandId()).addAllActAs(submission.actAs().stream().map(Party::name).toList())
        .addAllReadAs(submission.readAs().stream().map(Party::name).toList())
        .setDeduplicationTime(toWire(deduplication));
    submission.workflowId().ifPresent(commands::setWorkflowId);
    submission.commands().forEach(command -> commands.addCommands(toWire(command)));
    return commands.build();
  }

  private static com.google.protobuf.Duration toWire(Duration duration) {
    return com.google.protobuf.Duration.newBuilder().setSeconds(duration.toSeconds()).setNanos(duration.toNanosPart())
        .build();
  }

  private Command toWire(dev.fairway.core.ledger.Command command) {
    var template = V1Values.toWire(packages.resolve(command.template()).orElseThrow(
        () -> new FairwayException(ErrorCode.INVALID,
            command.template() + " is in no package of the ledger, or in several: name the package")));
    // The ledger would say of which type a wrong value is, but not where it stands.
    types.check(command);
    Command.Builder wire = Command.newBuilder();
    switch (command) {
      case dev.fairway.core.ledger.Command.Create create -> wire.setCreate(CreateCommand.newBuilder()
          .setTemplateId(template).setCreateArguments(V1Values.toWire(create.payload())));
      case dev.fairway.core.ledger.Command.Exercise exercise -> wire.setExercise(ExerciseCommand.newBuilder()
          .setTemplateId(template).setContractId(exercise.contract().value()).setChoice(exercise.choice())
          .setChoiceArgument(V1Values.toWire(exercise.argument())));
      case dev.fairway.core.ledger.Command.ExerciseByKey exercise -> wire.setExerciseByKey(
          ExerciseByKeyCommand.newBuilder().setTemplateId(template).setContractKey(V1Values.toWire(exercise.key()))
              .setChoice(exercise.choice()).setChoiceArgument(V1Values.toWire(exercise.argument())));
      case dev.fairway.core.ledger.Command.CreateAndExercise both -> wire.setCreateAndExercise(
          CreateAndExerciseCommand.newBuilder().setTemplateId(template)
              .setCreateArguments(V1Values.toWire(both.payload())).setChoice(both.choice())
              .setChoiceArgument(V1Values.toWire(both.argument())));
    }
    return wire.build();
  }
}
