package dev.fairway.connectors.task;

import dev.fairway.connectors.collection.Collection;
import java.time.Duration;
import java.util.List;

/**
 * A step that follows collections: one transaction after the other while there is something new in any of them, and a short
 * wait for more when there is not. Run by one thread, stopped by any.
 */
public abstract class FollowStep implements TaskLoop.Step {
  private static final Duration LISTEN = Duration.ofMillis(500);

  private volatile boolean stopped;

  /** Begins a session where the last one committed. */
  protected abstract Session open() throws Exception;

  /** Follows until it is stopped. A stop that comes before the session has begun ends it at once. */
  @Override
  public final void run() throws Exception {
    try (Session session = open()) {
      while (!stopped) {
        if (!session.due() || !session.transaction()) {
          listen(session.sources());
        }
      }
    } catch (Exception e) {
      // A session that was asked to end may end as badly as it likes: what it did not commit is forgotten.
      if (!stopped) {
        throw e;
      }
    }
  }

  /** Goes through everything there is now; for a person at a terminal, and for tests. Answers how many transactions it took. */
  public final int runToEnd() throws Exception {
    int transactions = 0;
    try (Session session = open()) {
      while (session.transaction()) {
        transactions++;
      }
    }
    return transactions;
  }

  @Override
  public final void stop() {
    stopped = true;
  }

  /** Whether the session under way was asked to end. */
  protected final boolean stopped() {
    return stopped;
  }

  /** Waits a little for any of the sources to grow. */
  private static void listen(List<? extends Source> sources) throws InterruptedException {
    Duration each = LISTEN.dividedBy(Math.max(1, sources.size()));
    for (Source source : sources) {
      if (source.collection().await(source.seen(), each)) {
        return;
      }
    }
    if (sources.isEmpty()) {
      Thread.sleep(LISTEN);
    }
  }

  /** Transactions over several sources, by one thread. What was not committed when it is closed is forgotten. */
  public interface Session extends AutoCloseable {
    /** Whether a transaction is worth its cost by now. Not asked by who goes through everything there is. */
    default boolean due() throws Exception {
      return true;
    }

    /** Does one transaction, within the task's bounds; false when there is nothing to do yet. */
    boolean transaction() throws Exception;

    /** What may grow. */
    List<? extends Source> sources();
  }

  /** A collection that is followed. */
  public interface Source {
    Collection collection();

    /** Behind all that was found when it was looked at last: only what comes after it is news. */
    long seen();
  }
}
