package dev.fairway.node.pair;

import dev.fairway.core.Secret;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.evm.Address;
import dev.fairway.evm.DevChain;
import dev.fairway.evm.Finality;
import dev.fairway.evm.Hex;
import dev.fairway.evm.channel.ChannelAdministration;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.tx.Transactions;
import dev.fairway.evm.tx.TransactionsConfig;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A chain of one's own with a contract for Australia and one for Singapore, which know each other: the channel
 * {@code chain} of a {@link NodePair}. Ends with this process.
 */
public final class ChainOfTwo implements NodePair.Wiring, AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int CONFIRMATIONS = 2;

  private final DevChain chain;
  private final EthereumRpc rpc;
  private final String routes;
  private final Map<String, Secret> keys = new LinkedHashMap<>();
  private final Map<String, Address> contracts = new LinkedHashMap<>();

  private ChainOfTwo(DevChain chain, String routes) {
    this.chain = chain;
    this.rpc = new EthereumRpc(RpcConfig.of(chain.url()));
    this.routes = routes;
    keys.put(NodePair.AU, chain.keys().get(0));
    keys.put(NodePair.SG, chain.keys().get(1));
  }

  /**
   * Starts the chain and makes the contracts. A block is certain when {@value #CONFIRMATIONS} lie on top of it.
   *
   * @param home where the administrators record what they send; must be new, as the chain is
   * @param options how the chain runs
   * @param routes the rules of both nodes, in YAML
   * @throws dev.fairway.core.FairwayException with {@code CONFIGURATION} when there is no anvil on this machine; the
   * message says how to get it
   */
  public static ChainOfTwo start(Path home, DevChain.Options options, String routes)
      throws IOException, InterruptedException {
    ChainOfTwo made = new ChainOfTwo(DevChain.start(options), routes);
    try {
      made.setUp(home);
      return made;
    } catch (InterruptedException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  private void setUp(Path home) throws InterruptedException {
    for (String own : keys.keySet()) {
      administer(home, own, administration -> contracts.put(own, administration
          .deploy("deploy", new Jurisdiction(own), List.of(new Jurisdiction(other(own)))).contract()));
    }
    for (String own : keys.keySet()) {
      administer(home, own, administration -> administration.addParticipant(contract(own),
          new Jurisdiction(other(own)), signer(other(own)).address()));
    }
    for (String own : keys.keySet()) {
      administer(home, own, administration -> administration
          .updateParticipantContractAddress(contract(other(own)), new Jurisdiction(own), contract(own)));
    }
  }

  private interface Act {
    void run(ChannelAdministration administration) throws InterruptedException;
  }

  private void administer(Path home, String own, Act act) throws InterruptedException {
    // Each transaction is mined as it is sent, and nothing forks this chain before the nodes are up.
    TransactionsConfig hasty = TransactionsConfig.DEFAULT.withFinality(new Finality.Depth(0))
        .withPoll(Duration.ofMillis(20));
    try (
        SqlStore store = SqlStore.open(new StorageConfig.Embedded(home.resolve("set-up-" + own)), Clock.systemUTC(),
            List.of("evm"));
        Transactions transactions = new Transactions(store, rpc, signer(own), hasty)) {
      transactions.start();
      act.run(new ChannelAdministration(rpc, transactions, LIMIT));
    }
  }

  private static String other(String own) {
    return own.equals(NodePair.AU) ? NodePair.SG : NodePair.AU;
  }

  /** Who signs for a jurisdiction. */
  public KeySigner signer(String own) {
    return KeySigner.of(java.util.Objects.requireNonNull(keys.get(own)));
  }

  /** A jurisdiction's end. */
  public Address contract(String own) {
    return java.util.Objects.requireNonNull(contracts.get(own));
  }

  /** A client of the chain; closed with it. */
  public EthereumRpc client() {
    return rpc;
  }

  @Override
  public String channels(String own) {
    return """
        chain:
          type: ethereum
          urls: [%s]
          chain-id: %d
          contract: "%s"
          confirmations: %d
          poll: 100ms
          key: "%s"
          participants: [AU, SG]
        """.formatted(chain.url(), DevChain.CHAIN_ID, contract(own), CONFIRMATIONS,
        java.util.Objects.requireNonNull(keys.get(own)).reveal());
  }

  @Override
  public String routes() {
    return routes;
  }

  /** Adds empty blocks. */
  public void mine(int blocks) {
    rpc.call("anvil_mine", Hex.of(blocks));
  }

  /** Replaces the newest blocks by empty ones: what was in them is gone, and does not come back by itself. */
  public void fork(int depth) {
    rpc.call("anvil_reorg", depth, List.of());
  }

  public long height() {
    return rpc.head().number();
  }

  @Override
  public void close() {
    rpc.close();
    chain.close();
  }
}
