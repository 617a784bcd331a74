package dev.fairway.automation.runtime;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where a request is on its way. Of the ends, each request gets exactly one. */
public enum RequestState {
  /** Waits for its next try, or is being tried. */
  READY,
  /** Decided; the answer is on its way to the ledger. */
  SUBMITTING,
  /** An end: the ledger has the result. */
  ACCEPTED,
  /** An end: turned down, with a reason. */
  REJECTED,
  /** An end: its requester took it back. */
  CANCELLED,
  /** Set aside for an operator: an end until somebody releases it, answers it by hand or takes it back. */
  QUARANTINED;

  /** As it is written down and told: in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state of that word; empty when there is none. */
  public static Optional<RequestState> of(String word) {
    return Arrays.stream(values()).filter(state -> state.word().equals(word)).findFirst();
  }

  /** Whether nothing more happens to it by itself. */
  public boolean ended() {
    return this != READY && this != SUBMITTING;
  }

  /** Whether nothing more can happen to it. */
  public boolean settled() {
    return ended() && this != QUARANTINED;
  }
}
