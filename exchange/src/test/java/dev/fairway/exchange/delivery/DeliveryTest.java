package dev.fairway.exchange.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.channel.ChannelCapabilities;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.MessageTable;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.testing.TestClock;
import dev.fairway.testing.channel.MemoryChannel;
import dev.fairway.testing.channel.MemoryChannel.Fault;
import dev.fairway.testing.channel.MemoryMedium;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryTest {
  private static final Jurisdiction AU = new Jurisdiction("AU");
  private static final Jurisdiction SG = new Jurisdiction("SG");
  private static final Jurisdiction NZ = new Jurisdiction("NZ");
  private static final Set<Jurisdiction> ALL = Set.of(AU, SG, NZ);
  private static final ChannelCapabilities OLD = new ChannelCapabilities(false, false, true,
      ChannelCapabilities.Finality.IMMEDIATE, 64_000);
  private static final ChannelCapabilities CHAIN = new ChannelCapabilities(true, true, true,
      ChannelCapabilities.Finality.PROBABILISTIC, 64_000);

  @TempDir
  Path folder;
  private final TestClock clock = new TestClock();
  private final MemoryMedium firstMedium = new MemoryMedium(clock);
  private final MemoryMedium secondMedium = new MemoryMedium(clock);
  private MemoryChannel first = new MemoryChannel(firstMedium, AU, ALL);
  private final MemoryChannel second = new MemoryChannel(secondMedium, AU, ALL);
  private Rule rule = Rule.to("all", Match.ANY, List.of("first", "second"))
      .withRetry(new Rule.Retry(5, Duration.ofHours(1)));
  private SimNode au;

  @BeforeEach
  void start() {
    open();
  }

  private void open() {
    au = new SimNode(folder, AU, clock, List.of(rule),
        List.of(new ChannelPort("first", first, ALL, ChannelPort.Uncertain.HOLD, false),
            new ChannelPort("second", second, ALL, ChannelPort.Uncertain.HOLD, false)));
  }

  private void reopen(MemoryChannel channel, Rule with) {
    au.close();
    first = channel;
    rule = with;
    open();
  }

  @AfterEach
  void stop() {
    au.close();
  }

  private static Message message(Jurisdiction sender, Jurisdiction receiver) {
    return new Message(sender, receiver, "subject", "a.b.c", "d.e.f");
  }

  private MessageRef accepted(String ref) {
    return au.accept(message(AU, SG), ref);
  }

  /** Lets work fall due until nothing more happens for an hour, or the hours are over. */
  private void run(Duration time) {
    for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plusSeconds(30)) {
      au.workers.runAll();
      clock.advance(Duration.ofSeconds(30));
    }
  }

  @Test
  void messageIsConfirmedAtOnceWhereTheMediumIsCertain() {
    MessageRef ref = accepted("r1");
    au.workers.runAll();
    StoredMessage message = au.find(ref);
    assertThat(message.state()).isEqualTo(MessageState.CONFIRMED);
    assertThat(message.carriage()).contains(new StoredMessage.Carriage("first", "1", ChannelStatus.CONFIRMED));
    assertThat(au.store.journal().about(ref.toString(), 10)).extracting(event -> event.type()).containsExactly(
        "exchange.message.accepted", "exchange.message.sent", "exchange.message.confirmed");
  }

  @Test
  void deadChannelIsLeftForTheNextAndNothingIsSentTwice() {
    first.weather(() -> Fault.DOWN);
    for (int i = 0; i < 20; i++) {
      accepted("r" + i);
    }
    run(Duration.ofMinutes(30));
    first.weather(() -> Fault.NONE);
    run(Duration.ofHours(2));
    assertThat(firstMedium.all()).isEmpty();
    assertThat(secondMedium.all()).hasSize(20);
    assertThat(au.messages.list(MessageTable.Filter.ALL, Optional.empty(), 50).messages())
        .allMatch(message -> message.state() == MessageState.CONFIRMED);
  }

  @Test
  void channelThatFailsRepeatedlyIsNotWaitedForByLaterMessages() {
    first.weather(() -> Fault.DOWN);
    accepted("r1");
    accepted("r2");
    accepted("r3");
    au.workers.runAll();
    MessageRef later = accepted("r4");
    au.workers.runAll();
    assertThat(au.find(later).carriage()).map(StoredMessage.Carriage::channel).contains("second");
  }

  @Test
  void lostAnswerIsLookedUpAndTheMessageIsNotSentAgain() {
    Queue<Fault> faults = new ArrayDeque<>(List.of(Fault.ANSWER_LOST));
    first.weather(() -> faults.isEmpty() ? Fault.NONE : faults.remove());
    MessageRef ref = accepted("r1");
    au.workers.runAll();
    assertThat(au.find(ref).state()).isEqualTo(MessageState.UNCERTAIN);
    run(Duration.ofMinutes(2));
    assertThat(au.find(ref).state()).isEqualTo(MessageState.CONFIRMED);
    assertThat(firstMedium.all()).hasSize(1);
    assertThat(secondMedium.all()).isEmpty();
  }

  @Test
  void messageThatMayBeOnAChannelGoesToNoOther() {
    Queue<Fault> faults = new ArrayDeque<>(List.of(Fault.ANSWER_LOST));
    first.weather(() -> faults.isEmpty() ? Fault.DOWN : faults.remove());
    MessageRef ref = accepted("r1");
    run(Duration.ofHours(3));
    assertThat(au.find(ref).state()).isEqualTo(MessageState.UNCERTAIN);
    assertThat(secondMedium.all()).isEmpty();
    first.weather(() -> Fault.NONE);
    run(Duration.ofMinutes(10));
    assertThat(au.find(ref).state()).isEqualTo(MessageState.CONFIRMED);
    assertThat(firstMedium.all()).hasSize(1);
  }

  @Test
  void channelThatKnowsNoKeysHoldsAMessageWhoseAnswerWasLost() {
    reopen(new MemoryChannel(firstMedium, AU, ALL, OLD), rule);
    Queue<Fault> faults = new ArrayDeque<>(List.of(Fault.ANSWER_LOST));
    first.weather(() -> faults.isEmpty() ? Fault.NONE : faults.remove());
    MessageRef ref = accepted("r1");
    run(Duration.ofMinutes(10));
    assertThat(au.find(ref).state()).isEqualTo(MessageState.UNCERTAIN);
    assertThat(au.messages.journey(ref).orElseThrow().steps()).last()
        .satisfies(step -> assertThat(step.detail()).contains("set aside"));
    assertThat(firstMedium.all()).hasSize(1);
    assertThat(secondMedium.all()).isEmpty();
  }

  @Test
  void processThatDiesAfterPostingDoesNotPostAgain() throws Exception {
    MessageRef ref = accepted("r1");
    au.workers.runOnce();
    assertThat(au.find(ref).state()).isEqualTo(MessageState.SENDING);
    assertThat(au.die()).isTrue();
    assertThat(firstMedium.all()).hasSize(1);
    run(Duration.ofMinutes(5));
    assertThat(au.find(ref).state()).isEqualTo(MessageState.CONFIRMED);
    assertThat(firstMedium.all()).hasSize(1);
  }

  @Test
  void messageRefusedByEveryChannelIsRejected() {
    reopen(new MemoryChannel(firstMedium, AU, Set.of(AU, NZ)), Rule.to("all", Match.ANY, List.of("first")));
    MessageRef ref = accepted("r1");
    au.workers.runAll();
    assertThat(au.find(ref).state()).isEqualTo(MessageState.REFUSED);
    assertThat(au.find(ref).status().wire()).isEqualTo("rejected");
  }

  @Test
  void messageNoChannelCanBeReachedForIsRejectedInTheEnd() {
    first.weather(() -> Fault.DOWN);
    second.weather(() -> Fault.DOWN);
    MessageRef ref = accepted("r1");
    run(Duration.ofHours(4));
    assertThat(au.find(ref).state()).isEqualTo(MessageState.EXPIRED);
  }

  @Test
  void messageWaitsWhileItsChannelsAreInMaintenance() {
    au.ports.all().forEach(port -> port.maintenance(Optional.of("moving house")));
    MessageRef ref = accepted("r1");
    run(Duration.ofMinutes(5));
    assertThat(au.find(ref).state()).isEqualTo(MessageState.QUEUED);
    au.ports.all().forEach(port -> port.maintenance(Optional.empty()));
    run(Duration.ofMinutes(5));
    assertThat(au.find(ref).state()).isEqualTo(MessageState.CONFIRMED);
  }

  @Test
  void messageIsFollowedUntilAChainIsCertainAndForAWhileAfter() {
    reopen(new MemoryChannel(firstMedium, AU, ALL, CHAIN), rule);
    MessageRef ref = accepted("r1");
    au.workers.runAll();
    assertThat(au.find(ref).state()).isEqualTo(MessageState.SENT);
    firstMedium.change("1", ChannelStatus.CONFIRMED);
    run(Duration.ofMinutes(2));
    assertThat(au.find(ref).state()).isEqualTo(MessageState.CONFIRMED);
    firstMedium.change("1", ChannelStatus.REVOKED);
    run(Duration.ofMinutes(30));
    assertThat(au.find(ref).state()).isEqualTo(MessageState.REVOKED);
  }

  @Test
  void messageAnEndpointGivesUpIsUndeliverable() {
    reopen(new MemoryChannel(firstMedium, AU, ALL, CHAIN), rule);
    MessageRef ref = accepted("r1");
    au.workers.runAll();
    firstMedium.change("1", ChannelStatus.UNDELIVERABLE);
    run(Duration.ofMinutes(2));
    assertThat(au.find(ref).state()).isEqualTo(MessageState.UNDELIVERABLE);
    assertThat(au.find(ref).status().wire()).isEqualTo("rejected");
  }

  @Test
  void lossIsLearntByObservationToo() {
    MessageRef ref = accepted("r1");
    au.workers.runAll();
    firstMedium.change("1", ChannelStatus.REVOKED);
    Objects.requireNonNull(au.observers.get("first")).runOnce();
    assertThat(au.find(ref).state()).isEqualTo(MessageState.REVOKED);
  }

  private List<StoredMessage> received() {
    return au.messages.list(MessageTable.Filter.ALL, Optional.empty(), 100).messages();
  }

  private void shown(Jurisdiction sender, Jurisdiction receiver, String ref) {
    new MemoryChannel(firstMedium, sender, Set.of(AU, SG, NZ, new Jurisdiction("FR")))
        .post(new Envelope(message(sender, receiver), Optional.of(ref), sender + ":" + ref));
  }

  @Test
  void messageIsTakenInOnceHoweverOftenItIsShown() {
    shown(SG, AU, "r1");
    Objects.requireNonNull(au.observers.get("first")).runOnce();
    firstMedium.change("1", ChannelStatus.RECEIVED);
    firstMedium.change("1", ChannelStatus.CONFIRMED);
    Objects.requireNonNull(au.observers.get("first")).runOnce();
    au.store.run(tx -> tx.enqueue(dev.fairway.core.work.NewWork.of(Works.RETRIEVE, new Works.Notice("first", "1"))));
    au.workers.runAll();
    assertThat(received()).singleElement().satisfies(message -> {
      assertThat(message.ref()).isEqualTo(new MessageRef(SG, "r1"));
      assertThat(message.state()).isEqualTo(MessageState.RECEIVED);
    });
  }

  @Test
  void uncertainMessageWaitsAndAFalseAlarmLeavesNothing() {
    shown(SG, AU, "r1");
    firstMedium.change("1", ChannelStatus.OBSERVED);
    firstMedium.change("1", ChannelStatus.FALSE_ALARM);
    MemoryMedium uncertain = new MemoryMedium(clock);
    new MemoryChannel(uncertain, SG, ALL, CHAIN).post(new Envelope(message(SG, AU), Optional.of("r2"), "k"));
    reopen(new MemoryChannel(uncertain, AU, ALL, CHAIN), rule);
    Objects.requireNonNull(au.observers.get("first")).runOnce();
    assertThat(received()).isEmpty();
    uncertain.change("1", ChannelStatus.CONFIRMED);
    Objects.requireNonNull(au.observers.get("first")).runOnce();
    assertThat(received()).hasSize(1);
  }

  @Test
  void falseAlarmAfterConfirmationIsToldAndTheMessageStays() {
    shown(SG, AU, "r1");
    Objects.requireNonNull(au.observers.get("first")).runOnce();
    firstMedium.change("1", ChannelStatus.FALSE_ALARM);
    Objects.requireNonNull(au.observers.get("first")).runOnce();
    assertThat(received()).singleElement().satisfies(message -> assertThat(message.carriage())
        .contains(new StoredMessage.Carriage("first", "1", ChannelStatus.FALSE_ALARM)));
    assertThat(au.store.journal().about("SG:r1", 10)).extracting(event -> event.type())
        .containsExactly("exchange.message.received", "exchange.message.revoked");
  }

  @Test
  void messageFromSomebodyWhoTakesNoPartIsRefusedAndTold() {
    shown(new Jurisdiction("FR"), AU, "forged");
    Objects.requireNonNull(au.observers.get("first")).runOnce();
    assertThat(received()).isEmpty();
    assertThat(au.store.journal().about("first/1", 10)).singleElement().satisfies(event -> {
      assertThat(event.type()).isEqualTo("exchange.channel.refused");
      assertThat(event.body()).contains("FR takes no part in channel first");
    });
  }

  @Test
  void messageForAnotherReceiverIsRefused() {
    shown(SG, NZ, "elsewhere");
    au.store.run(tx -> tx.enqueue(dev.fairway.core.work.NewWork.of(Works.RETRIEVE, new Works.Notice("second", "1"))));
    new MemoryChannel(secondMedium, SG, ALL).post(new Envelope(message(SG, AU), Optional.empty(), "k"));
    au.workers.runAll();
    assertThat(received()).hasSize(1).allMatch(message -> message.message().receiver().equals(AU));
  }

  @Test
  void referenceUsedForAnotherMessageIsRefused() {
    shown(SG, AU, "r1");
    new MemoryChannel(secondMedium, SG, ALL).post(
        new Envelope(new Message(SG, AU, "another subject", "a.b.c", "d.e.f"), Optional.of("r1"), "other"));
    au.observers.values().forEach(Observer::runOnce);
    assertThat(received()).hasSize(1);
    assertThat(au.store.journal().about("second/1", 10)).singleElement()
        .satisfies(event -> assertThat(event.body()).contains("stands for another message"));
  }

  @Test
  void sameMessageOverTwoChannelsIsOneMessage() {
    shown(SG, AU, "r1");
    new MemoryChannel(secondMedium, SG, ALL).post(new Envelope(message(SG, AU), Optional.of("r1"), "other"));
    au.observers.values().forEach(Observer::runOnce);
    assertThat(received()).hasSize(1);
  }

  @Test
  void channelWithoutReferencesGivesTheSameOneEachTime() {
    MemoryMedium plain = new MemoryMedium(clock);
    new MemoryChannel(plain, SG, ALL, OLD).post(new Envelope(message(SG, AU), Optional.of("lost on the way"), "k"));
    reopen(new MemoryChannel(plain, AU, ALL, OLD), rule);
    Objects.requireNonNull(au.observers.get("first")).runOnce();
    assertThat(received()).singleElement().satisfies(message -> assertThat(message.ref().senderRef())
        .isEqualTo(dev.fairway.exchange.message.References.ofChannelMessage("first", "1")));
  }

  @Test
  void resentReferenceIsHarmlessAtIntake() {
    assertThat(accepted("r1")).isEqualTo(accepted("r1"));
    au.workers.runAll();
    assertThat(firstMedium.all()).hasSize(1);
  }
}
