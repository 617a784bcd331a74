package dev.fairway.automation.runtime;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What becomes of the commands of a webhook: the ledger has taken them before the caller is answered, or they are stored to
 * be sent after that. Safe for many threads.
 */
final class WebhookCommands {
  private final RunningIntegration.Shared shared;

  WebhookCommands(RunningIntegration.Shared shared) {
    this.shared = shared;
  }

  /** Sends them as the webhook was registered; what the caller is to be told instead of the answer, if they were not taken. */
  Optional<CodedRefusal> send(RunningIntegration integration, Registrations.OnCall hook, List<Command> commands) {
    if (commands.isEmpty()) {
      return Optional.empty();
    }
    return hook.answerFirst() ? later(integration, hook, commands) : now(integration, hook, commands);
  }

  private Optional<CodedRefusal> later(RunningIntegration integration, Registrations.OnCall hook,
      List<Command> commands) {
    String purpose = UUID.randomUUID().toString();
    shared.store().run(tx -> integration.commands().send(tx, "webhook", commands, purpose));
    hook.counters().commanded(commands.size());
    return Optional.empty();
  }

  /* Ledger first: nothing is stored, because whoever calls learns what became of it and can call again. */
  private Optional<CodedRefusal> now(RunningIntegration integration, Registrations.OnCall hook,
      List<Command> commands) {
    String commandId = integration.commands().commandId("webhook", UUID.randomUUID().toString());
    Submission submission = Outbox.submission(commandId, integration.party(),
        integration.commands().qualified(commands));
    Offset before;
    try {
      before = integration.ledger().end();
    } catch (FairwayException e) {
      return Optional
          .of(new CodedRefusal(502, "ledger_unavailable", "the ledger cannot be reached", Optional.of(commandId)));
    }
    return switch (integration.ledger().submit(submission)) {
      case SubmitResult.Accepted _ -> {
        hook.counters().commanded(commands.size());
        yield Optional.empty();
      }
      case SubmitResult.Rejected why -> {
        hook.counters().failed(why.code() + ": " + why.detail(), shared.clock().instant());
        yield Optional.of(new CodedRefusal(409, why.code(), why.detail(), Optional.of(commandId)));
      }
      case SubmitResult.Unavailable(_, String why) -> {
        hook.counters().failed(why, shared.clock().instant());
        yield Optional.of(new CodedRefusal(502, "ledger_unavailable", "the ledger did not take the commands",
            Optional.of(commandId)));
      }
      case SubmitResult.Unknown(String why) -> lookedUp(integration, hook, commands, commandId, before, why);
    };
  }

  private Optional<CodedRefusal> lookedUp(RunningIntegration integration, Registrations.OnCall hook,
      List<Command> commands,
      String commandId, Offset before, String why) {
    try {
      if (integration.ledger().outcome(commandId, Set.of(integration.party()),
          before) instanceof CommandOutcome.Accepted) {
        hook.counters().commanded(commands.size());
        return Optional.empty();
      }
    } catch (FairwayException e) {
      // told below
    }
    hook.counters().failed(why, shared.clock().instant());
    return Optional.of(new CodedRefusal(502, "ledger_outcome_unknown",
        "the ledger did not say what became of the commands", Optional.of(commandId)));
  }
}
