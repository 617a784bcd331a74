package dev.fairway.exchange.delivery;

import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.ChannelCapabilities;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.core.work.NewWork;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.store.TemporaryStore;
import dev.fairway.testing.TestClock;
import dev.fairway.testing.channel.MemoryChannel;
import dev.fairway.testing.channel.MemoryChannel.Fault;
import dev.fairway.testing.channel.MemoryMedium;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** Two nodes and two media under one clock, moved by a seed. */
final class SimPair implements AutoCloseable {
  private static final Jurisdiction AU = new Jurisdiction("AU");
  private static final Jurisdiction SG = new Jurisdiction("SG");
  private static final Set<Jurisdiction> BOTH = Set.of(AU, SG);
  /** To open two stores takes as long as a whole story, and so does looking through what many stories left behind. */
  private static final int SEEDS_OF_ONE_PAIR = 20;

  final TestClock clock = new TestClock();
  final List<MemoryMedium> media = List.of(new MemoryMedium(clock), new MemoryMedium(clock));
  final List<MemoryChannel> channels = new ArrayList<>();
  final SimNode au;
  final SimNode sg;
  private final List<TemporaryStore> stores = new ArrayList<>();
  private final Random jitter;
  private int sent;

  /** Opens a pair that repeats itself: how long failed work waits follows from the seed. */
  @FunctionalInterface
  interface Opening {
    SimPair open(long seed);
  }

  /** What is done with one seed. */
  @FunctionalInterface
  interface Story {
    void run(SimPair pair, Random random) throws Exception;
  }

  SimPair(long seed, ChannelCapabilities.Finality finality, boolean resend) {
    jitter = new Random(seed);
    var can = new ChannelCapabilities(true, true, true, finality, 64 * 1024);
    Rule rule = Rule.to("all", Match.ANY, List.of("medium0", "medium1"))
        .withRetry(new Rule.Retry(3, Duration.ofHours(1)));
    au = node(AU, can, resend ? rule.resending() : rule);
    sg = node(SG, can, rule);
  }

  private SimNode node(Jurisdiction own, ChannelCapabilities can, Rule rule) {
    List<ChannelPort> ports = new ArrayList<>();
    for (int i = 0; i < media.size(); i++) {
      MemoryChannel channel = new MemoryChannel(media.get(i), own, BOTH, can);
      channels.add(channel);
      ports.add(new ChannelPort("medium" + i, channel, BOTH, ChannelPort.Uncertain.HOLD, false));
    }
    TemporaryStore home = TemporaryStore.unsynced(clock, "exchange");
    stores.add(home);
    return new SimNode(home.store(), own, clock, List.of(rule), ports, jitter);
  }

  /**
   * Runs as many seeds as {@code -Dsimulation.seeds} or the caller says, and names one that fails;
   * {@code -Dsimulation.seed=N} runs that one, after those that had its pair before it.
   */
  static void everySeed(int usual, Opening opening, Story story) throws Exception {
    Optional<Long> one = Optional.ofNullable(Long.getLong("simulation.seed"));
    if (one.isPresent()) {
      seeds(one.get() - one.get() % SEEDS_OF_ONE_PAIR, one.get() + 1, opening, story);
    } else {
      firstSeeds(Integer.getInteger("simulation.seeds", usual), opening, story);
    }
  }

  /** Runs so many seeds whatever the properties say: for a test that enough of them find a fault. */
  static void firstSeeds(int count, Opening opening, Story story) throws Exception {
    seeds(0, count, opening, story);
  }

  private static void seeds(long from, long end, Opening opening, Story story) throws Exception {
    long begin = System.nanoTime();
    for (long first = from; first < end; first += SEEDS_OF_ONE_PAIR) {
      long next = Math.min(end, first + SEEDS_OF_ONE_PAIR);
      try (SimPair pair = opening.open(first)) {
        for (long seed = first; seed < next; seed++) {
          run(pair, seed, story);
        }
      }
      if (next % 500 == 0) {
        System.out.printf("%,d of %,d seeds in %d s%n", next, end,
            Duration.ofNanos(System.nanoTime() - begin).toSeconds());
      }
    }
  }

  private static void run(SimPair pair, long seed, Story story) throws Exception {
    try {
      story.run(pair, new Random(seed));
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  /** From now on, calls fail as this seed likes. */
  void turnBad(Random random) {
    double trouble = random.nextDouble() * 0.5;
    channels.forEach(channel -> channel.weather(() -> random.nextDouble() >= trouble
        ? Fault.NONE
        : random.nextBoolean() ? Fault.DOWN : Fault.ANSWER_LOST));
  }

  void turnFair() {
    channels.forEach(channel -> channel.weather(() -> Fault.NONE));
  }

  MessageRef accept() {
    String ref = "m" + sent++;
    return au.accept(new Message(AU, SG, "subject " + ref, "a.b.c", "d.e.f"), ref);
  }

  /** One of the things that happen to nodes; deaths come between an effect and its note. */
  void step(Random random) throws Exception {
    switch (random.nextInt(8)) {
      case 0 -> au.die();
      case 1, 2 -> au.workers.runOnce();
      case 3 -> {
        sg.workers.runOnce();
        observe();
      }
      case 4 -> clock.advance(Duration.ofMillis(random.nextInt(60_000)));
      case 5 -> notice(random);
      case 6 -> sg.die();
      default -> clock.advance(Duration.ofSeconds(31));
    }
  }

  /** The receiver is told of a message, perhaps again, perhaps of one that is not there. */
  private void notice(Random random) {
    int medium = random.nextInt(media.size());
    int id = Math.max(1, media.get(medium).all().size() + 1 - random.nextInt(4));
    String channel = "medium" + medium;
    sg.store.run(tx -> tx.enqueue(NewWork.of(Works.RETRIEVE, new Works.Notice(channel, String.valueOf(id)))
        .unique(channel + "/" + id)));
  }

  void observe() {
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

  MemoryMedium medium(String channel) {
    return media.get(channel.equals("medium0") ? 0 : 1);
  }

  /** Whatever is on the media, by the sender's reference. */
  Map<String, List<ChannelMessage>> copies() {
    return media.stream().flatMap(medium -> medium.all().stream())
        .collect(Collectors.groupingBy(shown -> shown.senderRef().orElseThrow()));
  }

  @Override
  public void close() {
    au.close();
    sg.close();
    stores.forEach(TemporaryStore::close);
  }
}
