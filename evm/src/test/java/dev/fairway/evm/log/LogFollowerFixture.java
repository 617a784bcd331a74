package dev.fairway.evm.log;

import dev.fairway.evm.Address;
import dev.fairway.evm.ChainFixture;
import dev.fairway.evm.Finality;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.LogEntry;
import dev.fairway.evm.rpc.LogQuery;
import dev.fairway.evm.rpc.Receipt;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;

/** A contract that emits as many logs as it is asked for, and a follower of them. */
abstract class LogFollowerFixture extends ChainFixture {
  static final Hash TOPIC = Keccak.hash("Told(uint256)");
  /** Emits a log with the topic of its first word, as often as its second word says, counting down in the data. */
  private static final String EMITTER = "0x601e600c600039601e6000f3"
      + "6020355b8015601c57806000526000356020" + "6000a160019003600356" + "5b00";

  Address contract;
  long start;
  ToldLogs told;
  LogFollower follower;

  @BeforeEach
  void deploy() {
    Hash deployed = new Hash(chain.rpc()
        .call("eth_sendTransaction",
            Map.of("from", chain.account(1).address().hex(), "data", EMITTER, "gas", "0x100000"))
        .asString());
    Receipt receipt = await().until(() -> chain.rpc().receipt(deployed), Optional::isPresent).orElseThrow();
    contract = receipt.created().orElseThrow();
    start = receipt.blockNumber();
    told = new ToldLogs();
    follower = follower(config());
  }

  static LogFollowerConfig config() {
    return LogFollowerConfig.DEFAULT.withFinality(new Finality.Depth(3)).withWatch(20).withPoll(Duration.ofMillis(20));
  }

  LogFollower follower(LogFollowerConfig config) {
    return new LogFollower(store.store(), rpc, "test", query(), start, told, config);
  }

  LogQuery query() {
    return new LogQuery(List.of(contract), List.of(TOPIC));
  }

  /** Emits events and waits for their block: the chain answers before it has mined it. */
  Hash emit(int count) {
    Hash transaction = send(count);
    await().until(() -> chain.rpc().receipt(transaction).isPresent());
    return transaction;
  }

  Hash send(int count) {
    String data = TOPIC.hex() + "%064x".formatted(count);
    return new Hash(chain.rpc().call("eth_sendTransaction", Map.of("from", chain.account(1).address().hex(), "to",
        contract.hex(), "data", data, "gas", "0xf00000")).asString());
  }

  void catchUp() throws Exception {
    for (int idle = 0; idle < 2;) {
      idle = follower.runOnce() == 0 ? idle + 1 : 0;
    }
  }

  List<LogEntry> onChain() {
    return chain.rpc().logs(query(), start, chain.height());
  }
}
