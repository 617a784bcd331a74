package dev.fairway.store;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.Journal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The journal in the store's own tables. */
final class SqlJournal implements Journal {
  private static final int MOST = 10_000;
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private final SqlStore store;
  private final Spine spine;
  private final String owner;
  private final Map<String, SqlFollower> followers = new ConcurrentHashMap<>();

  SqlJournal(SqlStore store, Spine spine, String owner) {
    this.store = store;
    this.spine = spine;
    this.owner = owner;
  }

  @Override
  public List<Event> read(long after, int limit) {
    checkLimit(limit);
    return store.read(view -> {
      JournalTable.Head head = spine.journal.head(view.connection());
      if (after < head.trimmed()) {
        throw new FairwayException(ErrorCode.CONFLICT, "events up to " + head.trimmed()
            + " have been removed by retention; the oldest that may be read is " + (head.trimmed() + 1));
      }
      return spine.journal.read(view.connection(), after, limit);
    });
  }

  @Override
  public List<Event> about(String subject, int limit) {
    checkLimit(limit);
    return store.read(view -> spine.journal.about(view.connection(), subject, limit));
  }

  private static void checkLimit(int limit) {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("limit must be 1 to " + MOST + ", is " + limit);
    }
  }

  @Override
  public long end() {
    return store.read(view -> spine.journal.head(view.connection())).end();
  }

  @Override
  public boolean await(long after, Duration limit) throws InterruptedException {
    // The signal knows only of commits since the store was opened, and may miss one of another process.
    long deadline = System.nanoTime() + limit.toNanos();
    while (end() <= after) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      if (spine.signal.await(after, Duration.ofNanos(store.shared() ? Math.min(left, LOOK_AGAIN.toNanos()) : left))) {
        return true;
      }
    }
    return true;
  }

  @Override
  public Follower follow(String name, Start start, Plan plan) {
    SqlFollower follower = follower(name, start, plan);
    if (followers.putIfAbsent(name, follower) != null) {
      throw new IllegalStateException("this process already follows the journal as " + name);
    }
    try {
      follower.start();
    } catch (RuntimeException e) {
      // Whoever wanted to follow may try again.
      followers.remove(name, follower);
      throw e;
    }
    return follower;
  }

  /* Not started: its turns are taken by whoever asked for it. */
  SqlFollower follower(String name, Start start, Plan plan) {
    return new SqlFollower(store, this, spine, owner, name, start, plan, () -> followers.remove(name));
  }

  @Override
  public int trim(Instant before) {
    return store.write(tx -> spine.journal.trim(tx.connection(), Micros.of(before)));
  }

  /* Those of other processes too. */
  List<JournalFollowers.Following> following() {
    return store.read(view -> spine.journal.following(view.connection()));
  }

  void close() {
    List.copyOf(followers.values()).forEach(SqlFollower::close);
  }
}
