package dev.fairway.evm.tx;

import dev.fairway.evm.Address;
import dev.fairway.evm.Finality;
import dev.fairway.evm.Hash;
import dev.fairway.evm.TestChain;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.FlakyNode;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.sign.Keystore;
import dev.fairway.store.TemporaryStore;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A chain, an account with money on it, and a provider between them that can be made to fail. */
abstract class TransactionsFixture {
  static final Address SOMEBODY = new Address("0x00000000000000000000000000000000000000b0");
  static final BigInteger ETHER = BigInteger.TEN.pow(18);
  static TestChain chain;
  static FlakyNode provider;

  TemporaryStore store;
  KeySigner signer;
  EthereumRpc rpc;
  Transactions transactions;

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
  void open() {
    store = TemporaryStore.embedded(clock(), "evm");
    chain.automine(true);
    provider.fair();
    rpc = new EthereumRpc(RpcConfig.of(provider.url()).withCoolDown(Duration.ofMillis(1)));
    signer = new KeySigner(Keystore.newKey());
    chain.rpc().call("anvil_setBalance", signer.address().hex(),
        "0x" + ETHER.multiply(BigInteger.valueOf(100)).toString(16));
    transactions = transactions(config());
  }

  /** Tells the store the time. */
  Clock clock() {
    return Clock.systemUTC();
  }

  @AfterEach
  void close() {
    rpc.close();
    store.close();
  }

  /** Long enough for a machine that is busy. */
  static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(30));
  }

  static TransactionsConfig config() {
    return TransactionsConfig.DEFAULT.withFinality(new Finality.Depth(3)).withPoll(Duration.ofMillis(20))
        .withPatience(Duration.ofMillis(200));
  }

  Transactions transactions(TransactionsConfig config) {
    return new Transactions(store.store(), rpc, signer, config);
  }

  static TransactionRequest transfer(String key) {
    return TransactionRequest.transfer(key, "test", SOMEBODY, BigInteger.ONE).gasLimit(21_000);
  }

  TransactionState state(long id) {
    return transactions.find(id).orElseThrow().state();
  }

  <S extends TransactionState> S reach(long id, Class<S> wanted) {
    Callable<TransactionState> turn = () -> {
      transactions.runOnce();
      return state(id);
    };
    return wanted.cast(await().pollInterval(Duration.ofMillis(20)).until(turn, wanted::isInstance));
  }

  String raw(Hash hash) {
    return chain.rpc().call("eth_getRawTransactionByHash", hash.hex()).asString();
  }
}
