package dev.fairway.automation.sdk;

import dev.fairway.core.ledger.Contract;
import java.time.Instant;

/**
 * A request being answered.
 *
 * @param <Q> as its handler sees it
 */
public interface Request<Q> {
  Contract contract();

  Q payload();

  Attempt attempt();

  /** When this try is interrupted. */
  Instant deadline();

  /** Whether the requester has taken the request back in the meantime; ask between long steps. */
  boolean cancelled();
}
