package dev.fairway.evm.tx;

import dev.fairway.evm.Address;
import dev.fairway.evm.ChainFixture;
import dev.fairway.evm.Finality;
import dev.fairway.evm.Hash;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.sign.Keystore;
import java.math.BigInteger;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;

/** An account with money on a chain, and the transactions of who owns it. */
abstract class TransactionsFixture extends ChainFixture {
  static final Address SOMEBODY = new Address("0x00000000000000000000000000000000000000b0");
  static final BigInteger ETHER = BigInteger.TEN.pow(18);

  KeySigner signer;
  Transactions transactions;

  @BeforeEach
  void openAccount() {
    signer = new KeySigner(Keystore.newKey());
    chain.rpc().call("anvil_setBalance", signer.address().hex(),
        "0x" + ETHER.multiply(BigInteger.valueOf(100)).toString(16));
    transactions = transactions(config());
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
