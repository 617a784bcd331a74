package dev.fairway.automation.runtime;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.testing.ledger.ForwardingLedger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A ledger with trouble on the way to it, as a test orders; otherwise the one behind it. */
final class TroubledLedger implements ForwardingLedger {
  private final Ledger to;
  private final Queue<SubmitResult> answers = new ConcurrentLinkedQueue<>();
  private final List<String> submitted = new CopyOnWriteArrayList<>();
  private final AtomicInteger lookUps = new AtomicInteger();
  private final AtomicInteger opened = new AtomicInteger();
  private volatile boolean losingAnswers;
  private volatile boolean down;
  private volatile int cut;
  private volatile int pruned;

  TroubledLedger(Ledger to) {
    this.to = to;
  }

  @Override
  public Ledger to() {
    return to;
  }

  /** The next submission is answered so, and does not reach the ledger. */
  void answerNext(SubmitResult answer) {
    answers.add(answer);
  }

  /** The next submission reaches the ledger, and its answer gets lost. */
  void loseNextAnswer() {
    losingAnswers = true;
  }

  /** Nothing of it can be reached, or again all of it. */
  void down(boolean isDown) {
    down = isDown;
    cutStreams();
  }

  /** Every stream that is open ends with an error. */
  void cutStreams() {
    cut = opened.get();
  }

  /** Every stream that is open is told that what it should read next is no longer kept. */
  void prune() {
    pruned = opened.get();
  }

  /** The command id of each submission. */
  List<String> submitted() {
    return List.copyOf(submitted);
  }

  int lookUps() {
    return lookUps.get();
  }

  int opened() {
    return opened.get();
  }

  private void reach() {
    if (down) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the ledger cannot be reached");
    }
  }

  @Override
  public String id() {
    reach();
    return to.id();
  }

  @Override
  public LedgerStream open(Query query, From from) {
    reach();
    LedgerStream stream = to.open(query, from);
    int number = opened.incrementAndGet();
    return new LedgerStream() {
      private boolean told;

      @Override
      public List<LedgerEvent> read(int limit, Duration wait) throws InterruptedException {
        if (number <= cut) {
          throw new FairwayException(ErrorCode.PEER_FAILED, "the stream was cut");
        }
        if (number <= pruned && !told) {
          told = true;
          return List.of(new LedgerEvent.Pruned(Optional.of(to.end())));
        }
        return stream.read(limit, wait);
      }

      @Override
      public void close() {
        stream.close();
      }
    };
  }

  @Override
  public SubmitResult submit(Submission submission) {
    submitted.add(submission.commandId());
    SubmitResult answer = answers.poll();
    if (answer != null) {
      return answer;
    }
    SubmitResult real = to.submit(submission);
    if (losingAnswers) {
      losingAnswers = false;
      return new SubmitResult.Unknown("the answer got lost");
    }
    return real;
  }

  @Override
  public CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
    lookUps.incrementAndGet();
    return to.outcome(commandId, actAs, since);
  }

  @Override
  public Offset end() {
    reach();
    return to.end();
  }

  @Override
  public List<LedgerPackage> packages() {
    reach();
    return to.packages();
  }
}
