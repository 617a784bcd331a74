package dev.fairway.core.store;

import dev.fairway.core.journal.Journal;

/**
 * Everything a node must not lose, except bytes.
 *
 * <p>{@link #write} is durable: when it returns, the step's effects have been synced to disk (or are replicated as the
 * database promises), and when it throws, none of them happened. Many callers' steps share one physical commit, so a step
 * waits for the disk and not for its turn.
 *
 * <p>A step may be run more than once, because a group that fails is rolled back and its steps are run again one by one.
 * So a step does nothing but read and write through its transaction; effects belong in {@link Transaction#afterCommit}
 * or in work. Steps are short: on the embedded home one thread runs them all.
 *
 * <p>Safe for many threads, and on PostgreSQL for many processes.
 */
public interface Store extends AutoCloseable {
  /**
   * Runs a step and makes it durable.
   *
   * @throws dev.fairway.core.FairwayException with {@code STORE_DOWN}, {@code DISK_FULL} or {@code BUSY}; nothing was
   * written. There is one exception: when the connection to a shared database breaks during the commit and the database
   * stays away, nobody can know, and the message says so. What the step itself throws is thrown unchanged.
   */
  <R> R write(WriteStep<R> step);

  /** Runs a step on a consistent view of what has been written. Never waits for a writer. */
  <R> R read(ReadStep<R> step);

  /** What has happened, in order. */
  Journal journal();

  /** Waits for the writes under way, and a while for the reads, then closes. Later calls throw {@code STORE_DOWN}. */
  @Override
  void close();

  /** Writes without an answer. */
  default void run(Effect effect) {
    write(tx -> {
      effect.apply(tx);
      return true;
    });
  }

  /** A step that writes and answers; it may be run again after a rollback. */
  @FunctionalInterface
  interface WriteStep<R> {
    R apply(Transaction tx) throws java.sql.SQLException;
  }

  /** A step that only writes. */
  @FunctionalInterface
  interface Effect {
    void apply(Transaction tx) throws java.sql.SQLException;
  }

  /** A step that only reads. */
  @FunctionalInterface
  interface ReadStep<R> {
    R apply(View view) throws java.sql.SQLException;
  }
}
