package dev.fairway.datatrust.index;

import dev.fairway.datatrust.market.MarketEvent;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import java.math.BigInteger;
import java.util.Optional;

/**
 * An event of a market.
 *
 * @param subject the first topic after the event's own
 * @param second the next topic, where there is one
 * @param third the last topic, where there is one
 */
public record IndexedEvent(MarketEvent event, long block, long index, Hash subject, Optional<Hash> second,
    Optional<Hash> third, String data, Hash transaction) {

  /** The second topic as an account: an owner, a registrant, a challenger. */
  public Optional<Address> account() {
    return second.map(IndexedEvent::account);
  }

  static Address account(Hash topic) {
    return Address.ofWord(topic.bytes());
  }

  /** A topic as a number: a candidate's kind. */
  public static long number(Hash topic) {
    return new BigInteger(1, topic.bytes()).min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
  }

  /** The first of its arguments that is no topic, as a number; zero when there is none. */
  public BigInteger amount() {
    byte[] bytes = Hex.bytes(data);
    return bytes.length < 32 ? BigInteger.ZERO : new BigInteger(1, java.util.Arrays.copyOf(bytes, 32));
  }

  /** Whether it lies before another in the chain's order. */
  boolean before(IndexedEvent other) {
    return block < other.block || (block == other.block && index < other.index);
  }
}
