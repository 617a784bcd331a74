package dev.fairway.node;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.evm.Address;
import dev.fairway.evm.Finality;
import dev.fairway.evm.channel.ChannelAdministration;
import dev.fairway.evm.channel.ChannelNode;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.sign.Signer;
import dev.fairway.evm.tx.Transactions;
import dev.fairway.node.cli.ChannelCheckCommand;
import dev.fairway.node.cli.Typed;
import dev.fairway.node.config.Settings;
import dev.fairway.store.SqlStore;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Sets channels up. What is sent to a chain is recorded in the node's own store and under the node's own rules, so that the
 * account's nonces stay in one hand.
 */
@Command(name = "channel", description = "Set channels up, and check endpoints.", subcommands = {
    ChannelCheckCommand.class, ChannelCommands.Key.class, ChannelCommands.Deploy.class,
    ChannelCommands.Participants.class,
    ChannelCommands.Pair.class}, footer = {"",
        "To join two nodes over an Ethereum chain, each operator:",
        "  1. writes the channel into its settings file, without a contract",
        "  2. runs \"fairway channel deploy NAME\" and writes the contract down under the channel",
        "  3. tells the other its account and its contract",
        "  4. runs \"fairway channel participant add NAME CC ACCOUNT\" with what the other told",
        "  5. runs \"fairway channel pair NAME CC CONTRACT\" with what the other told",
        "\"fairway doctor\" says which of these is still to be done."})
final class ChannelCommands {

  /** A channel of the settings file, and how to wait for what is sent. */
  static final class Administered {
    @Mixin
    ServeCommand.ConfigOptions options = new ServeCommand.ConfigOptions();
    @Parameters(index = "0", paramLabel = "NAME", description = "the channel, as the settings file names it")
    String channel = "";
    @Option(names = "--wait", paramLabel = "SECONDS", defaultValue = "900", description = "how long to wait until a transaction is certain (default: ${DEFAULT-VALUE})")
    int wait = 900;
    @Option(names = "--confirmations", paramLabel = "BLOCKS", description = "blocks on top that make it certain (default: those of the channel)")
    @Nullable
    Integer confirmations;

    private interface Act {
      void run(Jurisdiction own, ExchangeSettings.Way.Ethereum way, ChannelAdministration administration)
          throws InterruptedException;
    }

    private NodeConfig config() {
      return configured(options);
    }

    private ExchangeSettings.Way.Ethereum way(NodeConfig config) {
      ExchangeSettings.Way.Ethereum way = config.exchange().ethereum().get(channel);
      if (way == null) {
        throw new FairwayException(ErrorCode.INVALID, "the settings have no channel \"" + channel
            + "\" of type ethereum; they have " + config.exchange().ethereum().keySet());
      }
      return way;
    }

    private Finality finality(ChainSettings chain) {
      OptionalInt wanted = confirmations == null ? OptionalInt.empty() : OptionalInt.of(confirmations);
      return wanted.isPresent() ? new Finality.Depth(wanted.getAsInt()) : chain.finality();
    }

    private void administer(Act act) throws InterruptedException {
      NodeConfig config = config();
      ExchangeSettings.Way.Ethereum way = way(config);
      Signer signer = way.chain().signer();
      try (SqlStore store = SqlStore.open(config.storage(), Clock.systemUTC(), Node.ROOMS);
          EthereumRpc rpc = new EthereumRpc(way.chain().rpc());
          Transactions transactions = new Transactions(store, rpc, signer,
              way.chain().sending().withFinality(finality(way.chain())))) {
        rpc.check();
        transactions.start();
        act.run(config.jurisdiction(), way, new ChannelAdministration(rpc, transactions, Duration.ofSeconds(wait)));
      }
    }

    private Address contract(ExchangeSettings.Way.Ethereum way) {
      return way.contract().orElseThrow(() -> new FairwayException(ErrorCode.INVALID, "channel " + channel
          + " has no contract in the settings; make one with \"fairway channel deploy " + channel + "\""));
    }
  }

  private ChannelCommands() {}

  @Command(name = "key", mixinStandardHelpOptions = true, description = "Show the key that partners must know of this node, for simplex channels.", footer = {
      "", "Example:", "  fairway channel key --config fairway.yaml"})
  static final class Key implements Callable<Integer> {
    @Mixin
    ServeCommand.ConfigOptions options = new ServeCommand.ConfigOptions();
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      spec.commandLine().getOut().println(configured(options).signingKey().publicText());
      return 0;
    }
  }

  private static NodeConfig configured(ServeCommand.ConfigOptions options) {
    Settings settings = options.load();
    NodeConfig config = NodeConfig.from(settings.root());
    settings.check();
    return config;
  }

  @Command(name = "deploy", mixinStandardHelpOptions = true, description = "Make this node's contract of a channel.", footer = {
      "", "Run again, it makes no second contract and says where the first is.", "", "Example:",
      "  fairway channel deploy chain --config fairway.yaml"})
  static final class Deploy implements Callable<Integer> {
    @Mixin
    Administered channel = new Administered();
    @Option(names = "--anew", description = "make another contract, although there is one")
    boolean anew;
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
      PrintWriter out = spec.commandLine().getOut();
      channel.administer((own, way, administration) -> {
        List<Jurisdiction> others = way.participants().stream().filter(other -> !other.equals(own))
            .sorted(Comparator.comparing(Jurisdiction::code))
            .toList();
        String key = "channel " + channel.channel + (anew ? " " + UUID.randomUUID() : "");
        ChannelAdministration.Deployed deployed = administration.deploy(key, own, others);
        out.println("contract: \"" + deployed.contract().checksummed() + "\"");
        out.println("start-block: " + deployed.block());
        spec.commandLine().getErr().println("The contract belongs to account " + deployed.owner().checksummed()
            + ". Write both lines under the channel, and tell the partners the contract and the account.");
      });
      return 0;
    }
  }

  @Command(name = "participant", description = "Say whose account speaks for whom on a channel.", subcommands = {
      AddParticipant.class, RemoveParticipant.class, ListParticipants.class})
  static final class Participants {
    private Participants() {}
  }

  @Command(name = "add", mixinStandardHelpOptions = true, description = "Take a participant in, or give it another account.", footer = {
      "", "Example:", "  fairway channel participant add chain SG 0x… --config fairway.yaml"})
  static final class AddParticipant implements Callable<Integer> {
    @Mixin
    Administered channel = new Administered();
    @Parameters(index = "1", paramLabel = "CC", converter = Typed.Code.class, description = "the participant")
    String participant = "";
    @Parameters(index = "2", paramLabel = "ACCOUNT", description = "the account whose key speaks for it")
    String account = "";
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
      Jurisdiction who = jurisdiction(participant);
      Address speaks = address(account);
      channel.administer((own, way, administration) -> {
        administration.addParticipant(channel.contract(way), who, speaks);
        spec.commandLine().getOut().println(speaks.checksummed() + " speaks for " + who + " on channel "
            + channel.channel);
      });
      return 0;
    }
  }

  @Command(name = "remove", mixinStandardHelpOptions = true, description = "Take nothing more from a participant, and send it nothing.", footer = {
      "", "Example:", "  fairway channel participant remove chain SG --config fairway.yaml"})
  static final class RemoveParticipant implements Callable<Integer> {
    @Mixin
    Administered channel = new Administered();
    @Parameters(index = "1", paramLabel = "CC", converter = Typed.Code.class, description = "the participant")
    String participant = "";
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
      Jurisdiction who = jurisdiction(participant);
      channel.administer((own, way, administration) -> {
        administration.removeParticipant(channel.contract(way), who);
        spec.commandLine().getOut().println(who + " no longer takes part in channel " + channel.channel);
      });
      return 0;
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List the participants a channel's contract knows.", footer = {
      "", "Example:", "  fairway channel participant list chain --config fairway.yaml"})
  static final class ListParticipants implements Callable<Integer> {
    @Mixin
    Administered channel = new Administered();
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      ExchangeSettings.Way.Ethereum way = channel.way(channel.config());
      try (EthereumRpc rpc = new EthereumRpc(way.chain().rpc())) {
        ChannelNode contract = new ChannelNode(rpc, channel.contract(way));
        out.println(contract.name() + "  owner " + contract.owner().checksummed() + "  contract "
            + contract.address().checksummed());
        for (String name : contract.participants()) {
          out.println(name + "  " + contract.participant(name)
              .map(known -> "account " + known.account().checksummed() + "  contract "
                  + known.contract().map(Address::checksummed).orElse("not named yet"))
              .orElse("no account registered"));
        }
      }
      return 0;
    }
  }

  @Command(name = "pair", mixinStandardHelpOptions = true, description = "Name this node's contract at a participant's contract.", footer = {
      "", "Example:", "  fairway channel pair chain SG 0x… --config fairway.yaml"})
  static final class Pair implements Callable<Integer> {
    @Mixin
    Administered channel = new Administered();
    @Parameters(index = "1", paramLabel = "CC", converter = Typed.Code.class, description = "the participant; it must have added our account")
    String participant = "";
    @Parameters(index = "2", paramLabel = "CONTRACT", description = "the participant's contract")
    String contract = "";
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
      Jurisdiction who = jurisdiction(participant);
      Address theirs = address(contract);
      channel.administer((own, way, administration) -> {
        administration.updateParticipantContractAddress(theirs, own, channel.contract(way));
        spec.commandLine().getOut().println("our contract is known at " + who + "'s contract "
            + theirs.checksummed());
      });
      return 0;
    }
  }

  private static Jurisdiction jurisdiction(String code) {
    try {
      return new Jurisdiction(code);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  private static Address address(String text) {
    try {
      return Address.parse(text);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, String.valueOf(e.getMessage()), e);
    }
  }
}
