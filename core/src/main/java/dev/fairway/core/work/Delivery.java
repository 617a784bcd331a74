package dev.fairway.core.work;

import java.time.Instant;
import java.util.Optional;

/**
 * A piece of work on loan to a handler.
 *
 * @param attempt 1 for the first; counted and committed before the handler sees it
 * @param previous how the attempt before this one ended; {@link FailureClass#AMBIGUOUS} also when its process died
 * @param enqueuedAt when it was enqueued
 * @param dryRun whether an operator is trying it out: the handler must hold back its effects and say what it would do
 */
public record Delivery<P>(WorkId id, WorkKind<P> kind, Optional<String> key, P payload, int attempt,
    Optional<FailureClass> previous, Instant enqueuedAt, boolean dryRun) {
  /** The same on every attempt, and different for different work; sent along with each call to the outside. */
  public String idempotencyKey() {
    return kind.name() + "-" + id;
  }

  /**
   * Whether an earlier attempt may have had its effect. After a crash this is said of everything that its process had leased,
   * also of what only waited in a row: a mark for each that begins would cost a commit before each, which rows save.
   */
  public boolean maybeDone() {
    return previous.filter(FailureClass.AMBIGUOUS::equals).isPresent();
  }
}
