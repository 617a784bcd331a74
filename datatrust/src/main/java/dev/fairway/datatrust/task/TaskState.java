package dev.fairway.datatrust.task;

/** How far a task is. */
public enum TaskState {
  /** Noted; what it waits for has not happened. */
  QUEUED("PENDING", false),
  /** Its transaction is on its way. */
  SUBMITTED("STARTED", false),
  /** Its transaction is in a block that is not certain yet. */
  MINED("STARTED", false),
  /** Done, and certain. */
  CONFIRMED("SUCCESS", true),
  /** The contract refused. */
  REVERTED("FAILURE", true),
  /** The transaction can no longer be mined. */
  DROPPED("FAILURE", true),
  /** What it waited for did not happen in time. */
  TIMED_OUT("FAILURE", true),
  /** It could not be done, for the reason it gives. */
  FAILED("FAILURE", true);

  private final String wire;
  private final boolean last;

  TaskState(String wire, boolean last) {
    this.wire = wire;
    this.last = last;
  }

  /** As clients know it. */
  public String wire() {
    return wire;
  }

  /** Whether it stays so, short of a deep fork. */
  public boolean last() {
    return last;
  }
}
