package dev.fairway.evm;

import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.FlakyNode;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.store.TemporaryStore;
import java.time.Clock;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * A chain for the tests of a class, and for each of them a store and a connection to the chain, through a provider that
 * can be made to fail.
 */
public abstract class ChainFixture {
  protected static TestChain chain;
  protected static FlakyNode provider;

  protected TemporaryStore store;
  protected EthereumRpc rpc;

  @BeforeAll
  static void startChain() throws Exception {
    chain = TestChain.anvil();
    provider = new FlakyNode(chain.url());
  }

  @AfterAll
  static void stopChain() throws Exception {
    provider.close();
    chain.close();
  }

  @BeforeEach
  void connect() {
    store = TemporaryStore.embedded(clock(), "evm");
    chain.automine(true);
    provider.fair();
    rpc = new EthereumRpc(RpcConfig.of(provider.url()).withCoolDown(Duration.ofMillis(1)));
  }

  @AfterEach
  void disconnect() {
    rpc.close();
    store.close();
  }

  /** Tells the store the time. */
  protected Clock clock() {
    return Clock.systemUTC();
  }

  /** Long enough for a machine that is busy. */
  protected static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(30));
  }
}
