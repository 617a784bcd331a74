package dev.fairway.core.ledger;

import java.time.Duration;
import java.util.List;

/**
 * A ledger being read. The reader pulls, so a slow reader holds the ledger back and memory stays bounded. Used by one
 * thread at a time, except {@link #close}.
 */
public interface LedgerStream extends AutoCloseable {
  /**
   * The next events in order; waits until there is one or the time is over, and is empty then.
   *
   * @param limit most events to hand out, at least 1; a transaction may be cut by it and goes on with the next call
   * @throws dev.fairway.core.FairwayException with {@code PEER_FAILED} when the ledger was lost, or with
   * {@code UNAUTHENTICATED} or {@code FORBIDDEN}. The stream is then of no more use; open another from the last offset
   */
  List<LedgerEvent> read(int limit, Duration wait) throws InterruptedException;

  /** Ends it; a read under way returns soon. */
  @Override
  void close();
}
