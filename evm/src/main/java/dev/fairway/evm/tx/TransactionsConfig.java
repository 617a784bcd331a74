package dev.fairway.evm.tx;

import dev.fairway.evm.Finality;
import java.math.BigInteger;
import java.time.Duration;

/**
 * How an account's transactions are sent.
 *
 * @param finality when a mined transaction is confirmed
 * @param watch for how many blocks after that a fork is still looked for, 0 to 10,000
 * @param poll how often the chain is looked at while something is open
 * @param patience how long a sent transaction may stay unmined before it is sent again or its fees are raised
 * @param raise by how many hundredths the fees of a replacement are raised, at least 10
 * @param mostPerGas never offer more, in wei per gas; while the chain asks for more, nothing is sent
 * @param giveUp after how long an unmined transaction is cancelled
 * @param inFlight most transactions sent and not mined, 1 to 10,000
 * @param legacyFees whether to offer one gas price even where EIP-1559 is spoken
 */
public record TransactionsConfig(Finality finality, int watch, Duration poll, Duration patience, int raise,
    BigInteger mostPerGas, Duration giveUp, int inFlight, boolean legacyFees) {
  /** Twelve confirmations, a minute's patience, at most 500 gwei, given up after a day. */
  public static final TransactionsConfig DEFAULT = new TransactionsConfig(Finality.USUAL, 64, Duration.ofSeconds(1),
      Duration.ofMinutes(1), 25, BigInteger.valueOf(500_000_000_000L), Duration.ofDays(1), 256, false);

  public TransactionsConfig {
    if (raise < 10 || raise > 1_000) {
      throw new IllegalArgumentException("fees must be raised by 10 to 1000 hundredths, not " + raise);
    }
    if (inFlight < 1 || inFlight > 10_000) {
      throw new IllegalArgumentException("transactions in flight must be 1 to 10000, not " + inFlight);
    }
    if (watch < 0 || watch > 10_000) {
      throw new IllegalArgumentException("blocks watched after confirmation must be 0 to 10000, not " + watch);
    }
  }

  public TransactionsConfig withFinality(Finality rule) {
    return new TransactionsConfig(rule, watch, poll, patience, raise, mostPerGas, giveUp, inFlight, legacyFees);
  }

  public TransactionsConfig withPoll(Duration interval) {
    return new TransactionsConfig(finality, watch, interval, patience, raise, mostPerGas, giveUp, inFlight, legacyFees);
  }

  public TransactionsConfig withPatience(Duration limit) {
    return new TransactionsConfig(finality, watch, poll, limit, raise, mostPerGas, giveUp, inFlight, legacyFees);
  }

  public TransactionsConfig withGiveUp(Duration limit) {
    return new TransactionsConfig(finality, watch, poll, patience, raise, mostPerGas, limit, inFlight, legacyFees);
  }

  public TransactionsConfig withMostPerGas(BigInteger wei) {
    return new TransactionsConfig(finality, watch, poll, patience, raise, wei, giveUp, inFlight, legacyFees);
  }

  public TransactionsConfig withInFlight(int most) {
    return new TransactionsConfig(finality, watch, poll, patience, raise, mostPerGas, giveUp, most, legacyFees);
  }

  public TransactionsConfig withLegacyFees() {
    return new TransactionsConfig(finality, watch, poll, patience, raise, mostPerGas, giveUp, inFlight, true);
  }
}
