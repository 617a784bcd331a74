package dev.fairway.store;

import dev.fairway.core.Codec;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Dialect;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.WorkId;
import java.sql.Connection;
import java.time.Instant;
import java.util.UUID;

/** One step's transaction. What it enqueues and appends is kept back until its whole group is flushed. */
final class SpineTransaction implements Transaction {
  private final Connection connection;
  private final Dialect dialect;
  private final Instant now;
  private final Uuid7 ids;
  private final Buffer buffer;

  SpineTransaction(Connection connection, Dialect dialect, Instant now, Uuid7 ids) {
    this.connection = connection;
    this.dialect = dialect;
    this.now = now;
    this.ids = ids;
    this.buffer = new Buffer();
  }

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public WorkId enqueue(NewWork<?> work) {
    UUID id = nextId();
    buffer.add(new Buffer.Work(id, work.kind().name(), work.key().orElse(null), work.unique().orElse(null),
        work.priority(), Micros.of(now), Micros.of(now.plus(work.delay())), work.kind().deadBlocksKey(),
        encode(work.kind().codec(), work.payload())));
    return new WorkId(id);
  }

  @SuppressWarnings("unchecked") // the payload's type is the codec's, which NewWork<P> has seen to
  private static <P> byte[] encode(Codec<P> codec, Object payload) {
    return codec.encode((P) payload);
  }

  @Override
  public void append(NewEvent event) {
    buffer.add(new Buffer.Told(nextId(), event, Micros.of(now)));
  }

  @Override
  public void afterCommit(Runnable action) {
    buffer.add(action);
  }

  /** Says that the head of a key may be gone, so that the next of it is let in just before the commit. */
  void keyFreed(String kind, String key) {
    buffer.touch(kind, key);
  }

  /** Says that work may have become due in another way than by {@link #enqueue}. */
  void workChanged() {
    buffer.workChanged();
  }

  Buffer buffer() {
    return buffer;
  }

  private UUID nextId() {
    return ids.next(now.toEpochMilli());
  }
}
