package dev.fairway.store;

import dev.fairway.core.journal.NewEvent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is sent to the database in batches just before a commit, and what happens just after it. */
final class Buffer {
  @SuppressWarnings("ArrayRecordComponent") // the payload is passed on, never compared
  record Work(UUID id, String kind, @Nullable String key, @Nullable String unique, int priority, long enqueuedAt,
      long due, boolean deadBlocks, byte[] payload) {}

  record Told(UUID id, NewEvent event, long time) {}

  record Key(String kind, String key) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byKind = kind.compareTo(other.kind);
      return byKind != 0 ? byKind : key.compareTo(other.key);
    }
  }

  private final List<Work> work = new ArrayList<>(2);
  private final List<Told> events = new ArrayList<>(2);
  private final Set<Key> keys = new LinkedHashSet<>(2);
  private final List<Runnable> afterCommit = new ArrayList<>(1);
  private boolean workChanged;
  private long end;

  void add(Work piece) {
    work.add(piece);
    if (piece.key != null) {
      keys.add(new Key(piece.kind, piece.key));
    }
    workChanged = true;
  }

  void add(Told event) {
    events.add(event);
  }

  void add(Runnable action) {
    afterCommit.add(action);
  }

  void touch(String kind, String key) {
    keys.add(new Key(kind, key));
    workChanged = true;
  }

  void workChanged() {
    workChanged = true;
  }

  /** Takes over what another step wants, after what is here. */
  void addAll(Buffer other) {
    work.addAll(other.work);
    events.addAll(other.events);
    keys.addAll(other.keys);
    afterCommit.addAll(other.afterCommit);
    workChanged |= other.workChanged;
  }

  List<Work> work() {
    return work;
  }

  List<Told> events() {
    return events;
  }

  Set<Key> keys() {
    return keys;
  }

  List<Runnable> afterCommit() {
    return afterCommit;
  }

  /** Notes the offset of the last event, once it is known. */
  void endsAt(long offset) {
    end = offset;
  }

  long end() {
    return end;
  }

  boolean hasWorkChanged() {
    return workChanged;
  }
}
