package dev.fairway.automation.runtime;

import dev.fairway.core.ledger.Party;
import dev.fairway.core.work.WorkId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A request, and what has become of it so far.
 *
 * @param integration who answers it; the same contract may be a request to several
 * @param parties whose request it is: its signatories
 * @param attempts how often it was tried, crashes counted
 * @param reason why it is turned down, when it is
 * @param work the piece of work that answers it: its dead letter has this id; absent for those from before it was kept
 * @param crashes how often in a row the process died while it was being answered
 */
public record KnownRequest(String integration, String contractId, String handler, String template, Set<Party> parties,
    RequestState state, int attempts, Optional<RequestReason> reason, Instant firstSeen, Instant changed,
    Optional<WorkId> work, int crashes) {
  public KnownRequest {
    parties = Set.copyOf(parties);
  }
}
