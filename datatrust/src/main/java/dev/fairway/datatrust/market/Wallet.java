package dev.fairway.datatrust.market;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.rpc.Block;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.Receipt;
import dev.fairway.evm.rpc.RpcException;
import dev.fairway.evm.sign.Fees;
import dev.fairway.evm.sign.SignedTransaction;
import dev.fairway.evm.sign.Signer;
import dev.fairway.evm.sign.UnsignedTransaction;
import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A person's account, for commands: sends one transaction, waits until it is mined, and says what became of it. Nothing is
 * recorded, so it is not for what must survive a crash, nor for an account a node sends from. Belongs to one thread.
 */
public final class Wallet {
  private static final Duration GLANCE = Duration.ofMillis(50);

  private final EthereumRpc rpc;
  private final Signer signer;
  private final Duration patience;

  /** @param patience how long to wait for a transaction to be mined */
  public Wallet(EthereumRpc rpc, Signer signer, Duration patience) {
    this.rpc = rpc;
    this.signer = signer;
    this.patience = patience;
  }

  public Address address() {
    return signer.address();
  }

  public Signer signer() {
    return signer;
  }

  /** Calls a contract's function. */
  public Receipt call(Address contract, String data) throws InterruptedException {
    return send(Optional.of(contract), data, BigInteger.ZERO);
  }

  /** Calls a contract's function with ether. */
  public Receipt pay(Address contract, String data, BigInteger wei) throws InterruptedException {
    return send(Optional.of(contract), data, wei);
  }

  /** Makes a contract. */
  public Address deploy(String creationCode) throws InterruptedException {
    return send(Optional.empty(), creationCode, BigInteger.ZERO).created()
        .orElseThrow(() -> new FairwayException(ErrorCode.PEER_LIED, "a deployment made no contract"));
  }

  /**
   * @throws FairwayException with {@code CONFLICT} when the contract refuses, with its reason; {@code PEER_FAILED} when it
   * is not mined in time
   */
  private Receipt send(Optional<Address> to, String data, BigInteger wei) throws InterruptedException {
    SignedTransaction signed = sign(to, data, wei);
    try {
      rpc.call("eth_sendRawTransaction", signed.raw());
    } catch (RpcException e) {
      throw new FairwayException(ErrorCode.CONFLICT, "the transaction was not taken: " + e.error().message(), e);
    }
    return await(signed.hash());
  }

  private SignedTransaction sign(Optional<Address> to, String data, BigInteger wei) {
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("from", address().hex());
    to.ifPresent(contract -> call.put("to", contract.hex()));
    call.put("value", Hex.of(wei));
    call.put("data", data);
    long gas;
    try {
      gas = Hex.toLong(rpc.call("eth_estimateGas", call).asString()) * 5 / 4;
    } catch (RpcException e) {
      throw new FairwayException(ErrorCode.CONFLICT, "the contract refuses: " + e.error().message(), e);
    }
    return signer.sign(new UnsignedTransaction(rpc.chainId(), rpc.transactionCount(address(), "pending"), to, wei, data,
        gas, fees()));
  }

  private Fees fees() {
    Block head = rpc.head();
    if (head.baseFee().isEmpty()) {
      return new Fees.Legacy(Hex.number(rpc.call("eth_gasPrice").asString()));
    }
    BigInteger tip = Hex.number(rpc.call("eth_maxPriorityFeePerGas").asString());
    return new Fees.Dynamic(tip, head.baseFee().get().shiftLeft(1).add(tip));
  }

  private Receipt await(Hash transaction) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Optional<Receipt> receipt = rpc.receipt(transaction);
      if (receipt.isPresent()) {
        if (!receipt.get().succeeded()) {
          throw new FairwayException(ErrorCode.CONFLICT, "the transaction " + transaction + " reverted");
        }
        return receipt.get();
      }
      if (System.nanoTime() > deadline) {
        throw new FairwayException(ErrorCode.PEER_FAILED,
            "the transaction " + transaction + " was not mined within " + patience + "; it may still be");
      }
      Thread.sleep(GLANCE);
    }
  }
}
