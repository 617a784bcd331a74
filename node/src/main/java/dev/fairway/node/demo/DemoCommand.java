package dev.fairway.node.demo;

import dev.fairway.evm.DevChain;
import dev.fairway.node.cli.Typed;
import dev.fairway.node.pair.ChainOfTwo;
import dev.fairway.node.pair.NodePair;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Two jurisdictions in one go. */
@Command(name = "demo", mixinStandardHelpOptions = true, description = "Run two nodes, Australia and Singapore, and send certificates of origin across.", footer = {
    "", "Example:", "  fairway demo --story requests --headless"})
public final class DemoCommand implements Callable<Integer> {
  private static final int HEADLESS_ROUNDS = 10;
  private static final Duration SETTLE_LIMIT = Duration.ofMinutes(2);

  @Spec
  CommandSpec spec = CommandSpec.create();

  @Option(names = "--headless", description = "run the story at full speed, kill and restart the receiver half-way, print a summary, exit 0 or 1")
  boolean headless;

  @Option(names = "--dir", paramLabel = "DIR", defaultValue = "data/demo", description = "where the nodes keep their data (default: ${DEFAULT-VALUE})")
  Path dir = Path.of("data/demo");

  @Option(names = "--channel", paramLabel = "KIND", defaultValue = "shared-database", converter = Kind.Word.class, description = "what the messages cross by: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  Kind kind = Kind.SHARED_DATABASE;

  @Option(names = "--story", paramLabel = "STORY", defaultValue = "exchange", converter = Play.Word.class, description = "what is played: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  Play play = Play.EXCHANGE;

  /** What is played. */
  enum Play {
    /** Certificates of origin between two jurisdictions. */
    EXCHANGE,
    /** A market of data, from its making to its last listing. */
    DATATRUST,
    /** Requests on a ledger, while everything goes wrong. */
    REQUESTS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    static final class Word implements CommandLine.ITypeConverter<Play> {
      @Override
      public Play convert(String text) {
        return Typed.constant(Play.class, text);
      }
    }
  }

  /** What the messages cross by. */
  enum Kind {
    SHARED_DATABASE, ETHEREUM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static final class Word implements CommandLine.ITypeConverter<Kind> {
      @Override
      public Kind convert(String text) {
        return Typed.constant(Kind.class, text);
      }
    }
  }

  @Override
  public Integer call() throws Exception {
    return switch (play) {
      case DATATRUST -> market();
      case REQUESTS -> requests();
      case EXCHANGE -> switch (kind) {
        case SHARED_DATABASE -> run(dir, NodePair.Wiring.SHARED);
        case ETHEREUM -> overEthereum();
      };
    };
  }

  private int requests() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    long start = System.nanoTime();
    try (RequestsStory story = RequestsStory.start(emptied(dir.resolve("requests")), headless ? 0 : 8401,
        out::println)) {
      boolean good = story.play();
      out.printf("%ndemo: %s, %.1f s%n", story.summary(), (System.nanoTime() - start) / 1e9);
      if (!headless) {
        out.println("The node keeps running at " + story.node() + ". Press Ctrl-C to stop.");
        new CountDownLatch(1).await();
      }
      return good ? 0 : 1;
    }
  }

  private int market() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Object fairway = spec.root().userObject();
    try (MarketStory story = MarketStory.start(emptied(dir.resolve("datatrust")), () -> new CommandLine(fairway),
        out::println)) {
      boolean good = story.play();
      if (!headless) {
        out.println("The node keeps running at " + story.node() + "/market. Press Ctrl-C to stop.");
        new CountDownLatch(1).await();
      }
      return good ? 0 : 1;
    }
  }

  /** The chain begins anew each time, and so do the nodes on it. */
  private int overEthereum() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Path home = emptied(dir.resolve("ethereum"));
    try (ChainOfTwo chain = ChainOfTwo.start(home, DevChain.Options.fleeting().blockTime(Duration.ofSeconds(1)),
        "- { receiver: [AU, SG], channels: [chain, shared], resend: true }")) {
      out.println("a chain of our own runs (anvil, a block each second); AU and SG have a contract each, and these know"
          + " each other");
      return run(home, chain);
    }
  }

  private static Path emptied(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    return Files.createDirectories(folder);
  }

  private int run(Path home, NodePair.Wiring wiring) throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (NodePair pair = NodePair.start(home, headless ? List.of(0, 0) : List.of(8401, 8402), wiring, "")) {
      for (String jurisdiction : pair.jurisdictions()) {
        out.println(jurisdiction + "'s node runs; its console is at " + pair.side(jurisdiction).node());
      }
      Story story = new Story(pair, out::println);
      story.subscribe();
      return headless ? runHeadless(story, pair, out) : runForever(story, pair, out);
    }
  }

  private static int runHeadless(Story story, NodePair pair, PrintWriter out) throws IOException, InterruptedException {
    long start = System.nanoTime();
    List<Certificate> certificates = Certificate.all();
    List<Story.Sent> sent = new ArrayList<>();
    String run = Long.toString(System.currentTimeMillis(), 36);
    CompletableFuture<Void> restart = CompletableFuture.completedFuture(null);
    for (int round = 0; round < HEADLESS_ROUNDS; round++) {
      if (round == HEADLESS_ROUNDS / 2) {
        restart = CompletableFuture.runAsync(() -> killAndRestart(pair, out));
      }
      for (Certificate certificate : certificates) {
        sent.add(story.send(certificate, run + "-" + round));
      }
    }
    restart.join();
    Story.Result result = story.settle(sent, SETTLE_LIMIT);
    result.faults().forEach(fault -> out.println("  " + fault));
    out.printf(
        "demo: %d messages sent, %d arrived exactly once, %d of %d documents verified, receiver killed once, %.1f s%n",
        result.messages(), result.arrivedOnce(), result.verified(), result.documents(),
        (System.nanoTime() - start) / 1e9);
    return result.good() ? 0 : 1;
  }

  private static void killAndRestart(NodePair pair, PrintWriter out) {
    try {
      pair.kill(NodePair.SG);
      out.println("SG's node was killed (kill -9); it is started again while Australia goes on sending");
      pair.restart(NodePair.SG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int runForever(Story story, NodePair pair, PrintWriter out) throws IOException, InterruptedException {
    String run = Long.toString(System.currentTimeMillis(), 36);
    CountDownLatch never = new CountDownLatch(1);
    for (Certificate certificate : Certificate.all()) {
      story.sendAndTell(certificate, run);
      never.await(2, TimeUnit.SECONDS);
    }
    out.println();
    out.println("That was the story. Both nodes keep running; open their consoles, or look from here:");
    out.println("  ./fairway message list --node " + pair.side(NodePair.AU).node());
    out.println("Press Ctrl-C to stop.");
    never.await();
    return 0;
  }
}
