package dev.fairway.datatrust.identity;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Accounts that are contracts and say themselves what they have signed (EIP-1271). Safe for many threads. */
public final class ContractWallets {
  /** What a contract answers when it has; its function's selector. */
  private static final String YES = "0x1626ba7e";
  private static final int WORD = 32;
  private static final int LONGEST = 8 << 10;

  private final EthereumRpc rpc;

  public ContractWallets(EthereumRpc rpc) {
    this.rpc = rpc;
  }

  /**
   * Whether the account is a contract that takes the signature for its own. Asks the chain.
   *
   * @throws dev.fairway.core.FairwayException with {@code PEER_FAILED} when the chain does not answer
   */
  boolean signed(Address account, Hash digest, byte[] signature) {
    if (signature.length > LONGEST) {
      return false;
    }
    try {
      // An account without code answers with nothing.
      return rpc.read(Optional.empty(), account, question(digest, signature), "latest")
          .equals(YES + "0".repeat(2 * (WORD - 4)));
    } catch (RpcException e) {
      // A contract without the function, or that does not like the signature, reverts.
      return false;
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
