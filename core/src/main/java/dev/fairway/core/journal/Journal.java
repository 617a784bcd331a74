package dev.fairway.core.journal;

import dev.fairway.core.store.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All events, in commit order. Offsets have no gaps: once an event is seen, no earlier one can still appear. Safe for
 * many threads.
 */
public interface Journal {
  /**
   * Events after an offset, oldest first.
   *
   * @param after 0 for the beginning
   * @param limit 1 to 10,000
   * @throws dev.fairway.core.FairwayException with {@code CONFLICT} when retention has already taken events after that
   * offset; the message names the oldest that is left
   */
  List<Event> read(long after, int limit);

  /** The newest events about one subject, oldest first, at most {@code limit}. */
  List<Event> about(String subject, int limit);

  /** The offset of the newest event; 0 when there is none. */
  long end();

  /** Waits until there is an event after the offset, or the time is over; true when there is one. */
  boolean await(long after, Duration limit) throws InterruptedException;

  /**
   * Follows the journal durably: the handler gets each event at least once, in order, and its place is stored in the
   * transaction the handler writes in, so each event has its effect once. One process at a time runs a follower of a
   * given name; another takes over when it dies. The follower starts where it stopped, or at the given start when it is
   * new.
   *
   * @param name stable, unique in the node
   */
  default Follower follow(String name, Start start, Handler handler) {
    return follow(name, start, (Plan) events -> tx -> handler.apply(tx, events));
  }

  /** Follows the journal as above, by a plan: what a batch comes to is worked out before its transaction begins. */
  Follower follow(String name, Start start, Plan plan);

  /** Removes events older than the time, except those a follower has not seen. Returns how many. */
  int trim(Instant before);

  /** Where a new follower begins. */
  enum Start {
    BEGINNING, END
  }

  /** Writes the effects of a batch of events. A throw stops the follower for a while, then the batch comes again. */
  @FunctionalInterface
  interface Handler {
    void apply(Transaction tx, List<Event> events) throws Exception;
  }

  /**
   * Works out what a batch of events comes to, on the follower's own thread, and answers what is to be written. Everyone's
   * writes wait for a transaction, so what can be done without one is done here.
   */
  @FunctionalInterface
  interface Plan {
    Effect of(List<Event> events) throws Exception;
  }

  /** The writing part of a plan; may run several times, the last time for good. */
  @FunctionalInterface
  interface Effect {
    void apply(Transaction tx) throws Exception;
  }

  /** A follower under way. */
  interface Follower extends AutoCloseable {
    /** The last offset whose effects are durable. */
    long offset();

    /** The last failure, while it lasts. */
    Optional<String> trouble();

    @Override
    void close();
  }
}
