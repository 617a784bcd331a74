package dev.fairway.datatrust.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.FlakyNode;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.rpc.RpcException;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node's answers about a contract's signature count for, and how often it is asked. */
class ContractWalletsTest {
  private static final Address WALLET = new Address("0x" + "1".repeat(40));
  private static final Hash DIGEST = Keccak.hash("a message");
  private static final byte[] SIGNATURE = {1};
  private final AtomicLong nanos = new AtomicLong();
  private FlakyNode node;
  private EthereumRpc rpc;
  private ContractWallets wallets;

  @BeforeEach
  void start() throws IOException {
    node = new FlakyNode(URI.create("http://127.0.0.1:9"));
    rpc = new EthereumRpc(RpcConfig.of(node.url()));
    wallets = new ContractWallets(rpc, nanos::get);
  }

  @AfterEach
  void stop() {
    rpc.close();
    node.close();
  }

  private void answers(String outcome) {
    node.weather(request -> Optional.of(new FlakyNode.Bad(200, "{\"jsonrpc\":\"2.0\",\"id\":1,"
        + (request.contains("eth_chainId") ? "\"result\":\"0x1\"" : outcome) + "}")));
  }

  private boolean signed() {
    return wallets.signed(WALLET, DIGEST, SIGNATURE);
  }

  @Test
  void onlyARevertIsAContractsNo() {
    answers("\"result\":\"0x1626ba7e" + "0".repeat(56) + "\"");
    assertThat(signed()).isTrue();
    answers("\"result\":\"0x\"");
    assertThat(signed()).as("no contract").isFalse();
    answers("\"error\":{\"code\":3,\"message\":\"execution reverted\"}");
    assertThat(signed()).isFalse();
    answers("\"error\":{\"code\":-32005,\"message\":\"daily request count exceeded\"}");
    assertThatExceptionOfType(RpcException.class).isThrownBy(this::signed);
  }

  @Test
  void theChainIsAskedAFewTimesASecondAndNoMore() {
    answers("\"result\":\"0x\"");
    for (int call = 0; call <= 20; call++) {
      assertThat(signed()).isFalse();
    }
    int asked = node.asked();
    assertThatExceptionOfType(AskedTooOften.class).isThrownBy(this::signed)
        .satisfies(refused -> assertThat(refused.waitNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(200)));
    assertThat(node.asked()).isEqualTo(asked);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(200));
    assertThat(signed()).isFalse();
  }
}
