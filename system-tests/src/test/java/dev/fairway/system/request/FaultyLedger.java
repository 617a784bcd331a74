package dev.fairway.system.request;

import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.testing.ledger.ForwardingLedger;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A ledger far away: some submissions do not get through, of others the answer is lost.
 *
 * @param faults what happens to the next submissions, one each; then nothing bad
 * @param reached how many submissions came through
 */
record FaultyLedger(Ledger to, ConcurrentLinkedQueue<Fault> faults, AtomicInteger reached) implements ForwardingLedger {
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
}
