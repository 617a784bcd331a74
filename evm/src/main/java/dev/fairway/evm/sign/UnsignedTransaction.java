package dev.fairway.evm.sign;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import java.math.BigInteger;
import java.util.Optional;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.Sign;
import org.web3j.crypto.TransactionEncoder;

/**
 * A transaction before it is signed.
 *
 * @param to empty for a deployment
 * @param value in wei
 * @param data as hex
 */
public record UnsignedTransaction(long chainId, long nonce, Optional<Address> to, BigInteger value, String data,
    long gasLimit, Fees fees) {
  public UnsignedTransaction {
    if (chainId < 1 || nonce < 0 || gasLimit < 21_000 || value.signum() < 0) {
      throw new IllegalArgumentException("not a transaction: chain " + chainId + ", nonce " + nonce + ", gas limit "
          + gasLimit + ", value " + value);
    }
  }

  /** What is hashed and signed: RLP with the chain id (EIP-155), or typed (EIP-2718, EIP-1559). */
  public byte[] payload() {
    return switch (fees) {
      case Fees.Legacy _ -> TransactionEncoder.encode(raw(), chainId);
      case Fees.Dynamic _ -> TransactionEncoder.encode(raw());
    };
  }

  /** The 32 bytes to sign. */
  public byte[] digest() {
    return Keccak.hash(payload());
  }

  /** Puts a signature to it. */
  public SignedTransaction with(Signature signature) {
    byte[] r = Signature.word(signature.r());
    byte[] s = Signature.word(signature.s());
    byte[] v = switch (fees) {
      case Fees.Legacy _ -> BigInteger.valueOf(chainId).shiftLeft(1).add(BigInteger.valueOf(35 + signature.recovery()))
          .toByteArray();
      case Fees.Dynamic _ -> new byte[]{(byte) (27 + signature.recovery())};
    };
    byte[] bytes = TransactionEncoder.encode(raw(), new Sign.SignatureData(withoutSign(v), r, s));
    return new SignedTransaction(Hash.of(Keccak.hash(bytes)), Hex.of(bytes));
  }

  private static byte[] withoutSign(byte[] number) {
    return number.length > 1 && number[0] == 0 ? java.util.Arrays.copyOfRange(number, 1, number.length) : number;
  }

  private RawTransaction raw() {
    String receiver = to.map(Address::hex).orElse("");
    return switch (fees) {
      case Fees.Legacy(var price) -> RawTransaction.createTransaction(BigInteger.valueOf(nonce), price,
          BigInteger.valueOf(gasLimit), receiver, value, data);
      case Fees.Dynamic(var priority, var max) -> RawTransaction.createTransaction(chainId, BigInteger.valueOf(nonce),
          BigInteger.valueOf(gasLimit), receiver, value, data, priority, max);
    };
  }
}
