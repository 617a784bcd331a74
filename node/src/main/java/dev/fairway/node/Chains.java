package dev.fairway.node;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.store.Store;
import dev.fairway.evm.Address;
import dev.fairway.evm.channel.EthereumChannel;
import dev.fairway.evm.channel.EthereumChannelConfig;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.Signer;
import dev.fairway.evm.tx.Transactions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The chains a node works on: one client for each set of nodes, one sender for each account, whoever needs them. The
 * senders begin when all that listens to them is there ({@link #start}). To be used by one thread.
 */
final class Chains implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Store store;
  private final Map<RpcConfig, EthereumRpc> clients = new LinkedHashMap<>();
  private final Map<Account, Sender> senders = new LinkedHashMap<>();

  private record Account(long chain, Address address) {}

  private record Sender(ChainSettings settings, Transactions transactions) {}

  Chains(Store store) {
    this.store = store;
  }

  EthereumRpc client(ChainSettings settings) {
    return clients.computeIfAbsent(settings.rpc(), EthereumRpc::new);
  }

  /** @throws FairwayException with {@code CONFIGURATION} when two sections tell different things of one account */
  Transactions transactions(ChainSettings settings) {
    Signer signer = settings.signer();
    EthereumRpc rpc = client(settings);
    Sender sender = senders.computeIfAbsent(new Account(rpc.chainId(), signer.address()),
        any -> new Sender(settings, new Transactions(store, rpc, signer, settings.sending())));
    if (!sender.settings.sending().equals(settings.sending()) || !sender.settings.rpc().equals(settings.rpc())) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "account " + signer.address()
          + " is set up in two ways; one account has one urls, chain-id, confirmations, poll and most-gwei");
    }
    return sender.transactions;
  }

  EthereumChannel channel(String id, Jurisdiction own, ExchangeSettings.Way.Ethereum way) {
    ChainSettings chain = way.chain();
    Address contract = way.contract().orElseThrow(() -> new FairwayException(ErrorCode.CONFIGURATION,
        "exchange.channels." + id + ".contract is missing: make one with \"fairway channel deploy " + id
            + "\" and write down its address"));
    return new EthereumChannel(store, client(chain), transactions(chain),
        new EthereumChannelConfig(id, own, contract, way.startBlock(), chain.reading(), PATIENCE));
  }

  /** Begins to send and to follow what was sent. */
  void start() {
    senders.values().forEach(sender -> sender.transactions.start());
  }

  @Override
  public void close() {
    senders.values().forEach(sender -> sender.transactions.close());
    clients.values().forEach(EthereumRpc::close);
  }
}
