package dev.fairway.node.demo;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.evm.DevChain;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.node.pair.NodeProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * A market's whole life, played by its commands on a chain of its own: made, its datatrust elected, data offered, voted in,
 * bought, delivered and paid for; challenged out, and taken back by its maker. The node is killed once while it delivers.
 */
final class MarketStory implements AutoCloseable {
  private static final int BYTES = 300_000;
  private static final Duration POLL = Duration.ofSeconds(102);
  /** What the demo's parameters ask as a stake. */
  private static final String STAKE = "1000000000000000";

  private final Path dir;
  private final Supplier<CommandLine> fairway;
  private final Consumer<String> tell;
  private final DevChain chain;
  private final EthereumRpc rpc;
  private final NodeProcess node;
  private URI at = URI.create("http://127.0.0.1:0");

  private MarketStory(Path dir, Supplier<CommandLine> fairway, Consumer<String> tell, DevChain chain) {
    this.dir = dir;
    this.fairway = fairway;
    this.tell = tell;
    this.chain = chain;
    this.rpc = new EthereumRpc(RpcConfig.of(chain.url()));
    this.node = NodeProcess.serve(dir.resolve("fairway.yaml"), dir.resolve("node.log"));
  }

  /**
   * Starts the chain.
   *
   * @param dir empty; the chain is new, so all else is
   * @param fairway the command line, anew for each command
   * @throws FairwayException with {@code CONFIGURATION} when there is no anvil on this machine; the message says how to get
   * it
   */
  static MarketStory start(Path dir, Supplier<CommandLine> fairway, Consumer<String> tell)
      throws IOException, InterruptedException {
    return new MarketStory(dir, fairway, tell, DevChain.start(DevChain.Options.fleeting()));
  }

  /** Where the node is; it runs once the story has begun. */
  URI node() {
    return at;
  }

  /** Plays it; whether everything was as it should be. */
  boolean play() throws IOException, InterruptedException {
    Path owner = key("owner", 0);
    Path maker = key("maker", 1);
    Path buyer = key("buyer", 2);
    Path operator = key("operator", 3);
    tell.accept("a chain of our own runs (anvil) at " + chain.url());
    String market = run("market", "deploy", "--parameters", "demo", "--chain", chain.url().toString(), "--key",
        owner.toString());
    Files.writeString(dir.resolve("fairway.yaml"), config(market, operator));
    at = node.start();
    tell.accept("the node runs; its console is at " + at + "/market");

    String account = line(run("market", "show", "--node", at.toString()), "account");
    person(owner, "give", account, STAKE);
    String registration = last(run("register", "--node", at.toString()));
    decide(owner, registration);
    await("the node to hold office", () -> line(run("market", "show", "--node", at.toString()), "registered")
        .equals("true"));

    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    Path data = Files.write(dir.resolve("readings.bin"), bytes);
    String listing = offer(maker, data, "Tide readings of the harbour, 2026");
    decide(owner, listing);
    await("the listing", () -> run("listing", "list", "--node", at.toString()).contains("listed"));

    Path bought = dir.resolve("bought.bin");
    person(buyer, "buy", listing, "--out", bought.toString());
    node.kill();
    tell.accept("the node was killed (kill -9) right after it delivered; it is started again");
    at = node.start();
    Path again = dir.resolve("again.bin");
    person(buyer, "buy", listing, "--out", again.toString());
    await("the delivery to be accounted for", () -> run("deliveries", "--node", at.toString()).contains("counted"));
    await("the node to be paid", () -> run("tasks", "--node", at.toString()).lines()
        .anyMatch(task -> task.contains("delivered") && task.contains("confirmed")));
    boolean whole = Arrays.equals(Files.readAllBytes(bought), bytes) && Arrays.equals(Files.readAllBytes(again), bytes);
    long sold = run("deliveries", "--node", at.toString()).lines().filter(row -> row.contains(listing)).count();
    run("listing", "verify", listing, "--node", at.toString());

    person(owner, "challenge", listing);
    decide(owner, listing);
    String second = offer(maker, data, "Tide readings, corrected");
    decide(owner, second);
    person(maker, "exit", second);
    await("the market to be empty", () -> run("listing", "list", "--node", at.toString()).lines()
        .noneMatch(row -> row.contains(" listed ")));
    tell.accept("demo: 2 listings voted in, 1 bought for " + BYTES + " bytes, fetched twice "
        + (whole ? "whole" : "NOT WHOLE") + " and booked " + (sold == 1 ? "once" : sold + " TIMES")
        + ", the node killed once and paid; 1 challenged out, 1 taken back");
    return whole && sold == 1;
  }

  private String offer(Path maker, Path data, String title) {
    return last(person(maker, "offer", data.toString(), "--title", title, "--description",
        "one reading a minute, in centimetres", "--type", "text/csv"));
  }

  /** Votes for a candidate, lets its poll's time pass, and has the node resolve it. */
  private void decide(Path voter, String candidate) {
    person(voter, "vote", candidate, "yea");
    rpc.call("evm_increaseTime", POLL.toSeconds());
    rpc.call("anvil_mine", "0x1");
    tell.accept("(the chain's clock is moved past the end of the poll)");
    run("resolve", candidate, "--node", at.toString());
  }

  private String person(Path key, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--key", key.toString(), "--chain", chain.url().toString(), "--node", at.toString()));
    return run(all.toArray(String[]::new));
  }

  private String run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("datatrust"));
    all.addAll(List.of(arguments));
    StringWriter said = new StringWriter();
    StringWriter complained = new StringWriter();
    CommandLine line = fairway.get();
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(complained, true));
    int code = line.execute(all.toArray(String[]::new));
    String shown = String.join(" ", all.stream().limit(4).toList()) + (all.size() > 4 ? " …" : "");
    if (code != 0) {
      throw new FairwayException(ErrorCode.PEER_FAILED,
          "\"fairway " + shown + "\" ended with " + code + ": " + complained + said);
    }
    if (!List.of("list", "show", "deliveries", "tasks").contains(arguments[Math.min(1, arguments.length - 1)])
        && !List.of("deliveries", "tasks").contains(arguments[0])) {
      tell.accept("fairway " + shown + (said.toString().isBlank()
          ? ""
          : "\n  " + said.toString().strip()
              .replace("\n", "\n  ")));
    }
    return said.toString();
  }

  private static String last(String said) {
    return said.strip().lines().reduce("", (before, line) -> line).strip();
  }

  private static String line(String said, String name) {
    return said.lines().filter(line -> line.startsWith(name + " ")).findFirst()
        .map(line -> line.substring(name.length()).strip()).orElse("");
  }

  private Path key(String who, int account) throws IOException {
    Path file = Files.createTempFile(dir, who, ".key",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, chain.keys().get(account).reveal());
  }

  private String config(String market, Path operator) {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return """
        profile: dev
        listen: 127.0.0.1:0
        dir: node
        """ + market + """
          chain: { url: %s, chain-id: %d, confirmations: 0, poll: 50ms }
          dns-name: datatrust.example.org
          operator-key: { file: %s }
          jwt-secret: %s
        """.formatted(chain.url(), DevChain.CHAIN_ID, operator.getFileName(), HexFormat.of().formatHex(secret));
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new FairwayException(ErrorCode.PEER_FAILED, "waited two minutes for " + what);
      }
      Thread.sleep(100);
    }
  }

  @Override
  public void close() {
    node.close();
    rpc.close();
    chain.close();
  }
}
