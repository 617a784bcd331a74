package dev.fairway.evm.sign;

import java.math.BigInteger;

/** What a transaction offers for its gas, in wei per gas. */
public sealed interface Fees {
  /** The most it can cost per gas. */
  BigInteger ceiling();

  /** This, raised by a share of a hundred, rounded up; nodes ask at least 10 for a replacement. */
  Fees raised(int percent);

  /** One price (before EIP-1559). */
  record Legacy(BigInteger price) implements Fees {
    @Override
    public BigInteger ceiling() {
      return price;
    }

    @Override
    public Legacy raised(int percent) {
      return new Legacy(raise(price, percent));
    }
  }

  /** A tip to whoever builds the block, and the most that tip and base fee may come to (EIP-1559). */
  record Dynamic(BigInteger priority, BigInteger max) implements Fees {
    public Dynamic {
      if (priority.compareTo(max) > 0) {
        throw new IllegalArgumentException("the tip " + priority + " is above the most to pay " + max);
      }
    }

    @Override
    public BigInteger ceiling() {
      return max;
    }

    @Override
    public Dynamic raised(int percent) {
      return new Dynamic(raise(priority, percent), raise(max, percent));
    }
  }

  private static BigInteger raise(BigInteger amount, int percent) {
    return amount.multiply(BigInteger.valueOf(100L + percent)).add(BigInteger.valueOf(99))
        .divide(BigInteger.valueOf(100))
        .max(amount.add(BigInteger.ONE));
  }
}
