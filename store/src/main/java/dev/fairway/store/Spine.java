package dev.fairway.store;

import dev.fairway.core.store.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Work and journal together: what is written just before a commit, and who is told just after it. */
final class Spine {
  final WorkTable work;
  final JournalTable journal;
  final JournalSignal signal = new JournalSignal();
  private final List<Runnable> workListeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable PostgresBell bell;

  Spine(Dialect dialect) {
    this.work = new WorkTable(dialect);
    this.journal = new JournalTable(dialect);
  }

  /* The journal's one-row head is locked first. Every group that appends events or touches keyed work holds it from here
   * to its commit, which puts offsets in commit order and lets nobody else decide at the same time who is next of a key. */
  void flush(Connection connection, Buffer buffer) throws SQLException {
    long end = 0;
    if (!buffer.events().isEmpty() || !buffer.keys().isEmpty()) {
      end = journal.advance(connection, buffer.events().size());
    }
    if (!buffer.work().isEmpty()) {
      work.insert(connection, buffer.work());
    }
    if (!buffer.keys().isEmpty()) {
      work.letIn(connection, buffer.keys());
    }
    if (!buffer.events().isEmpty()) {
      journal.insert(connection, buffer.events(), end);
    }
    buffer.endsAt(end);
  }

  void committed(Buffer buffer) {
    if (!buffer.events().isEmpty()) {
      signal.reached(buffer.end());
    }
    if (buffer.hasWorkChanged()) {
      workListeners.forEach(Runnable::run);
    }
    PostgresBell others = bell;
    if (others != null && (!buffer.events().isEmpty() || buffer.hasWorkChanged())) {
      others.committed(buffer.hasWorkChanged(), buffer.end());
    }
  }

  /** What another process has committed. */
  void heard(long journalEnd, boolean workChanged) {
    signal.reached(journalEnd);
    if (workChanged) {
      workListeners.forEach(Runnable::run);
    }
  }

  /** Says each commit to a bell, for other processes to hear. */
  void ringOn(PostgresBell other) {
    bell = other;
  }

  void onWork(Runnable listener) {
    workListeners.add(listener);
  }
}
