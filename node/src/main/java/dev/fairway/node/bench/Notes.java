package dev.fairway.node.bench;

import static dev.fairway.core.ledger.LedgerValue.struct;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Contracts of one party on a ledger that wait to be seen, and what sees them. */
record Notes(Ledger ledger, Party owner) {
  static final TemplateId NOTE = TemplateId.parse("Bench:Note");
  private static final int A_TRANSACTION = 100;
  private static final Duration WAIT = Duration.ofSeconds(30);

  /** Puts so many on the ledger, many in a transaction. */
  void write(int contracts) throws InterruptedException {
    Command note = Command.create(NOTE, struct("owner", LedgerValue.party(owner)));
    long from = System.nanoTime();
    RequestsBench.times((contracts + A_TRANSACTION - 1) / A_TRANSACTION, n -> submit("notes/" + from + "/" + n,
        Collections.nCopies(Math.min(A_TRANSACTION, contracts - n * A_TRANSACTION), note)));
  }

  /** Those there are. */
  List<Contract> waiting() throws InterruptedException {
    List<Contract> found = new ArrayList<>();
    try (LedgerStream stream = ledger.open(Query.of(owner, NOTE), From.snapshot())) {
      while (true) {
        for (LedgerEvent event : stream.read(500, WAIT)) {
          if (event instanceof LedgerEvent.Created(Contract contract)) {
            found.add(contract);
          } else if (event instanceof LedgerEvent.SnapshotEnd) {
            return found;
          }
        }
      }
    }
  }

  /** Sees each with a command of its own, as a bare client does. */
  void see(List<Contract> notes) throws InterruptedException {
    long from = System.nanoTime();
    RequestsBench.times(notes.size(), n -> submit("seen/" + from + "/" + n, List.of(seen(notes.get(n)))));
  }

  static Command seen(Contract note) {
    return Command.exercise(note, "See", struct());
  }

  private void submit(String commandId, List<Command> commands) {
    SubmitResult result = ledger.submit(new Submission(commandId, owner, commands));
    if (!(result instanceof SubmitResult.Accepted)) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the ledger answered " + result);
    }
  }
}
