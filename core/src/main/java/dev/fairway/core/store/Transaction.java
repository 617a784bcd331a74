package dev.fairway.core.store;

import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.WorkId;

/**
 * A {@link View} that also writes. Work and events are sent to the database in one batch just before the commit, so a
 * step does not see what it has itself enqueued or appended.
 */
public interface Transaction extends View {
  /**
   * Hands a piece of work to whoever runs its kind. Work with a {@link NewWork#unique} name that is already waiting,
   * running or dead is dropped in favour of the first.
   *
   * @return names the work for ever; nothing has this id when the work was dropped
   */
  WorkId enqueue(NewWork<?> work);

  /** Tells the world. The event's offset is given at commit, in commit order and without gaps. */
  void append(NewEvent event);

  /** Runs after the commit is durable, and not at all if there is none. It must be quick and must not throw. */
  void afterCommit(Runnable action);
}
