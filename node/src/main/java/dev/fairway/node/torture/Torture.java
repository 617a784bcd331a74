package dev.fairway.node.torture;

import dev.failsafe.RateLimiter;
import dev.fairway.core.FairwayException;
import dev.fairway.node.pair.NodePair;
import dev.fairway.node.pair.Side;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import tools.jackson.databind.JsonNode;

/**
 * Kills either of two nodes at random moments while messages and documents flow both ways, and then looks whether what was
 * acknowledged arrived once. The moments follow from the seed; what the processes were doing at them does not.
 */
public final class Torture {
  private static final int SENDERS = 4;
  private static final int DOCUMENT_EVERY = 10;
  /** How long nothing may move before what has not arrived counts as lost. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path home;
  private final long seed;
  private final RateLimiter<Object> pace;
  private final Consumer<String> tell;

  /** @param perSecond how many messages are handed in a second while both nodes are up */
  public Torture(Path home, long seed, int perSecond, Consumer<String> tell) {
    this.home = home;
    this.seed = seed;
    this.pace = RateLimiter.smoothBuilder(perSecond, Duration.ofSeconds(1)).build();
    this.tell = tell;
  }

  /**
   * What was seen.
   *
   * @param faults each a sentence; empty when every promise held
   */
  public record Result(long seed, int kills, int acknowledged, int arrivedOnce, int documents, List<String> faults) {
    @Override
    public String toString() {
      return "torture: seed %d, %d kills, %d messages acknowledged, %d arrived exactly once, %d documents verified, %d faults"
          .formatted(seed, kills, acknowledged, arrivedOnce, documents, faults.size());
    }
  }

  /** A message the node said it has. */
  private record Acknowledged(String sender, String receiver, String reference, String document) {}

  /** Goes on until so many kills are done or the time is over. */
  public Result run(int kills, Duration limit) throws IOException, InterruptedException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    tell.accept("torture: seed " + seed);
    try (NodePair pair = NodePair.start(home, List.of(0, 0), NodePair.Wiring.SHARED, "")) {
      Queue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
      Queue<String> faults = new ConcurrentLinkedQueue<>();
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger numbers = new AtomicInteger();
      List<Thread> senders = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        String from = i % 2 == 0 ? NodePair.AU : NodePair.SG;
        senders.add(Thread.ofVirtual().name("sender " + i)
            .start(() -> sendUntil(stop, pair, from, numbers, acknowledged, faults)));
      }
      int killed = killAtRandom(pair, random, kills, Instant.now().plus(limit));
      stop.set(true);
      for (Thread sender : senders) {
        sender.join();
      }
      tell.accept("settling " + acknowledged.size() + " messages");
      return settle(pair, killed, List.copyOf(acknowledged), faults);
    }
  }

  private int killAtRandom(NodePair pair, RandomGenerator random, int kills, Instant end)
      throws IOException, InterruptedException {
    int killed = 0;
    while (killed < kills && Instant.now().isBefore(end)) {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(50, 1_000));
      String victim = random.nextBoolean() ? NodePair.AU : NodePair.SG;
      pair.kill(victim);
      pair.restart(victim);
      killed++;
      if (killed % 10 == 0) {
        tell.accept(killed + " kills");
      }
    }
    return killed;
  }

  private void sendUntil(AtomicBoolean stop, NodePair pair, String from, AtomicInteger numbers,
      Queue<Acknowledged> acknowledged, Queue<String> faults) {
    String to = from.equals(NodePair.AU) ? NodePair.SG : NodePair.AU;
    Side side = pair.side(from);
    String document = "";
    while (!stop.get()) {
      int number = numbers.incrementAndGet();
      try {
        pace.acquirePermit();
        if (document.isEmpty() || number % DOCUMENT_EVERY == 0) {
          document = side.upload(("{\"seed\":" + seed + ",\"number\":" + number + "}").getBytes(StandardCharsets.UTF_8),
              "application/json", to);
        }
        String reference = "torture-" + seed + "-" + number;
        side.send(reference, to, reference, document, "UN.CEFACT.Trade.CertificateOfOrigin.created");
        acknowledged.add(new Acknowledged(from, to, reference, document));
      } catch (FairwayException e) {
        faults.add(String.valueOf(e.getMessage()));
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private Result settle(NodePair pair, int kills, List<Acknowledged> acknowledged, Queue<String> faults)
      throws InterruptedException {
    awaitQuiet(pair, acknowledged);
    Map<String, Integer> arrived = new HashMap<>();
    Map<String, String> states = new HashMap<>();
    for (String jurisdiction : pair.jurisdictions()) {
      for (JsonNode message : pair.side(jurisdiction).messages()) {
        if (message.path("receiver").asString().equals(jurisdiction)) {
          arrived.merge(message.path("subject").asString(), 1, Integer::sum);
        } else {
          states.put(message.path("subject").asString(), message.path("channel_status").asString());
        }
      }
    }
    int once = 0;
    int documents = 0;
    Map<String, Boolean> verified = new HashMap<>();
    for (Acknowledged message : acknowledged) {
      int times = arrived.getOrDefault(message.reference(), 0);
      if (times == 1) {
        once++;
      } else {
        faults.add(message.reference() + " arrived " + times + " times");
      }
      if (!"confirmed".equals(states.get(message.reference()))) {
        faults.add(message.reference() + " is " + states.get(message.reference()) + " at its sender");
      }
      if (verified.computeIfAbsent(message.document(),
          document -> pair.side(message.receiver()).download(document).isPresent())) {
        documents++;
      } else {
        faults.add("the document of " + message.reference() + " did not arrive");
      }
    }
    for (String jurisdiction : pair.jurisdictions()) {
      for (JsonNode kind : pair.side(jurisdiction).work()) {
        if (kind.path("dead").asInt() > 0) {
          faults.add(
              jurisdiction + " has " + kind.path("dead").asInt() + " dead letters of " + kind.path("kind").asString());
        }
      }
    }
    return new Result(seed, kills, acknowledged.size(), once, documents, List.copyOf(faults));
  }

  /* What there is to do is counted often; the messages, which may be many, are read only when there is nothing to do. */
  private static void awaitQuiet(NodePair pair, List<Acknowledged> acknowledged) throws InterruptedException {
    long before = -1;
    Instant moved = Instant.now();
    while (Instant.now().isBefore(moved.plus(PATIENCE))) {
      long left = pair.jurisdictions().stream().mapToLong(jurisdiction -> pair.side(jurisdiction).left()).sum();
      if (left == 0 && allArrived(pair, acknowledged)) {
        return;
      }
      if (left != before) {
        before = left;
        moved = Instant.now();
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private static boolean allArrived(NodePair pair, List<Acknowledged> acknowledged) {
    return pair.jurisdictions().stream().allMatch(jurisdiction -> {
      List<JsonNode> messages = pair.side(jurisdiction).messages();
      long in = messages.stream().filter(message -> message.path("receiver").asString().equals(jurisdiction)).count();
      long confirmed = messages.stream().filter(message -> "confirmed".equals(message.path("channel_status").asString())
          && message.path("sender").asString().equals(jurisdiction)).count();
      return in >= acknowledged.stream().filter(message -> message.receiver().equals(jurisdiction)).count()
          && confirmed >= acknowledged.stream().filter(message -> message.sender().equals(jurisdiction)).count();
    });
  }
}
