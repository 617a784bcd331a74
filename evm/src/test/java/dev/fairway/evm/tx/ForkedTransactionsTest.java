package dev.fairway.evm.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.evm.DevChain;
import dev.fairway.evm.Finality;
import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.Fees;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.sign.UnsignedTransaction;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions on a chain whose past changes. */
class ForkedTransactionsTest extends TransactionsFixture {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 10})
  void forkThatDropsTheTransactionHasItSentAgain(int depth) {
    transactions = transactions(config().withFinality(new Finality.Depth(12)));
    long id = transactions.submit(transfer("a"));
    var before = reach(id, TransactionState.Mined.class);
    chain.mine(depth);
    chain.fork(depth + 1);
    assertThat(chain.rpc().receipt(before.hash())).isEmpty();
    reach(id, TransactionState.Sent.class);
    var again = reach(id, TransactionState.Mined.class);
    assertThat(again.hash()).isEqualTo(before.hash());
    chain.mine(12);
    reach(id, TransactionState.Confirmed.class);
    assertThat(chain.rpc().transactionCount(signer.address(), "latest")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 10})
  void forkThatKeepsTheTransactionOnlyMovesIt(int depth) {
    transactions = transactions(config().withFinality(new Finality.Depth(12)));
    long id = transactions.submit(transfer("a"));
    var before = reach(id, TransactionState.Mined.class);
    String raw = raw(before.hash());
    chain.mine(depth);
    chain.fork(depth + 1, raw);
    chain.mine(12);
    var confirmed = reach(id, TransactionState.Confirmed.class);
    assertThat(confirmed.hash()).isEqualTo(before.hash());
    assertThat(chain.rpc().transactionCount(signer.address(), "latest")).isEqualTo(1);
  }

  @Test
  void lateForkResubmitsWhatIsStillWanted() {
    long id = transactions.submit(transfer("a"));
    reach(id, TransactionState.Mined.class);
    chain.mine(4);
    Hash hash = reach(id, TransactionState.Confirmed.class).hash();
    chain.fork(5);
    reach(id, TransactionState.Mined.class);
    chain.mine(4);
    assertThat(reach(id, TransactionState.Confirmed.class).hash()).isEqualTo(hash);
  }

  @Test
  void lateForkMakesARevocableTransactionImpossible() {
    long id = transactions.submit(transfer("a").onLateFork(TransactionRequest.LateFork.REVOKE));
    reach(id, TransactionState.Mined.class);
    chain.mine(4);
    Hash hash = reach(id, TransactionState.Confirmed.class).hash();
    String raw = raw(hash);
    chain.fork(5);
    reach(id, TransactionState.Mined.class);
    chain.mine(3);
    assertThat(reach(id, TransactionState.Cancelled.class).why()).contains("fork");
    assertThatThrownBy(() -> chain.rpc().call("eth_sendRawTransaction", raw)).hasMessageContaining("nonce");
  }

  @Test
  void foreignTransactionOnTheNonceIsSurvivedAndReported() {
    chain.automine(false);
    long id = transactions.submit(transfer("a"));
    reach(id, TransactionState.Sent.class);
    var foreign = new UnsignedTransaction(DevChain.CHAIN_ID, 0, Optional.of(SOMEBODY), BigInteger.TEN, "0x", 21_000,
        new Fees.Dynamic(BigInteger.valueOf(90_000_000_000L), BigInteger.valueOf(200_000_000_000L)));
    chain.rpc().call("eth_sendRawTransaction", signer.sign(foreign).raw());
    chain.mine(1);
    await().until(() -> {
      transactions.runOnce();
      chain.mine(1);
      return state(id) instanceof TransactionState.Lost;
    });
    chain.automine(true);
    long next = transactions.submit(transfer("b"));
    reach(next, TransactionState.Mined.class);
  }

  @Test
  void chainKilledAndSetBackIsCaughtUpWith(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("chain.json");
    DevChain node = DevChain.start(DevChain.Options.fleeting().state(file));
    int port = node.port();
    try (EthereumRpc own = new EthereumRpc(RpcConfig.of(node.url()).withCoolDown(Duration.ofMillis(1)))) {
      signer = KeySigner.of(node.keys().getFirst());
      transactions = new Transactions(store.store(), own, signer, config());
      long first = transactions.submit(transfer("a"));
      reach(first, TransactionState.Mined.class);
      await().until(() -> java.nio.file.Files.exists(file));
      long second = transactions.submit(transfer("b"));
      reach(second, TransactionState.Mined.class);
      node.kill();
      assertThatThrownBy(transactions::runOnce).hasMessageContaining("cannot be reached");
      node = DevChain.start(DevChain.Options.fleeting().state(file).port(port));
      own.call("anvil_mine", "0x5");
      reach(first, TransactionState.Confirmed.class);
      await().until(() -> {
        transactions.runOnce();
        own.call("anvil_mine", "0x1");
        return state(second) instanceof TransactionState.Confirmed;
      });
      assertThat(own.transactionCount(signer.address(), "latest")).isEqualTo(2);
    } finally {
      node.close();
    }
  }
}
