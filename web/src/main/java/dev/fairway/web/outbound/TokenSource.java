package dev.fairway.web.outbound;

import dev.fairway.core.Secret;

/** Gives a token to call a peer with. Safe for many threads. */
public interface TokenSource {
  /**
   * A token that will hold for a while.
   *
   * @throws dev.fairway.core.FairwayException with {@code PEER_FAILED} or {@code PEER_LIED} when there is none to be had
   */
  Secret token() throws InterruptedException;

  /** The token was refused; the next is to be a new one. */
  void discard(Secret token);
}
