package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.datatrust.Datatrust;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.index.MarketIndex;
import dev.fairway.datatrust.market.MarketContracts;
import dev.fairway.datatrust.market.MarketEvent;
import dev.fairway.datatrust.market.Wallet;
import dev.fairway.evm.Address;
import dev.fairway.evm.DevChain;
import dev.fairway.evm.Finality;
import dev.fairway.evm.Hex;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.LogQuery;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** How fast an empty index takes in a market's events, against asking the chain for them and keeping nothing. */
final class IndexBench {
  private static final int OF_A_BLOCK = 100;
  private static final int AT_ONCE = 1_000;
  /**
   * A contract that tells as many applications as its argument says:
   * {@code for (i = calldata[0]; i != 0; i--) log3("", Applied, i, caller)}.
   */
  private static final String TELLER = "0x603a80600b6000396000f3"
      + "600035" + "5b" + "8015603857" + "33" + "81" + "7f" + MarketEvent.APPLIED.topic().hex().substring(2)
      + "60006000a3" + "60019003" + "600356" + "5b00";

  private final Path home;
  private final int events;

  IndexBench(Path home, int events) {
    this.home = home;
    this.events = events;
  }

  Figure run() throws Exception {
    try (DevChain chain = DevChain.start(DevChain.Options.fleeting());
        EthereumRpc rpc = new EthereumRpc(RpcConfig.of(chain.url()))) {
      Address teller = tell(rpc, chain);
      bare(rpc, teller);
      double bare = bare(rpc, teller);
      double ours = index(rpc, teller);
      return Figure.atLeast("index of " + events + " events read anew, against bare eth_getLogs",
          "%,.0f events/s".formatted(ours), "%,.0f events/s".formatted(bare), ours / bare, 0.7);
    }
  }

  private Address tell(EthereumRpc rpc, DevChain chain) throws InterruptedException {
    Wallet wallet = new Wallet(rpc, KeySigner.of(chain.keys().getFirst()), Duration.ofMinutes(1));
    Address teller = wallet.deploy(TELLER);
    for (int told = 0; told < events; told += OF_A_BLOCK) {
      int now = Math.min(OF_A_BLOCK, events - told);
      wallet.call(teller, "0x" + "%064x".formatted(BigInteger.valueOf(now)));
    }
    return teller;
  }

  private double bare(EthereumRpc rpc, Address teller) {
    LogQuery query = new LogQuery(List.of(teller), MarketEvent.topics());
    long head = rpc.head().number();
    int logs = 0;
    long begin = System.nanoTime();
    for (long block = 0; block <= head; block += AT_ONCE) {
      logs += rpc.logs(query, block, Math.min(head, block + AT_ONCE - 1)).size();
    }
    double perSecond = logs / ((System.nanoTime() - begin) / 1e9);
    if (logs != events) {
      throw new FairwayException(ErrorCode.PEER_LIED, "the chain has " + logs + " events, not " + events);
    }
    return perSecond;
  }

  private double index(EthereumRpc rpc, Address teller) throws Exception {
    MarketContracts contracts = new MarketContracts(teller, teller, teller, teller, teller, teller, teller);
    DatatrustConfig config = DatatrustConfig.of(contracts, "bench.example.org", new Secret(Hex.of(1)),
        new Secret(Hex.of(2))).withChain(new Finality.Depth(0), Duration.ofMillis(20));
    long head = rpc.head().number();
    try (SqlStore store = SqlStore.open(new StorageConfig.Embedded(home.resolve("index")), Clock.systemUTC(),
        Datatrust.ROOMS);
        MarketIndex index = new MarketIndex(store, rpc, config)) {
      long begin = System.nanoTime();
      long deadline = begin + Duration.ofMinutes(5).toNanos();
      while (index.position() < head) {
        if (System.nanoTime() > deadline) {
          throw new FairwayException(ErrorCode.PEER_FAILED, "the index is at block " + index.position());
        }
        index.runOnce();
      }
      return events / ((System.nanoTime() - begin) / 1e9);
    }
  }
}
