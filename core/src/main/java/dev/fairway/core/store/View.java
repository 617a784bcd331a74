package dev.fairway.core.store;

import java.sql.Connection;
import java.time.Instant;

/** A consistent look at the store, for the length of one step. Belongs to the thread that runs the step. */
public interface View {
  /** The database; never committed, rolled back or closed by a step. */
  Connection connection();

  Dialect dialect();

  /** The time of this step, to the microsecond; the same value whenever it is asked in one step. */
  Instant now();
}
