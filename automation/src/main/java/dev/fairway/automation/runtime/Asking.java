package dev.fairway.automation.runtime;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import java.time.Duration;
import java.util.List;

/** Submits in a requester's name, and finds the contract that came of it. */
final class Asking {
  private static final int BATCH = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Ledger ledger;

  Asking(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Submits and waits for it.
   *
   * @throws FairwayException with {@code CONFLICT} and the ledger's words when it refuses, {@code PEER_FAILED} when it did not
   * take it in; sent again under the same command id it is not done twice
   */
  void submit(Party party, String commandId, Command command) {
    switch (ledger.submit(new Submission(commandId, party, List.of(command)))) {
      case SubmitResult.Accepted _ -> {
      }
      case SubmitResult.Rejected why -> throw new FairwayException(ErrorCode.CONFLICT,
          "the ledger refused it: " + why.code() + ": " + why.detail());
      case SubmitResult.Unavailable(_, String why) ->
        throw new FairwayException(ErrorCode.PEER_FAILED, "the ledger did not take it: " + why);
      case SubmitResult.Unknown(String why) -> throw new FairwayException(ErrorCode.PEER_FAILED,
          "nobody knows yet what became of it; send it again under the command id " + commandId + ": " + why);
    }
  }

  /** Makes a contract, and gives it back as the ledger shows it to the party. */
  Contract create(Party party, String commandId, Command.Create create) throws InterruptedException {
    Offset before = ledger.end();
    submit(party, commandId, create);
    return find(party, commandId, create, before);
  }

  /* Sent for the second time, the command is older than this; then it is among what is active. */
  private Contract find(Party party, String commandId, Command.Create create, Offset before)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try (LedgerStream stream = ledger.open(Query.of(party, create.template()), From.after(before))) {
      boolean ours = false;
      while (System.nanoTime() < deadline) {
        List<LedgerEvent> events = stream.read(BATCH, Duration.ofSeconds(1));
        for (LedgerEvent event : events) {
          if (event instanceof LedgerEvent.TransactionBegin begin) {
            ours = begin.commandId().filter(commandId::equals).isPresent();
          } else if (ours && event instanceof LedgerEvent.Created(Contract contract)) {
            return contract;
          }
        }
        if (events.isEmpty() && ledger.end().equals(before)) {
          break;
        }
      }
    }
    return ActiveContracts.read(ledger, Query.of(party, create.template())).stream()
        .filter(contract -> contract.payload().equals(create.payload())).reduce((older, newer) -> newer)
        .orElseThrow(() -> new FairwayException(ErrorCode.CONFLICT,
            "the request was made before and has been answered; list the requests to find it"));
  }
}
