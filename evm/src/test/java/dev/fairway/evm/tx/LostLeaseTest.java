package dev.fairway.evm.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.evm.Hash;
import dev.fairway.testing.TestClock;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two processes on one account. On the embedded store whoever takes its first turn takes the lease with it, and the other
 * finds out by its next write.
 */
class LostLeaseTest extends TransactionsFixture {
  /** Three times this is less than the time for which a lease is sure. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final TestClock clock = new TestClock();

  @Override
  protected Clock clock() {
    return clock;
  }

  @BeforeEach
  void stopMining() {
    transactions = transactions(config().withPatience(PATIENCE));
    chain.automine(false);
  }

  private void passPatience() {
    clock.advance(PATIENCE.plusMillis(1));
  }

  private void anotherTakesOver() throws Exception {
    transactions(config().withPatience(PATIENCE)).runOnce();
  }

  private void standstill() throws Exception {
    transactions.submit(transfer("a"));
    transactions.runOnce();
    passPatience();
    transactions.runOnce();
    passPatience();
    transactions.runOnce();
    assertThat(transactions.trouble().orElseThrow()).contains("makes no block");
  }

  private void findsOut() {
    passPatience();
    assertThatThrownBy(transactions::runOnce).hasMessageContaining("is held by another");
  }

  @Test
  void standstillIsToldOnlyByTheOneThatSends() throws Exception {
    standstill();
    anotherTakesOver();
    findsOut();
    assertThat(transactions.trouble()).isEmpty();
  }

  @Test
  void oneThatSendsAgainTellsOnlyWhatItSeesSince() throws Exception {
    standstill();
    anotherTakesOver();
    findsOut();
    transactions.runOnce();
    assertThat(transactions.trouble()).isEmpty();
  }

  @Test
  void feesAreNotRaisedByOneThatHasLostItsLease() throws Exception {
    long id = transactions.submit(transfer("a"));
    transactions.runOnce();
    Hash sent = ((TransactionState.Sent) state(id)).hash();
    BigInteger offered = offered(sent);
    anotherTakesOver();
    findsOut();
    assertThat(transactions.find(id).orElseThrow().hashes()).containsExactly(sent);
    assertThat(((TransactionState.Sent) state(id)).replacements()).isZero();
    assertThat(offered(sent)).isEqualTo(offered);
  }

  @Test
  void feesAreRaisedByTheOneThatHasTheLease() throws Exception {
    long id = transactions.submit(transfer("a"));
    transactions.runOnce();
    BigInteger offered = offered(((TransactionState.Sent) state(id)).hash());
    passPatience();
    transactions.runOnce();
    assertThat(offered(((TransactionState.Sent) state(id)).hash())).isGreaterThan(offered);
  }

  /** What the transaction offers for a unit of gas; fails where the node has it no more. */
  private static BigInteger offered(Hash waiting) {
    String most = chain.rpc().call("eth_getTransactionByHash", waiting.hex()).path("maxFeePerGas").asString();
    return new BigInteger(most.substring(2), 16);
  }
}
