package dev.fairway.websub.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CallbackGateTest {
  private static final Duration QUICK = Duration.ofMillis(5);

  private final CallbackGate gate = new CallbackGate();
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");

  private int enterAll() {
    int entered = 0;
    while (gate.enter(now) instanceof CallbackGate.Entry.Open) {
      entered++;
    }
    return entered;
  }

  private void leave(int calls, boolean success, Duration took) {
    for (int i = 0; i < calls; i++) {
      gate.leave(success, took, now);
    }
  }

  @Test
  void healthyCallbackGetsMoreAndMoreUpToABound() {
    assertThat(enterAll()).isEqualTo(CallbackGate.FIRST_WINDOW);
    leave(8, true, QUICK);
    assertThat(enterAll()).isEqualTo(16);
    leave(16, true, QUICK);
    assertThat(enterAll()).isEqualTo(CallbackGate.MAX_WINDOW);
  }

  @Test
  void slowCallbackSoonHoldsOneWorkerOnly() {
    leave(enterAll(), true, Duration.ofSeconds(5));
    assertThat(enterAll()).isEqualTo(1);
  }

  @Test
  void failingCallbackIsPausedThenTriedByOneCallAndPausedTwiceAsLong() {
    leave(enterAll(), false, QUICK);
    assertThat(gate.enter(now)).isInstanceOf(CallbackGate.Entry.Paused.class);
    now = now.plus(CallbackGate.FIRST_PAUSE);
    assertThat(enterAll()).isEqualTo(1);
    leave(1, false, QUICK);
    now = now.plus(CallbackGate.FIRST_PAUSE.multipliedBy(2)).minusMillis(1);
    assertThat(gate.enter(now)).isInstanceOf(CallbackGate.Entry.Paused.class);
    now = now.plusMillis(1);
    assertThat(enterAll()).isEqualTo(1);
    leave(1, true, QUICK);
    assertThat(enterAll()).isGreaterThan(1);
  }

  @Test
  void pauseIsBounded() {
    leave(enterAll(), false, QUICK);
    for (int i = 0; i < 30; i++) {
      now = now.plus(CallbackGate.LONGEST_PAUSE);
      assertThat(enterAll()).isEqualTo(1);
      leave(1, false, QUICK);
    }
  }

  @Test
  void whoeverFindsItFullIsSpreadOut() {
    int entered = enterAll();
    Duration first = ((CallbackGate.Entry.Full) gate.enter(now)).comeBack();
    Duration second = ((CallbackGate.Entry.Full) gate.enter(now)).comeBack();
    assertThat(entered).isPositive();
    assertThat(second).isGreaterThan(first);
    assertThat(first).isBetween(Duration.ofMillis(200), Duration.ofMillis(250));
  }

  @Test
  void whoeverFindsAnAnsweringCallbackFullWaitsForTheNextTurn() throws Exception {
    leave(enterAll(), true, QUICK);
    int entered = enterAll();
    CompletableFuture<CallbackGate.Entry> waiting = new CompletableFuture<>();
    Thread visitor = Thread.ofVirtual().start(() -> {
      try {
        waiting.complete(gate.enter(() -> now));
      } catch (InterruptedException e) {
        waiting.completeExceptionally(e);
      }
    });
    await().until(() -> visitor.getState() == Thread.State.TIMED_WAITING);
    leave(1, true, QUICK);
    visitor.join();
    assertThat(entered).isPositive();
    assertThat(waiting.join()).isInstanceOf(CallbackGate.Entry.Open.class);
  }

  @Test
  void nobodyWaitsForACallbackThatDoesNotAnswer() throws Exception {
    leave(enterAll(), true, QUICK);
    now = now.plusSeconds(1);
    int entered = enterAll();
    assertThat(gate.enter(() -> now)).isInstanceOf(CallbackGate.Entry.Full.class);
    assertThat(entered).isPositive();
  }

  @Test
  void idleOnlyWhenNothingWouldBeForgotten() {
    assertThat(gate.idle(now)).isTrue();
    leave(enterAll(), false, QUICK);
    now = now.plus(Duration.ofDays(1));
    assertThat(gate.idle(now)).isFalse();
  }
}
