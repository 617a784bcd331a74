package dev.fairway.datatrust.market;

import java.math.BigInteger;
import java.time.Duration;

/**
 * The figures a market starts with.
 *
 * @param initialShares market token the deployer gets, in its smallest unit
 * @param priceFloor least price of a thousand millionth of a share, in wei
 * @param spread hundredths by which the support price is above what a share is worth, at least 100
 * @param listReward market token a listing gets
 * @param stake market token a vote, a challenge or a registration costs until it is over
 * @param voteBy how long a poll is open, in whole seconds
 * @param plurality hundredths of the votes that pass a candidate
 * @param backendPayment hundredths of a price that the datatrust gets
 * @param makerPayment hundredths of a price that the maker gets
 * @param costPerByte in wei
 */
public record MarketParameters(BigInteger initialShares, BigInteger priceFloor, int spread, BigInteger listReward,
    BigInteger stake, Duration voteBy, int plurality, int backendPayment, int makerPayment, BigInteger costPerByte) {
  private static final BigInteger SHARE = BigInteger.TEN.pow(18);

  /** What the public markets of this kind ran with. */
  public static final MarketParameters PRODUCTION = new MarketParameters(BigInteger.ZERO, BigInteger.valueOf(500_000),
      110, SHARE.multiply(BigInteger.TWO), SHARE.multiply(BigInteger.TEN), Duration.ofMinutes(15), 50, 5, 70,
      BigInteger.valueOf(550_000_000));

  /** For trying out: the deployer has shares to vote with, and they are cheap. */
  public static final MarketParameters DEMO = new MarketParameters(SHARE.multiply(BigInteger.valueOf(4)),
      BigInteger.TEN.pow(12), 110, BigInteger.TEN.pow(13).multiply(BigInteger.valueOf(25)), BigInteger.TEN.pow(15),
      Duration.ofSeconds(100), 50, 25, 25, BigInteger.TEN.pow(11));

  public MarketParameters {
    if (backendPayment < 0 || makerPayment < 0 || backendPayment + makerPayment > 100) {
      throw new IllegalArgumentException(
          "payments must be 0 to 100 hundredths together, are " + backendPayment + " and "
              + makerPayment);
    }
    if (plurality < 0 || plurality > 100) {
      throw new IllegalArgumentException("plurality must be 0 to 100 hundredths, is " + plurality);
    }
    if (voteBy.isNegative() || voteBy.isZero()) {
      throw new IllegalArgumentException("a poll must be open for some time, not " + voteBy);
    }
  }

  public MarketParameters withVoteBy(Duration time) {
    return new MarketParameters(initialShares, priceFloor, spread, listReward, stake, time, plurality, backendPayment,
        makerPayment, costPerByte);
  }

  /** What the datatrust and the maker leave of a price, in hundredths. */
  public int reservePayment() {
    return 100 - backendPayment - makerPayment;
  }
}
