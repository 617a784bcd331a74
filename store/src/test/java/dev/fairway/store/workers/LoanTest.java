package dev.fairway.store.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.work.WorkId;
import dev.fairway.core.work.WorkQueue.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On this thread as on that of a row, which goes on with the next piece. */
class LoanTest {
  private final Loan loan = new Loan(
      new Lease(new WorkId(new UUID(0, 1)), 1, "test.note", Optional.empty(), new byte[0],
          1, Optional.empty(), Instant.EPOCH, Instant.EPOCH),
      Duration.ofSeconds(30), Thread.currentThread());

  @AfterEach
  void clear() {
    var _ = Thread.interrupted();
  }

  @Test
  void anInterruptReachesWhatRuns() {
    assertThat(loan.begins()).isTrue();
    loan.interrupt();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void anInterruptThatCameAtItsEndSparesTheNext() {
    loan.begins();
    loan.interrupt();
    loan.ends();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void anInterruptAfterItsEndSparesTheNext() {
    loan.begins();
    loan.ends();
    loan.interrupt();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void whatIsLostBeforeItsTurnNeverBegins() {
    assertThat(loan.isLostBefore()).isTrue();
    assertThat(loan.begins()).isFalse();
  }

  @Test
  void whatHasBegunIsNotLostBefore() {
    loan.begins();
    assertThat(loan.isLostBefore()).isFalse();
  }
}
