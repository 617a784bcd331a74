package dev.fairway.evm.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.evm.Address;
import dev.fairway.evm.channel.ChannelNode.Participant;
import dev.fairway.testing.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PeersTest {
  private static final Jurisdiction SG = new Jurisdiction("SG");
  private static final Address SOMEBODY = new Address("0x00000000000000000000000000000000000000b0");
  private static final Participant COMPLETE = new Participant(SOMEBODY, Optional.of(SOMEBODY));

  private final TestClock clock = new TestClock();
  private final AtomicInteger asked = new AtomicInteger();

  private Peers peers(Supplier<Optional<Participant>> answer) {
    return new Peers(_ -> {
      asked.incrementAndGet();
      return answer.get();
    }, clock::instant);
  }

  @Test
  void participantIsAskedForAgainWhenItsTimeIsOver() {
    Peers peers = peers(() -> Optional.of(COMPLETE));
    assertThat(peers.find(SG)).contains(COMPLETE);
    clock.advance(Peers.KNOWN_FOR.minusMillis(1));
    assertThat(peers.find(SG)).contains(COMPLETE);
    assertThat(asked).hasValue(1);
    clock.advance(Duration.ofMillis(1));
    assertThat(peers.find(SG)).contains(COMPLETE);
    assertThat(asked).hasValue(2);
  }

  @Test
  void whoIsMissingOrHasNoContractYetIsAskedForEachTime() {
    Peers missing = peers(Optional::empty);
    missing.find(SG);
    missing.find(SG);
    Peers unfinished = peers(() -> Optional.of(new Participant(SOMEBODY, Optional.empty())));
    unfinished.find(SG);
    unfinished.find(SG);
    assertThat(asked).hasValue(4);
  }

  @Test
  void manyAtOnceShareOneAnswer() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    Peers peers = peers(() -> {
      await(answer);
      return Optional.of(COMPLETE);
    });
    for (FutureTask<Optional<Participant>> each : many(peers, answer)) {
      assertThat(each.get()).contains(COMPLETE);
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void manyAtOnceShareOneFailureAndTheNextAsksAgain() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    Peers peers = peers(() -> {
      await(answer);
      throw new FairwayException(ErrorCode.PEER_FAILED, "the node is away");
    });
    for (FutureTask<Optional<Participant>> each : many(peers, answer)) {
      assertThatThrownBy(each::get).rootCause().isInstanceOf(FairwayException.class).hasMessage("the node is away");
    }
    assertThat(asked).hasValue(1);
    assertThatThrownBy(() -> peers.find(SG)).isInstanceOf(FairwayException.class).hasMessage("the node is away");
    assertThat(asked).hasValue(2);
  }

  /** Callers that all wait for an answer before it is given. */
  private static List<FutureTask<Optional<Participant>>> many(Peers peers, CountDownLatch answer) {
    List<FutureTask<Optional<Participant>>> calls = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      FutureTask<Optional<Participant>> call = new FutureTask<>(() -> peers.find(SG));
      calls.add(call);
      threads.add(Thread.ofPlatform().daemon().start(call));
    }
    Awaitility.await().atMost(Duration.ofSeconds(30))
        .until(() -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
    answer.countDown();
    return calls;
  }

  private static void await(CountDownLatch answer) {
    try {
      answer.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
