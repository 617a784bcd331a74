package dev.fairway.exchange.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.testing.TestClock;
import dev.fairway.testing.channel.MemoryChannel;
import dev.fairway.testing.channel.MemoryChannel.Fault;
import dev.fairway.testing.channel.MemoryMedium;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two nodes and two media under one clock and one seed: calls that do not get through, answers that are lost, and processes
 * that die between an effect and its note. Whatever happens, each message that was accepted arrives, once.
 *
 * <p>The seed decides faults and deaths; when work is tried again also depends on the back-off's own jitter.
 *
 * <p>{@code -Dsimulation.seeds=10000} runs more; a failure names its seed, and {@code -Dsimulation.seed=N} runs that alone.
 */
class DeliverySimulationTest {
  private static final Jurisdiction AU = new Jurisdiction("AU");
  private static final Jurisdiction SG = new Jurisdiction("SG");
  private static final Set<Jurisdiction> BOTH = Set.of(AU, SG);
  private static final int MESSAGES = 3;

  private final TestClock clock = new TestClock();
  private Path folder;
  private final List<MemoryMedium> media = List.of(new MemoryMedium(clock), new MemoryMedium(clock));
  private final List<MemoryChannel> channels = new ArrayList<>();
  private SimNode au;
  private SimNode sg;
  private int sent;

  @BeforeEach
  void start() throws Exception {
    // What is under test is not the disk; memory makes thousands of seeds bearable.
    Path memory = Path.of("/dev/shm");
    folder = Files.isWritable(memory)
        ? Files.createTempDirectory(memory, "exchange")
        : Files.createTempDirectory("exchange");
    au = node(AU);
    sg = node(SG);
  }

  private SimNode node(Jurisdiction own) {
    List<ChannelPort> ports = new ArrayList<>();
    for (int i = 0; i < media.size(); i++) {
      MemoryChannel channel = new MemoryChannel(media.get(i), own, BOTH);
      channels.add(channel);
      ports.add(new ChannelPort("medium" + i, channel, BOTH, ChannelPort.Uncertain.HOLD, false));
    }
    Rule rule = Rule.to("all", Match.ANY, List.of("medium0", "medium1"))
        .withRetry(new Rule.Retry(3, Duration.ofHours(1)));
    return new SimNode(folder.resolve(own.code()), own, clock, List.of(rule), ports);
  }

  @AfterEach
  void stop() throws Exception {
    au.close();
    sg.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void everyAcceptedMessageArrivesOnceWhateverHappens() throws Exception {
    Optional<Long> one = Optional.ofNullable(Long.getLong("simulation.seed"));
    long seeds = one.isPresent() ? 1 : Integer.getInteger("simulation.seeds", 150);
    for (long i = 0; i < seeds; i++) {
      long seed = one.orElse(i);
      try {
        run(seed);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void mediumThatForgetsKeysIsCaught() {
    channels.forEach(MemoryChannel::forgetKeys);
    assertThatThrownBy(() -> {
      for (long seed = 0; seed < 200; seed++) {
        run(seed);
      }
    }).isInstanceOf(AssertionError.class);
  }

  private void run(long seed) throws Exception {
    Random random = new Random(seed);
    double trouble = random.nextDouble() * 0.5;
    channels.forEach(channel -> channel.weather(() -> random.nextDouble() >= trouble
        ? Fault.NONE
        : random.nextBoolean() ? Fault.DOWN : Fault.ANSWER_LOST));
    List<MessageRef> refs = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      String ref = "m" + sent++;
      refs.add(au.accept(new Message(AU, SG, "subject " + ref, "a.b.c", "d.e.f"), ref));
      step(random);
    }
    for (int i = 0; i < 30; i++) {
      step(random);
    }
    channels.forEach(channel -> channel.weather(() -> Fault.NONE));
    for (int i = 0; i < 40 && !refs.stream().allMatch(ref -> au.find(ref).state().settled()); i++) {
      clock.advance(Duration.ofMinutes(3));
      au.workers.runAll();
    }
    observe();
    sg.workers.runAll();
    check(refs);
  }

  private void step(Random random) throws Exception {
    switch (random.nextInt(6)) {
      case 0 -> au.die();
      case 1, 2 -> au.workers.runOnce();
      case 3 -> {
        sg.workers.runOnce();
        observe();
      }
      case 4 -> clock.advance(Duration.ofMillis(random.nextInt(60_000)));
      default -> clock.advance(Duration.ofSeconds(31));
    }
  }

  private void observe() {
    for (SimNode node : List.of(au, sg)) {
      for (Observer observer : node.observers.values()) {
        try {
          observer.runOnce();
        } catch (FairwayException unreachable) {
          // It is asked again later.
        }
      }
    }
  }

  private void check(List<MessageRef> refs) {
    Map<String, Long> onMedia = media.stream().flatMap(medium -> medium.all().stream())
        .collect(Collectors.groupingBy(shown -> shown.senderRef().orElseThrow(), Collectors.counting()));
    for (MessageRef ref : refs) {
      assertThat(au.find(ref).state()).as("the sender's state of " + ref).isEqualTo(MessageState.CONFIRMED);
      assertThat(sg.messages.find(ref)).as("the receiver's copy of " + ref).isPresent();
      assertThat(onMedia.get(ref.senderRef())).as("rows on the media for " + ref).isEqualTo(1L);
      var carriage = au.find(ref).carriage().orElseThrow();
      assertThat(sg.find(ref).carriage()).as("the common handle of " + ref).contains(carriage);
      MemoryMedium medium = media.get(carriage.channel().equals("medium0") ? 0 : 1);
      assertThat(medium.find(carriage.id()).flatMap(ChannelMessage::senderRef)).contains(ref.senderRef());
    }
  }
}
