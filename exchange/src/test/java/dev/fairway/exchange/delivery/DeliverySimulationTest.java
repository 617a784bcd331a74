package dev.fairway.exchange.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.channel.ChannelCapabilities.Finality;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.testing.channel.MemoryChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Calls that do not get through, answers that are lost, and processes that die between an effect and its note. Whatever
 * happens, each message that was accepted arrives, once.
 *
 * <p>The seed decides everything: faults, deaths, and how long failed work waits.
 *
 * <p>{@code -Dsimulation.seeds=10000} runs more; a failure names its seed, and {@code -Dsimulation.seed=N} repeats it.
 */
class DeliverySimulationTest {
  private static final int MESSAGES = 3;

  @Test
  void everyAcceptedMessageArrivesOnceWhateverHappens() throws Exception {
    SimPair.everySeed(150, DeliverySimulationTest::open, DeliverySimulationTest::run);
  }

  @Test
  void mediumThatForgetsKeysIsCaught() {
    assertThatThrownBy(() -> SimPair.firstSeeds(200, DeliverySimulationTest::open, (pair, random) -> {
      pair.channels.forEach(MemoryChannel::forgetKeys);
      run(pair, random);
    })).isInstanceOf(AssertionError.class);
  }

  private static SimPair open(long seed) {
    return new SimPair(seed, Finality.IMMEDIATE, false);
  }

  private static void run(SimPair pair, Random random) throws Exception {
    pair.turnBad(random);
    List<MessageRef> refs = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      refs.add(pair.accept());
      pair.step(random);
    }
    for (int i = 0; i < 30; i++) {
      pair.step(random);
    }
    pair.turnFair();
    for (int i = 0; i < 40 && !refs.stream().allMatch(ref -> pair.au.find(ref).state().settled()); i++) {
      pair.clock.advance(Duration.ofMinutes(3));
      pair.au.workers.runAll();
    }
    pair.observe();
    pair.sg.workers.runAll();
    check(pair, refs);
  }

  private static void check(SimPair pair, List<MessageRef> refs) {
    Map<String, List<ChannelMessage>> onMedia = pair.copies();
    for (MessageRef ref : refs) {
      assertThat(pair.au.find(ref).state()).as("the sender's state of " + ref).isEqualTo(MessageState.CONFIRMED);
      assertThat(pair.sg.messages.find(ref)).as("the receiver's copy of " + ref).isPresent();
      assertThat(onMedia.get(ref.senderRef())).as("rows on the media for " + ref).hasSize(1);
      var carriage = pair.au.find(ref).carriage().orElseThrow();
      assertThat(pair.sg.find(ref).carriage()).as("the common handle of " + ref).contains(carriage);
      assertThat(pair.medium(carriage.channel()).find(carriage.id()).flatMap(ChannelMessage::senderRef))
          .contains(ref.senderRef());
    }
  }
}
