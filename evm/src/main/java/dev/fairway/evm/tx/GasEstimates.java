package dev.fairway.evm.tx;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Watch;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcAnswer;
import dev.fairway.evm.rpc.RpcError;
import dev.fairway.evm.rpc.RpcRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks what gas calls need, before they get a nonce; one that would revert never gets one. */
final class GasEstimates {
  private final EthereumRpc rpc;
  private final Address account;
  private final TransactionsConfig config;
  private final TransactionTable table;
  private final Watch watch;
  private final Listeners listeners;
  private final Trouble trouble;

  GasEstimates(EthereumRpc rpc, Address account, TransactionsConfig config, TransactionTable table, Watch watch,
      Listeners listeners, Trouble trouble) {
    this.rpc = rpc;
    this.account = account;
    this.config = config;
    this.table = table;
    this.watch = watch;
    this.listeners = listeners;
    this.trouble = trouble;
  }

  /** Those whose gas is known or could be estimated; those that would revert are refused. */
  List<Row> estimated(List<Row> rows, Look look) {
    List<Row> unknown = rows.stream().filter(row -> row.gasLimit() == 0).toList();
    if (unknown.isEmpty()) {
      return rows;
    }
    List<RpcAnswer> answers = rpc
        .batch(unknown.stream().map(row -> RpcRequest.of("eth_estimateGas", Minings.call(row, account))).toList());
    Map<Long, Long> gas = new HashMap<>();
    Map<Long, String> refused = new LinkedHashMap<>();
    Optional<String> unknowable = Optional.empty();
    for (int i = 0; i < unknown.size(); i++) {
      Row row = unknown.get(i);
      switch (answers.get(i)) {
        case RpcAnswer.Result(var value) -> gas.put(row.id(), Hex.toLong(value.asString()) * 6 / 5);
        case RpcAnswer.Failed(RpcError.Reverted(var reason)) -> refused.put(row.id(), reason.text());
        case RpcAnswer.Failed(RpcError.Refused error) -> {
          if (row.recordedAt().isBefore(look.now().minus(config.giveUp()))) {
            refused.put(row.id(), "the node cannot estimate its gas: " + error.message());
          }
          unknowable = Optional.of("gas cannot be estimated: " + error.message());
        }
      }
    }
    unknowable.ifPresentOrElse(why -> trouble.is(Trouble.Kind.GAS, why), () -> trouble.over(Trouble.Kind.GAS));
    if (!refused.isEmpty()) {
      watch.write(tx -> {
        for (Map.Entry<Long, String> each : refused.entrySet()) {
          table.refused(tx, each.getKey(), each.getValue());
          listeners.tell(tx, each.getKey());
        }
        return true;
      });
    }
    List<Row> ready = new ArrayList<>();
    for (Row row : rows) {
      if (row.gasLimit() > 0) {
        ready.add(row);
      } else if (gas.containsKey(row.id())) {
        ready.add(withGas(row, gas.get(row.id())));
      }
    }
    return ready;
  }

  private static Row withGas(Row row, long gasLimit) {
    return new Row(row.id(), row.key(), row.purpose(), row.receiver(), row.value(), row.data(), gasLimit, row.revokes(),
        row.state(), row.nonce(), row.hash(), row.fees(), row.sentAt(), row.replacements(), row.abandoned(),
        row.minedHash(),
        row.block(), row.blockHash(), row.outcome(), row.reason(), row.gasUsed(), row.created(), row.cancels(),
        row.announced(), row.recordedAt(), row.changedAt());
  }
}
