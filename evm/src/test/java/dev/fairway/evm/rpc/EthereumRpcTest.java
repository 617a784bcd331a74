package dev.fairway.evm.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.evm.Address;
import dev.fairway.evm.DevChain;
import dev.fairway.evm.Hash;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EthereumRpcTest {
  private static final URI NOBODY = URI.create("http://127.0.0.1:1/key-in-path?token=secret");
  private static DevChain chain;
  private static FlakyNode flaky;

  @BeforeAll
  static void start() throws Exception {
    chain = DevChain.start(DevChain.Options.fleeting());
    flaky = new FlakyNode(chain.url());
  }

  @AfterAll
  static void stop() {
    flaky.close();
    chain.close();
  }

  private static EthereumRpc rpc(URI... endpoints) {
    return new EthereumRpc(RpcConfig.of(endpoints).withTimeout(Duration.ofSeconds(2)));
  }

  private static ErrorCode code(Throwable e) {
    return ((FairwayException) e).code();
  }

  @Test
  void nodeIsAskedAndAnswers() {
    try (EthereumRpc rpc = rpc(chain.url())) {
      assertThat(rpc.chainId()).isEqualTo(DevChain.CHAIN_ID);
      assertThat(rpc.head().number()).isGreaterThanOrEqualTo(0);
      assertThat(rpc.block(1_000_000)).isEmpty();
      assertThat(rpc.receipt(new Hash("0x" + "1".repeat(64)))).isEmpty();
    }
  }

  @Test
  void answersOfABatchAreInTheOrderOfTheCalls() {
    try (EthereumRpc rpc = new EthereumRpc(RpcConfig.of(chain.url()).withMaxBatch(7))) {
      List<RpcAnswer> answers = rpc.batch(IntStream.range(0, 40)
          .mapToObj(i -> i % 2 == 0 ? RpcRequest.of("eth_chainId") : RpcRequest.of("eth_no_such_method")).toList());
      assertThat(answers).hasSize(40);
      for (int i = 0; i < 40; i++) {
        assertThat(answers.get(i)).isInstanceOf(i % 2 == 0 ? RpcAnswer.Result.class : RpcAnswer.Failed.class);
      }
    }
  }

  @Test
  void deadEndpointIsPassedOverAndItsKeyIsNotShown() {
    try (EthereumRpc rpc = rpc(NOBODY, chain.url())) {
      assertThat(rpc.check()).isEqualTo("http://127.0.0.1:" + chain.port());
    }
    try (EthereumRpc rpc = rpc(NOBODY)) {
      assertThatThrownBy(rpc::head)
          .hasMessageContaining("http://127.0.0.1:1 cannot be reached: nothing takes connections there")
          .hasMessageNotContaining("secret").hasMessageNotContaining("key-in-path")
          .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.PEER_FAILED));
    }
  }

  @Test
  void everyKindOfBadAnswerMovesOnToTheNextEndpoint() {
    List<FlakyNode.Bad> kinds = List.of(new FlakyNode.Bad(500, ""), new FlakyNode.Bad(429, "slow down"),
        new FlakyNode.Bad(200, "<html>"), new FlakyNode.Bad(200, ""), new FlakyNode.Bad(200, "[]"),
        new FlakyNode.Bad(200, "17"), new FlakyNode.Bad(401, "{}"));
    for (FlakyNode.Bad kind : kinds) {
      flaky.weather(request -> Optional.of(kind));
      try (EthereumRpc rpc = rpc(flaky.url(), chain.url())) {
        assertThat(rpc.head().gasLimit()).as("%s", kind).isPositive();
      }
      try (EthereumRpc rpc = rpc(flaky.url())) {
        assertThatThrownBy(rpc::head).as("%s", kind).isInstanceOf(FairwayException.class)
            .hasMessageNotContaining("secret");
      }
    }
    flaky.fair();
  }

  @Test
  void endpointIsUsedUntilItFailsAndChangedInMidWay() {
    flaky.fair();
    try (EthereumRpc rpc = rpc(flaky.url(), chain.url())) {
      rpc.head();
      int before = flaky.asked();
      rpc.head();
      assertThat(flaky.asked()).isGreaterThan(before);
      flaky.weather(request -> Optional.of(new FlakyNode.Bad(503, "")));
      rpc.head();
      int failed = flaky.asked();
      rpc.head();
      assertThat(flaky.asked()).isEqualTo(failed);
    }
    flaky.fair();
  }

  @Test
  void nodeOfAnotherChainIsRefused() {
    try (EthereumRpc rpc = new EthereumRpc(RpcConfig.of(chain.url()).withChainId(1))) {
      assertThatThrownBy(rpc::check).hasMessageContaining("wrong chain id").hasMessageContaining("31337")
          .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.CONFIGURATION));
    }
  }

  @Test
  void addressWithoutCodeIsRefusedInClearWords() {
    try (EthereumRpc rpc = rpc(chain.url())) {
      Address empty = new Address("0x00000000000000000000000000000000000000aa");
      assertThatThrownBy(() -> rpc.requireCode(empty)).hasMessageContaining("no code at address")
          .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.CONFIGURATION));
    }
  }

  @Test
  void answerOverTheLimitIsCutOff() {
    flaky.weather(request -> Optional.of(new FlakyNode.Bad(200, "{\"a\":\"" + "x".repeat(200_000) + "\"}")));
    var config = new RpcConfig(List.of(flaky.url()), java.util.OptionalLong.of(31337), Duration.ofSeconds(2),
        Duration.ofSeconds(1), java.util.Map.of(), 100_000, 10);
    try (EthereumRpc rpc = new EthereumRpc(config)) {
      assertThatThrownBy(rpc::head).satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.TOO_LARGE));
    }
    flaky.fair();
  }

  @Test
  void answerThatNeverEndsIsGivenUp() throws Exception {
    try (var slow = new java.net.ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress());
        EthereumRpc rpc = new EthereumRpc(RpcConfig.of(URI.create("http://127.0.0.1:" + slow.getLocalPort()))
            .withTimeout(Duration.ofMillis(300)))) {
      assertThatThrownBy(rpc::head).hasMessageContaining("did not answer within");
    }
  }

  @Test
  void nonsenseInPlaceOfABlockIsTold() {
    flaky.weather(request -> request.contains("getBlock")
        ? Optional.of(new FlakyNode.Bad(200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"number\":\"0xzz\"}}"))
        : Optional.empty());
    try (EthereumRpc rpc = rpc(flaky.url())) {
      assertThatThrownBy(rpc::head).satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.PEER_LIED));
    }
    flaky.fair();
  }
}
