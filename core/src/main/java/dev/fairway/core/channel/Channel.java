package dev.fairway.core.channel;

import java.util.List;
import java.util.Optional;

/**
 * One medium between jurisdictions, seen from one of them. Called by the exchange, outside any transaction; calls block
 * and have time-outs of their own. Delivery is at least once; {@link ChannelCapabilities#idempotent} says whether a
 * resend is recognised. Safe for many threads.
 */
public interface Channel extends AutoCloseable {
  ChannelCapabilities capabilities();

  /** Hands a message over. Never throws for what the outside did: that is a {@link PostResult}. */
  PostResult post(Envelope envelope);

  /**
   * The message with its present status; empty when the medium does not know the id.
   *
   * @throws dev.fairway.core.FairwayException with {@code PEER_FAILED} when the endpoint cannot be asked
   */
  Optional<ChannelMessage> find(String id);

  /**
   * Finds a message by the key it was posted with, to settle a {@link PostResult.Unknown}; empty when it is not on the
   * medium, or the channel does not know keys.
   *
   * @throws dev.fairway.core.FairwayException with {@code PEER_FAILED} when the endpoint cannot be asked
   */
  Optional<ChannelMessage> findByKey(String idempotencyKey);

  /**
   * New and changed messages for a receiver, after a cursor. Never loses one: whatever is committed later also has a later
   * cursor.
   *
   * @param cursor as given by the last {@link Observation#next}; empty for the beginning
   * @param limit 1 to 1,000
   * @throws dev.fairway.core.FairwayException with {@code PEER_FAILED} when the endpoint cannot be asked
   */
  Observation observe(Jurisdiction receiver, String cursor, int limit);

  /**
   * Messages of a sender whose status changed after it was accepted, in the medium's order, after a cursor: how a sender
   * learns of a revocation without asking for each message for ever. A medium that cannot tell gives nothing, and the
   * sender asks with {@link #find}.
   *
   * @throws dev.fairway.core.FairwayException with {@code PEER_FAILED} when the endpoint cannot be asked
   */
  default Observation observeSent(Jurisdiction sender, String cursor, int limit) {
    return new Observation(List.of(), cursor, false);
  }

  /**
   * Calls back, soon, when {@link #observe} may have something new. A hint: it may come too often, and a caller also asks
   * from time to time.
   */
  AutoCloseable onChange(Jurisdiction receiver, Runnable hint);

  /** What keeps the channel from working at present, in words for an operator; empty when it knows of nothing. */
  default Optional<String> trouble() {
    return Optional.empty();
  }

  @Override
  void close();
}
