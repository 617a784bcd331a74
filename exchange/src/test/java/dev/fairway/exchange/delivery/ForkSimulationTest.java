package dev.fairway.exchange.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.channel.ChannelCapabilities.Finality;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.testing.channel.MemoryMedium;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Media whose forks take messages back, before and after they were certain, besides all that {@link DeliverySimulationTest}
 * does. Both nodes tell of every message what is true of it in the end, and one that was lost is sent again, once.
 *
 * <p>{@code -Dsimulation.seeds=10000} runs more; a failure names its seed, and {@code -Dsimulation.seed=N} repeats it.
 */
class ForkSimulationTest {
  private static final int MESSAGES = 3;

  @Test
  void everyStatusIsTrueInTheEndAndALostMessageIsSentAgainOnce() throws Exception {
    SimPair.everySeed(150, ForkSimulationTest::open, (pair, random) -> run(pair, random, false));
  }

  @Test
  void mediumThatSaysLostTooEarlyIsCaught() {
    assertThatThrownBy(
        () -> SimPair.firstSeeds(200, ForkSimulationTest::open, (pair, random) -> run(pair, random, true)))
        .isInstanceOf(AssertionError.class);
  }

  private static SimPair open(long seed) {
    return new SimPair(seed, Finality.PROBABILISTIC, true);
  }

  /** @param hasty whether a medium says that a message is lost although it can still appear */
  private static void run(SimPair pair, Random random, boolean hasty) throws Exception {
    pair.turnBad(random);
    List<MessageRef> refs = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      refs.add(pair.accept());
      pair.step(random);
    }
    for (int i = 0; i < 40; i++) {
      pair.step(random);
      pair.media.forEach(medium -> block(medium, random, hasty));
    }
    pair.turnFair();
    pair.observe();
    for (int i = 0; i < 60 && !refs.stream().allMatch(ref -> pair.au.find(ref).state().settled()); i++) {
      pair.clock.advance(Duration.ofMinutes(3));
      pair.au.workers.runAll();
      pair.media.forEach(medium -> medium.all().stream().filter(shown -> shown.status() == ChannelStatus.RECEIVED)
          .forEach(shown -> medium.change(shown.id(), ChannelStatus.CONFIRMED)));
      pair.observe();
    }
    pair.observe();
    pair.sg.workers.runAll();
    refs.forEach(ref -> check(pair, ref));
  }

  /** A message becomes certain, or a fork takes one. */
  private static void block(MemoryMedium medium, Random random, boolean hasty) {
    List<ChannelMessage> all = medium.all();
    if (all.isEmpty()) {
      return;
    }
    ChannelMessage shown = all.get(Math.max(0, all.size() - 1 - random.nextInt(4)));
    Optional<ChannelStatus> next = switch (shown.status()) {
      case RECEIVED -> random.nextInt(4) == 0
          ? Optional.of(ChannelStatus.UNDELIVERABLE)
          : Optional.of(ChannelStatus.CONFIRMED);
      case CONFIRMED -> random.nextInt(4) == 0 ? Optional.of(ChannelStatus.REVOKED) : Optional.empty();
      default -> hasty ? Optional.of(ChannelStatus.CONFIRMED) : Optional.empty();
    };
    next.ifPresent(status -> medium.change(shown.id(), status));
  }

  private static void check(SimPair pair, MessageRef ref) {
    List<ChannelMessage> copies = pair.copies().getOrDefault(ref.senderRef(), List.of());
    StoredMessage sent = pair.au.find(ref);
    assertThat(copies).as("copies of " + ref).hasSize(sent.sendings()).hasSizeBetween(1, 2);
    List<ChannelMessage> live = copies.stream().filter(copy -> copy.status().certain()).toList();
    assertThat(live).as("copies of " + ref + " that count").hasSizeLessThanOrEqualTo(1);
    StoredMessage.Carriage carriage = sent.carriage().orElseThrow();
    if (live.isEmpty()) {
      assertThat(sent.state()).as("the sender's state of " + ref).isIn(MessageState.REVOKED,
          MessageState.UNDELIVERABLE);
      assertThat(sent.sendings()).as("sendings of " + ref).isEqualTo(2);
      pair.sg.messages.find(ref).flatMap(StoredMessage::carriage)
          .ifPresent(
              here -> assertThat(here.status().lost()).as("the receiver knows that " + ref + " is lost").isTrue());
      return;
    }
    assertThat(sent.state()).as("the sender's state of " + ref).isEqualTo(MessageState.CONFIRMED);
    assertThat(pair.medium(carriage.channel()).find(carriage.id()).orElseThrow().status().certain()).isTrue();
    assertThat(pair.sg.find(ref).carriage()).as("the common handle of " + ref).contains(carriage);
    Set<String> ids = new HashSet<>(copies.stream().map(ChannelMessage::id).toList());
    assertThat(ids).as("ids of " + ref).contains(carriage.id());
  }
}
