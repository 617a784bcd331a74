package dev.fairway.system.request;

import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A ledger far away: some submissions do not get through, of others the answer is lost.
 *
 * @param faults what happens to the next submissions, one each; then nothing bad
 * @param reached how many submissions came through
 */
record FaultyLedger(Ledger to, ConcurrentLinkedQueue<Fault> faults, AtomicInteger reached) implements Ledger {
  /** What happens to a submission. */
  enum Fault {
    DOWN, ANSWER_LOST
  }

  @Override
  public SubmitResult submit(Submission submission) {
    Fault fault = faults.poll();
    if (fault == Fault.DOWN) {
      return new SubmitResult.Unavailable(Optional.of(Duration.ofMillis(10)), "down");
    }
    reached.incrementAndGet();
    SubmitResult result = to.submit(submission);
    return fault == null ? result : new SubmitResult.Unknown("the answer was lost");
  }

  @Override
  public String id() {
    return to.id();
  }

  @Override
  public LedgerStream open(Query query, From from) {
    return to.open(query, from);
  }

  @Override
  public boolean looksBack() {
    return to.looksBack();
  }

  @Override
  public CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
    return to.outcome(commandId, actAs, since);
  }

  @Override
  public Offset end() {
    return to.end();
  }

  @Override
  public List<Party> parties() {
    return to.parties();
  }

  @Override
  public Party allocate(String hint) {
    return to.allocate(hint);
  }

  @Override
  public List<LedgerPackage> packages() {
    return to.packages();
  }

  @Override
  public void upload(byte[] archive) {
    to.upload(archive);
  }

  @Override
  public void close() {
    to.close();
  }
}
