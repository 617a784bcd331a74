package dev.fairway.exchange.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.exchange.message.MessageTable;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.message.StoredMessage.Carriage;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.store.TemporaryStore;
import dev.fairway.testing.TestClock;
import dev.fairway.testing.channel.MemoryChannel;
import dev.fairway.testing.channel.MemoryMedium;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A message its sender sent again over a second channel, while the receiver reads each channel in its own time. */
class CopiesTest {
  static final Jurisdiction AU = new Jurisdiction("AU");
  private static final Jurisdiction SG = new Jurisdiction("SG");
  private static final Set<Jurisdiction> BOTH = Set.of(AU, SG);
  private static final MessageRef REF = new MessageRef(SG, "r1");
  private static final Carriage FIRST = new Carriage("first", "1", ChannelStatus.CONFIRMED);
  private static final Carriage SECOND = new Carriage("second", "1", ChannelStatus.CONFIRMED);

  final TestClock clock = new TestClock();
  final MemoryMedium first = new MemoryMedium(clock);
  final MemoryMedium second = new MemoryMedium(clock);
  private TemporaryStore home;
  SimNode au;

  TemporaryStore open() {
    return TemporaryStore.unsynced(clock, "exchange");
  }

  @BeforeEach
  void arriveTwice() {
    home = open();
    au = new SimNode(home.store(), AU, clock, List.of(Rule.to("all", Match.ANY, List.of("first"))),
        List.of(port("first", first), port("second", second)), new Random());
    post(first);
    post(second);
    read("first");
    read("second");
  }

  static ChannelPort port(String id, MemoryMedium medium) {
    return new ChannelPort(id, new MemoryChannel(medium, AU, BOTH), BOTH, ChannelPort.Uncertain.HOLD, false);
  }

  private static void post(MemoryMedium medium) {
    new MemoryChannel(medium, SG, BOTH)
        .post(new Envelope(new Message(SG, AU, "subject", "a.b.c", "d.e.f"), Optional.of("r1"), "key"));
  }

  void read(String channel) {
    Objects.requireNonNull(au.observers.get(channel)).runOnce();
  }

  private void change(MemoryMedium medium, String channel, ChannelStatus status) {
    medium.change("1", status);
    read(channel);
  }

  Optional<Carriage> carriage() {
    return au.find(REF).carriage();
  }

  private List<MessageTable.Step> steps() {
    return au.messages.journey(REF).orElseThrow().steps();
  }

  @AfterEach
  void stop() {
    au.close();
    home.close();
  }

  @Test
  void itIsOneMessageAndTheFirstToArriveCounts() {
    assertThat(carriage()).contains(FIRST);
    assertThat(au.messages.list(MessageTable.Filter.ALL, Optional.empty(), 10).messages()).hasSize(1);
  }

  @Test
  void itIsCountedOnceAndForTheChannelThatCounts() {
    Messages.Traffic arrived = new Messages.Traffic("first", 0, 1, REF, au.find(REF).createdAt());
    assertThat(au.messages.traffic(10)).containsExactly(arrived);
    change(first, "first", ChannelStatus.FALSE_ALARM);
    assertThat(au.messages.traffic(10)).extracting(Messages.Traffic::channel).containsExactly("second");
  }

  @Test
  void lossToldAfterTheCopyArrivedLeavesTheMessageHere() {
    change(first, "first", ChannelStatus.FALSE_ALARM);
    assertThat(carriage()).contains(SECOND);
    assertThat(au.store.journal().about(REF.toString(), 10)).extracting(event -> event.type()).containsExactly(
        "exchange.message.received", "exchange.message.revoked", "exchange.message.confirmed");
  }

  @Test
  void messageIsLostWhenAllItsCopiesAre() {
    change(second, "second", ChannelStatus.FALSE_ALARM);
    change(first, "first", ChannelStatus.FALSE_ALARM);
    assertThat(carriage().map(Carriage::status)).contains(ChannelStatus.FALSE_ALARM);
  }

  @Test
  void copyThatComesBackIsTakenForTheOneThatWasLost() {
    change(first, "first", ChannelStatus.FALSE_ALARM);
    change(second, "second", ChannelStatus.FALSE_ALARM);
    change(first, "first", ChannelStatus.CONFIRMED);
    assertThat(carriage()).contains(FIRST);
  }

  @Test
  void copyShownAgainIsNotedOnce() {
    int steps = steps().size();
    change(second, "second", ChannelStatus.CONFIRMED);
    assertThat(steps()).hasSize(steps);
  }
}
