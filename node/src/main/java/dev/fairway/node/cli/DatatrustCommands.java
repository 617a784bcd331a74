package dev.fairway.node.cli;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.datatrust.market.MarketContracts;
import dev.fairway.datatrust.market.MarketDeployment;
import dev.fairway.datatrust.market.MarketParameters;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** A market of data: its operator's commands, and those of its makers, voters and buyers. */
@Command(name = "datatrust", description = "Data listed, voted on and bought on a chain, delivered only to who paid.", subcommands = {
    DatatrustCommands.Market.class, DatatrustCommands.Register.class, DatatrustCommands.Candidate.class,
    DatatrustCommands.Resolve.class, DatatrustCommands.Unstake.class, DatatrustCommands.Listing.class,
    DatatrustCommands.DeliveryList.class, DatatrustCommands.TaskList.class, DatatrustCommands.Revoke.class,
    AdoptCommand.class,
    TradeCommands.Offer.class,
    TradeCommands.Buy.class, TradeCommands.Vote.class, TradeCommands.Challenge.class, TradeCommands.Exit.class,
    TradeCommands.Claim.class, TradeCommands.Give.class})
public final class DatatrustCommands {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private DatatrustCommands() {}

  /** Waits until a task of the node has ended. */
  static JsonNode await(Remote remote, String door, String task) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      JsonNode state = remote.get(door + "/tasks/" + task);
      switch (state.path("status").asString("")) {
        case "SUCCESS" -> {
          return state;
        }
        case "FAILURE" -> throw new FairwayException(ErrorCode.PEER_FAILED,
            "the chain refused: " + state.path("reason").asString("no reason was given"));
        default -> {
          if (System.nanoTime() > deadline) {
            throw new FairwayException(ErrorCode.PEER_FAILED, "task " + task + " has not ended after " + PATIENCE
                + "; look again with \"fairway datatrust tasks\"");
          }
          Thread.sleep(200);
        }
      }
    }
  }

  static void awaitAll(Question question, JsonNode sent) throws InterruptedException {
    for (JsonNode task : sent.path("tasks")) {
      await(question.remote, question.door(), task.asString());
    }
  }

  private static JsonNode nothing() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** What every question to the node needs. */
  static class Question extends FromNode {
    @Option(names = "--market", paramLabel = "NAME", defaultValue = "", description = "which market, by its name under datatrust.markets; the default one when not given")
    String market = "";

    /** The market's paths for its operator. */
    String api() {
      return "/api" + door();
    }

    /** The market's paths for everyone. */
    String door() {
      return market.isEmpty() ? "/datatrust" : "/datatrust/markets/" + Remote.encode(market);
    }
  }

  @Command(name = "market", description = "A market's contracts.", subcommands = {MarketDeploy.class,
      MarketShow.class})
  static final class Market {}

  /** The figures a market starts with. */
  enum Figures {
    DEMO, PRODUCTION;

    MarketParameters parameters() {
      return switch (this) {
        case DEMO -> MarketParameters.DEMO;
        case PRODUCTION -> MarketParameters.PRODUCTION;
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Command(name = "deploy", mixinStandardHelpOptions = true, description = "Make a market: seven contracts, bound to each other.", footer = {
      "",
      "Prints the lines that belong under \"datatrust:\" in fairway.yaml. The account gets the market's first shares.",
      "", "Example:", "  fairway datatrust market deploy --chain http://127.0.0.1:8545 --key owner.key"})
  static final class MarketDeploy implements Callable<Integer> {
    @Mixin
    Account account = new Account();
    @Option(names = "--parameters", paramLabel = "SET", defaultValue = "demo", description = "the figures to start with: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    Figures figures = Figures.DEMO;
    @Option(names = "--vote-by", paramLabel = "SECONDS", defaultValue = "0", description = "how long a poll is open, when not as in the set")
    long voteBy;
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
      MarketParameters parameters = voteBy > 0
          ? figures.parameters().withVoteBy(Duration.ofSeconds(voteBy))
          : figures.parameters();
      PrintWriter out = spec.commandLine().getOut();
      PrintWriter err = spec.commandLine().getErr();
      account.use((wallet, rpc) -> {
        long genesis = rpc.head().number();
        MarketContracts contracts = MarketDeployment.deploy(wallet, parameters, err::println);
        out.println("datatrust:");
        out.println("  genesis: " + genesis);
        out.println("  contracts:");
        contracts.byName().forEach((name, address) -> out.println("    " + name + ": \"" + address + "\""));
      });
      return 0;
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Show the market, who holds office, and how the node stands.", footer = {
      "", "Example:", "  fairway datatrust market show"})
  static final class MarketShow extends Question implements Callable<Integer> {
    @Override
    public Integer call() {
      return shown(remote.get(api()));
    }
  }

  @Command(name = "register", mixinStandardHelpOptions = true, description = "Have the node stand for datatrust: it stakes, and a vote decides.", footer = {
      "", "Example:", "  fairway datatrust register"})
  static final class Register extends Question implements Callable<Integer> {
    @Override
    public Integer call() throws InterruptedException {
      underWay("Checking for the ability to stake...");
      JsonNode sent = remote.post(api() + "/register", nothing());
      underWay("Registering...");
      awaitAll(this, sent);
      underWay("This API is an active candidate for datatrust");
      String candidate = remote.get(api()).path("candidate").asString();
      return done(candidate, Map.of("candidate", candidate));
    }
  }

  /** A candidate by its hash. */
  static class Poll extends Question {
    @Parameters(paramLabel = "HASH", description = "the candidate: a listing's hash, or what \"register\" printed")
    String hash = "";

    String path() {
      return api() + "/candidates/" + Remote.encode(hash);
    }
  }

  @Command(name = "candidate", mixinStandardHelpOptions = true, description = "Show a poll and how it stands.", footer = {
      "", "Example:", "  fairway datatrust candidate 0x…"})
  static final class Candidate extends Poll implements Callable<Integer> {
    @Override
    public Integer call() {
      return shown(remote.get(path()));
    }
  }

  @Command(name = "resolve", mixinStandardHelpOptions = true, description = "Resolve a poll whose time is over.", footer = {
      "", "Example:", "  fairway datatrust resolve 0x…"})
  static final class Resolve extends Poll implements Callable<Integer> {
    @Override
    public Integer call() throws InterruptedException {
      awaitAll(this, remote.post(path() + "/resolve", nothing()));
      return done("Candidate " + hash + " has been marked for resolution", Map.of("resolved", hash));
    }
  }

  @Command(name = "unstake", mixinStandardHelpOptions = true, description = "Fetch the node's stake of a poll that is over.", footer = {
      "", "Example:", "  fairway datatrust unstake 0x…"})
  static final class Unstake extends Poll implements Callable<Integer> {
    @Override
    public Integer call() throws InterruptedException {
      awaitAll(this, remote.post(path() + "/unstake", nothing()));
      return done("The stake is back.", Map.of("unstaked", hash));
    }
  }

  @Command(name = "listing", description = "Data handed in.", subcommands = {ListingList.class, ListingShow.class,
      ListingVerify.class, ListingScrub.class})
  static final class Listing {}

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List data handed in, the newest first.", footer = {
      "", "Example:", "  fairway datatrust listing list"})
  static final class ListingList extends Question implements Callable<Integer> {
    @Override
    public Integer call() {
      return listed(remote.get(api() + "/uploads").path("items"), "nobody has handed in data", "listing", "title",
          "state", "size", "sales");
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Show a listing.", footer = {"", "Example:",
      "  fairway datatrust listing show 0x…"})
  static final class ListingShow extends Poll implements Callable<Integer> {
    @Override
    public Integer call() {
      return shown(remote.get(door() + "/listings/" + Remote.encode(hash)));
    }
  }

  @Command(name = "verify", mixinStandardHelpOptions = true, description = "Read a listing's data through and compare them with the chain.", footer = {
      "", "Example:", "  fairway datatrust listing verify 0x…"})
  static final class ListingVerify extends Poll implements Callable<Integer> {
    @Override
    public Integer call() {
      JsonNode found = remote.post(api() + "/listings/" + Remote.encode(hash) + "/verify", nothing());
      output.object(out(), found);
      return found.path("ok").asBoolean() ? 0 : 1;
    }
  }

  @Command(name = "scrub", mixinStandardHelpOptions = true, description = "Read a listing's data through now; damaged ones are withheld until they are whole.", footer = {
      "", "Example:", "  fairway datatrust listing scrub 0x…"})
  static final class ListingScrub extends Poll implements Callable<Integer> {
    @Override
    public Integer call() {
      JsonNode found = remote.post(api() + "/listings/" + Remote.encode(hash) + "/scrub", nothing());
      output.object(out(), found);
      return found.path("ok").asBoolean() ? 0 : 1;
    }
  }

  @Command(name = "deliveries", mixinStandardHelpOptions = true, description = "List bytes given out, the newest first.", footer = {
      "", "Example:", "  fairway datatrust deliveries"})
  static final class DeliveryList extends Question implements Callable<Integer> {
    @Override
    public Integer call() {
      return listed(remote.get(api() + "/deliveries").path("items"), "nobody has bought anything", "delivery",
          "listing", "buyer", "bytes", "state");
    }
  }

  @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Take back all tokens of an account; whoever holds it must log in again.", footer = {
      "", "Example:", "  fairway datatrust revoke 0x…"})
  static final class Revoke extends Question implements Callable<Integer> {
    @Parameters(paramLabel = "ACCOUNT", description = "whose tokens, 0x…")
    String account = "";

    @Override
    public Integer call() {
      remote.post(api() + "/accounts/" + Remote.encode(account) + "/revoke", nothing());
      return done("All tokens of " + account + " are taken back.", Map.of("revoked", account));
    }
  }

  @Command(name = "tasks", mixinStandardHelpOptions = true, description = "List what is under way or was, the newest first.", footer = {
      "", "Example:", "  fairway datatrust tasks"})
  static final class TaskList extends Question implements Callable<Integer> {
    @Override
    public Integer call() {
      return listed(remote.get(api() + "/tasks").path("items"), "nothing is under way", "id", "kind", "state",
          "result", "reason");
    }
  }
}
