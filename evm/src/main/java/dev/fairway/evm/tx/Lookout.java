package dev.fairway.evm.tx;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.View;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.rpc.Block;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcAnswer;
import dev.fairway.evm.rpc.RpcRequest;
import dev.fairway.evm.sign.Fees;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at the chain before each turn. For the thread that takes the turns. */
final class Lookout {
  private static final BigInteger GWEI = BigInteger.valueOf(1_000_000_000);

  private final Store store;
  private final EthereumRpc rpc;
  private final Address account;
  private final TransactionsConfig config;
  private final TransactionTable table;
  private final Trouble trouble;
  private Instant behindSince = Instant.MAX;

  Lookout(Store store, EthereumRpc rpc, Address account, TransactionsConfig config, TransactionTable table,
      Trouble trouble) {
    this.store = store;
    this.rpc = rpc;
    this.account = account;
    this.config = config;
    this.table = table;
    this.trouble = trouble;
  }

  Look look() {
    Optional<Map.Entry<Long, Hash>> before = store.read(table::head);
    List<RpcRequest> calls = new ArrayList<>(List.of(RpcRequest.of("eth_getBlockByNumber", "latest", false),
        RpcRequest.of("eth_getTransactionCount", account.hex(), "latest"),
        RpcRequest.of("eth_getTransactionCount", account.hex(), "pending"),
        RpcRequest.of(config.legacyFees() ? "eth_gasPrice" : "eth_maxPriorityFeePerGas")));
    before.ifPresent(head -> calls.add(RpcRequest.of("eth_getBlockByNumber", Hex.of(head.getKey()), false)));
    List<RpcAnswer> answers = rpc.batch(calls);
    Block head = EthereumRpc.readBlock(answers.get(0).orThrow("eth_getBlockByNumber"))
        .orElseThrow(() -> new FairwayException(ErrorCode.PEER_LIED, "the node knows no latest block"));
    long count = Hex.toLong(answers.get(1).orThrow("eth_getTransactionCount").asString());
    // Some providers have no pending block; then what we know ourselves must do.
    long pending = answers.get(2) instanceof RpcAnswer.Result(var value) ? Hex.toLong(value.asString()) : count;
    boolean forked = before.isPresent() && !EthereumRpc.readBlock(answers.get(4).orThrow("eth_getBlockByNumber"))
        .map(Block::hash).filter(before.get().getValue()::equals).isPresent();
    Fees market = market(head, answers.get(3));
    Fees capped = capped(market);
    boolean affordable = market.ceiling().compareTo(config.mostPerGas()) <= 0
        || head.baseFee().map(base -> base.compareTo(config.mostPerGas()) < 0).orElse(false);
    if (!affordable) {
      trouble.is(Trouble.Kind.FEES,
          "the chain asks %s wei per gas, at most %s are allowed: nothing is sent until it asks less"
              .formatted(market.ceiling(), config.mostPerGas()));
    } else {
      trouble.over(Trouble.Kind.FEES);
    }
    return new Look(head, before, count, Math.max(count, pending), capped, affordable, forked, store.read(View::now));
  }

  private Fees market(Block head, RpcAnswer asked) {
    Optional<BigInteger> price = asked instanceof RpcAnswer.Result(var value) && value.isString()
        ? Optional.of(Hex.number(value.asString()))
        : Optional.empty();
    if (config.legacyFees() || head.baseFee().isEmpty()) {
      BigInteger known = config.legacyFees() && price.isPresent()
          ? price.get()
          : Hex.number(rpc.call("eth_gasPrice").asString());
      return new Fees.Legacy(known);
    }
    BigInteger tip = price.orElse(GWEI);
    // Twice the base fee holds for six full blocks in a row (EIP-1559: it rises by an eighth at most).
    return new Fees.Dynamic(tip, head.baseFee().get().shiftLeft(1).add(tip));
  }

  Fees capped(Fees fees) {
    BigInteger most = config.mostPerGas();
    return switch (fees) {
      case Fees.Legacy(var price) -> new Fees.Legacy(price.min(most));
      case Fees.Dynamic(var tip, var max) -> new Fees.Dynamic(tip.min(most), max.min(most));
    };
  }

  void forget() {
    behindSince = Instant.MAX;
  }

  /** A provider may lag behind the one asked before; believed to be a fork only when it lasts. */
  boolean behind(Look look) {
    if (look.before().isEmpty() || look.head().number() >= look.before().get().getKey()) {
      behindSince = Instant.MAX;
      return false;
    }
    if (behindSince.equals(Instant.MAX)) {
      behindSince = look.now();
    }
    return look.now().isBefore(behindSince.plus(config.patience()));
  }
}
