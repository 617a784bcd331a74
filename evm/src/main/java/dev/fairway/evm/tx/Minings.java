package dev.fairway.evm.tx;

import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Store;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.Receipt;
import dev.fairway.evm.rpc.RpcAnswer;
import dev.fairway.evm.rpc.RpcError;
import dev.fairway.evm.rpc.RpcException;
import dev.fairway.evm.rpc.RpcRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out by receipts what was mined, and what it came to. */
final class Minings {
  private final Store store;
  private final EthereumRpc rpc;
  private final TransactionTable table;
  private final Address account;

  Minings(Store store, EthereumRpc rpc, TransactionTable table, Address account) {
    this.store = store;
    this.rpc = rpc;
    this.table = table;
    this.account = account;
  }

  /** Looks the receipts up, of the newest form first and of the others where that has none. */
  Map<Long, TransactionTable.Mining> of(List<Row> rows) {
    Map<Long, TransactionTable.Mining> found = new LinkedHashMap<>();
    List<Row> signed = rows.stream().filter(row -> row.hash().isPresent()).toList();
    List<Optional<Receipt>> newest = receipts(signed.stream().map(row -> row.hash().orElseThrow()).toList());
    List<Row> rest = new ArrayList<>();
    for (int i = 0; i < signed.size(); i++) {
      Row row = signed.get(i);
      newest.get(i).ifPresentOrElse(receipt -> found.put(row.id(), mining(row, receipt, row.cancels())),
          () -> rest.add(row));
    }
    Map<Long, Map<Hash, Boolean>> forms = store.read(view -> table.forms(view, rest));
    for (Row row : rest) {
      Map<Hash, Boolean> own = forms.getOrDefault(row.id(), Map.of());
      List<Hash> others = own.keySet().stream().filter(hash -> !Optional.of(hash).equals(row.hash())).toList();
      List<Optional<Receipt>> receipts = receipts(others);
      for (int i = 0; i < others.size(); i++) {
        boolean cancels = own.getOrDefault(others.get(i), false);
        receipts.get(i).ifPresent(receipt -> found.put(row.id(), mining(row, receipt, cancels)));
      }
    }
    return found;
  }

  private List<Optional<Receipt>> receipts(List<Hash> hashes) {
    return rpc.batch(hashes.stream().map(hash -> RpcRequest.of("eth_getTransactionReceipt", hash.hex())).toList())
        .stream()
        .map(answer -> Receipt.of(answer.orThrow("eth_getTransactionReceipt"))).toList();
  }

  private TransactionTable.Mining mining(Row row, Receipt receipt, boolean cancels) {
    if (cancels) {
      return new TransactionTable.Mining(row, receipt, Row.Outcome.CANCELLED,
          row.abandoned().orElse("it was given up"));
    }
    return receipt.succeeded()
        ? new TransactionTable.Mining(row, receipt, Row.Outcome.SUCCEEDED, "")
        : new TransactionTable.Mining(row, receipt, Row.Outcome.REVERTED, revertReason(row, receipt));
  }

  /** Receipts carry no reason; the call is made again on the state before its block, without writing. */
  private String revertReason(Row row, Receipt receipt) {
    if (receipt.gasUsed() >= row.gasLimit()) {
      return "it ran out of gas: " + row.gasLimit() + " were not enough";
    }
    Map<String, Object> call = call(row, account);
    call.put("gas", Hex.of(row.gasLimit()));
    for (String tag : List.of(Hex.of(Math.max(0, receipt.blockNumber() - 1)), "latest")) {
      try {
        if (rpc.batch(List.of(RpcRequest.of("eth_call", call, tag)))
            .getFirst() instanceof RpcAnswer.Failed(RpcError.Reverted(var reason))) {
          return reason.text();
        }
      } catch (FairwayException | RpcException e) {
        // The reason is a courtesy; without it the transaction has reverted all the same.
        return "reverted; the node does not tell why";
      }
    }
    return "reverted; the reason no longer shows";
  }

  /** The transaction as a call, to be tried without writing. */
  static Map<String, Object> call(Row row, Address account) {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("from", account.hex());
    row.receiver().ifPresent(to -> call.put("to", to.hex()));
    call.put("value", Hex.of(row.value()));
    call.put("data", row.data());
    return call;
  }
}
