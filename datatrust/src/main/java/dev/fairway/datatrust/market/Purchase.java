package dev.fairway.datatrust.market;

import dev.fairway.evm.Address;
import java.math.BigInteger;

/**
 * An open purchase of bytes, as the contract names it: a delivery.
 *
 * @param requested bytes bought with it
 * @param delivered bytes accounted for so far; those of another purchase of the same buyer may be among them
 */
public record Purchase(Address owner, BigInteger requested, BigInteger delivered) {
  /** Bytes bought and not accounted for; zero when more was accounted for than bought. */
  public BigInteger open() {
    return requested.subtract(delivered).max(BigInteger.ZERO);
  }
}
