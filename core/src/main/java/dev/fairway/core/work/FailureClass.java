package dev.fairway.core.work;

/** Why an attempt did not end well. */
public enum FailureClass {
  /** May go better later. */
  RETRY,
  /** Will never go better. */
  PERMANENT,
  /** What the work was about no longer exists; not an error. */
  GONE,
  /** Sent, and no answer came, or the process died: look up the outcome before sending again. */
  AMBIGUOUS
}
