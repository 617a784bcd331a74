package dev.fairway.datatrust.identity;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcError;
import dev.fairway.evm.rpc.RpcException;
import dev.fairway.web.RateLimit;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Accounts that are contracts and say themselves what they have signed (EIP-1271). Anybody may have a contract asked, so all of
 * them together are asked a few times a second. Safe for many threads.
 */
public final class ContractWallets {
  /** What a contract answers when it has; its function's selector. */
  private static final String YES = "0x1626ba7e";
  private static final int WORD = 32;
  private static final int LONGEST = 8 << 10;
  private static final int A_SECOND = 5;
  private static final int BURST = 20;
  private static final String ALL = "all";

  private final EthereumRpc rpc;
  private final RateLimit pace;

  /** @param nanos a clock that only runs forward */
  public ContractWallets(EthereumRpc rpc, LongSupplier nanos) {
    this.rpc = rpc;
    this.pace = new RateLimit(A_SECOND, BURST, nanos);
  }

  /**
   * Whether the account is a contract that takes the signature for its own. Asks the chain.
   *
   * @throws AskedTooOften when contracts were asked too often just now; the chain is not asked
   * @throws dev.fairway.core.FairwayException with {@code PEER_FAILED} when the chain does not answer
   * @throws RpcException when it answers with an error that says nothing of the signature
   */
  boolean signed(Address account, Hash digest, byte[] signature) {
    if (signature.length > LONGEST) {
      return false;
    }
    long wait = pace.take(ALL);
    if (wait > 0) {
      throw new AskedTooOften(wait);
    }
    try {
      // An account without code answers with nothing.
      return rpc.read(Optional.empty(), account, question(digest, signature), "latest")
          .equals(YES + "0".repeat(2 * (WORD - 4)));
    } catch (RpcException e) {
      // A contract without the function, or that does not like the signature, reverts. Other errors are the node's.
      if (e.error() instanceof RpcError.Reverted) {
        return false;
      }
      throw e;
    }
  }

  /* The ABI's form of (bytes32, bytes): the digest, where the signature begins, its length, and it, in whole words. */
  private static String question(Hash digest, byte[] signature) {
    int padded = (signature.length + WORD - 1) / WORD * WORD;
    ByteBuffer arguments = ByteBuffer.allocate(3 * WORD + padded).put(digest.bytes());
    arguments.position(2 * WORD - Integer.BYTES).putInt(2 * WORD);
    arguments.position(3 * WORD - Integer.BYTES).putInt(signature.length).put(signature);
    return Keccak.selector("isValidSignature(bytes32,bytes)") + Hex.of(arguments.array()).substring(2);
  }
}
