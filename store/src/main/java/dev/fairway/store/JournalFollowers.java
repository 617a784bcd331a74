package dev.fairway.store;

import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.List;

/** Who follows the journal, for an operator to look at. Safe for many threads. */
public final class JournalFollowers {
  private final SqlStore store;

  public JournalFollowers(SqlStore store) {
    this.store = store;
  }

  /**
   * A follower of this or another process.
   *
   * @param offset the last event whose effects are durable
   * @param behind how many events it has yet to see
   * @param leaseUntil until when a process holds it; on the embedded home that says nothing
   */
  public record Following(String name, long offset, long behind, Instant leaseUntil) {}

  /** By name. */
  public List<Following> list() {
    return store.following();
  }

  /**
   * Forgets a follower that no program has any more, so that retention need not wait for it.
   *
   * @return false when there was none of that name
   */
  public boolean forget(String name, String actor) {
    return store.write(tx -> {
      try (PreparedStatement statement = tx.connection()
          .prepareStatement("DELETE FROM journal_follower WHERE name = ?")) {
        statement.setString(1, name);
        boolean forgotten = statement.executeUpdate() == 1;
        if (forgotten) {
          Audit.record(tx, actor, "follower.forget", name, "");
        }
        return forgotten;
      }
    });
  }
}
