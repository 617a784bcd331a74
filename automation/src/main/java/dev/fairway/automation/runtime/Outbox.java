package dev.fairway.automation.runtime;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.store.Store;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.RetryPolicy;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkKind;
import dev.fairway.store.JsonCodec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Sends the commands of handlers. Their id is stored with them before the first attempt; after an attempt that ended
 * nobody knows how, the ledger is asked what became of it before anything is sent again, with the same id.
 */
final class Outbox implements WorkHandler<Payloads.Submit> {
  static final WorkKind<Payloads.Submit> SUBMIT = WorkKind
      .of("automation.submit", JsonCodec.of(Payloads.Submit.class)).withConcurrency(256).withRetry(
          new RetryPolicy(1_000, Duration.ofDays(1), Duration.ofSeconds(1), Duration.ofMinutes(5)));

  private static final Duration AWAY = Duration.ofMinutes(1);

  private final Ledgers ledgers;
  private final Function<String, Optional<RunningIntegration>> running;

  /** @param running the integration of that id, while it runs */
  Outbox(Ledgers ledgers, Function<String, Optional<RunningIntegration>> running) {
    this.ledgers = ledgers;
    this.running = running;
  }

  static NewWork<Payloads.Submit> work(Payloads.Submit submit) {
    return NewWork.of(SUBMIT, submit);
  }

  static Submission submission(String commandId, Party party, List<Command> commands) {
    return new Submission(commandId, Set.of(party), Set.of(), commands, Optional.of(commandId),
        Submission.DEDUPLICATION);
  }

  @Override
  public Outcome run(Delivery<Payloads.Submit> delivery) throws Exception {
    Payloads.Submit submit = delivery.payload();
    var party = new Party(submit.party());
    List<Command> commands = submit.read();
    if (delivery.dryRun()) {
      return Outcome.fail("would send " + commands.size() + (commands.size() == 1 ? " command" : " commands") + " as "
          + party + " under " + submit.commandId());
    }
    if (!ledgers.has(submit.ledgerName())) {
      return Outcome.later(AWAY, "this node is no longer connected to the ledger " + submit.ledgerName());
    }
    Ledger ledger = ledgers.find(submit.ledgerName());
    if (delivery.maybeDone()) {
      switch (ledger.outcome(submit.commandId(), Set.of(party), new Offset(submit.since()))) {
        case CommandOutcome.Accepted _ -> {
          return accepted(submit, commands.size());
        }
        case CommandOutcome.Rejected(SubmitResult.Rejected why) -> {
          return rejected(submit, why);
        }
        case CommandOutcome.NotSeen() -> {
        }
      }
    }
    return switch (ledger.submit(submission(submit.commandId(), party, commands))) {
      case SubmitResult.Accepted _ -> accepted(submit, commands.size());
      case SubmitResult.Rejected why -> rejected(submit, why);
      case SubmitResult.Unavailable(Optional<Duration> after, String why) ->
        new Outcome.Retry(after, "ledger unavailable: " + why, Outcome.NOTHING);
      case SubmitResult.Unknown(String why) -> Outcome.unknown(why);
    };
  }

  private Outcome accepted(Payloads.Submit submit, int commands) {
    running.apply(submit.integration()).ifPresent(r -> r.commands().sent(submit.handler(), commands));
    return submit.request().isEmpty()
        ? Outcome.done()
        : Outcome.done(tx -> RequestTables.answered(tx, submit.integration(), submit.request()));
  }

  private Outcome rejected(Payloads.Submit submit, SubmitResult.Rejected why) throws Exception {
    String text = "ledger refused: " + why.code() + ": " + why.detail();
    if (why.reason() == SubmitResult.Reason.CONTRACT_GONE) {
      // Not an error: someone else was faster. For a request it means that its requester took it back.
      Store.Effect effect = submit.request().isEmpty()
          ? Outcome.NOTHING
          : tx -> RequestTables.gone(tx, submit.integration(), submit.request());
      if (!submit.request().isEmpty()) {
        return new Outcome.Gone(text, effect);
      }
    }
    Optional<RunningIntegration> integration = running.apply(submit.integration());
    if (integration.isPresent()) {
      try {
        Optional<Outcome> handled = integration.get().onLedger().rejected(submit, why);
        if (handled.isPresent()) {
          return handled.get();
        }
      } catch (FairwayException e) {
        return new Outcome.Fail(text + "; and what handles that failed: " + e.getMessage(), Outcome.NOTHING);
      }
    }
    if (why.reason() == SubmitResult.Reason.CONTRACT_GONE) {
      return Outcome.gone(text);
    }
    return submit.request().isEmpty()
        ? Outcome.fail(text)
        : new Outcome.Fail(text,
            tx -> RequestTables.quarantined(tx, submit.integration(), submit.request()));
  }
}
