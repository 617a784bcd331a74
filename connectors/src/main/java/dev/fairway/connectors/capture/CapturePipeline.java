package dev.fairway.connectors.capture;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.collection.Collection;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.collection.DocumentUuids;
import dev.fairway.connectors.collection.DocumentWriter;
import dev.fairway.connectors.collection.Spool;
import dev.fairway.connectors.collection.SpoolMemory;
import dev.fairway.core.store.Store;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Takes a session's documents in and commits them, checkpoint by checkpoint, while more come in. Whatever was checkpointed
 * while one commit was under way is committed with the next, so that a slow disk makes fewer, larger commits. A checkpoint
 * is never split.
 *
 * <p>One thread feeds it; another of its own commits.
 */
final class CapturePipeline implements CaptureSink, AutoCloseable {
  /* What a checkpoint that waits takes beside its documents, as near as one can tell: its state is known to its source only. */
  private static final int CHECKPOINT = 1 << 10;

  private final CaptureSpec spec;
  private final Collections collections;
  private final List<Collection> targets = new ArrayList<>();
  private final List<DocumentWriter> writers = new ArrayList<>();
  private final DocumentUuids uuids;
  private final Commit commit;
  private final long mostWaiting;
  private final int memory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Sealed> waiting = new ArrayDeque<>();
  private final SpoolMemory pieces;
  private final Thread committer;
  private @Nullable Spool[] current;
  private long waitingBytes;
  private boolean closing;
  private boolean committing;
  private volatile boolean stopping;
  private volatile @Nullable Runnable onStop;
  private @Nullable RuntimeException failure;

  /**
   * @param rows whether rows are numbered by us
   * @param memory most bytes of one checkpoint held in memory per binding, and most that checkpoints waiting for the disk
   * take before the one who feeds waits too
   */
  CapturePipeline(CaptureSpec spec, Collections collections, boolean rows, int memory, Clock clock, Commit commit) {
    this.spec = spec;
    this.collections = collections;
    this.commit = commit;
    this.mostWaiting = memory;
    this.memory = memory;
    this.pieces = new SpoolMemory(memory);
    this.uuids = new DocumentUuids(clock);
    for (CaptureSpec.Binding binding : spec.bindings()) {
      targets.add(collections.get(binding.collection().name()));
      writers.add(new DocumentWriter(binding.collection(), rows, uuids, memory));
    }
    current = new Spool[spec.bindings().size()];
    committer = Thread.ofPlatform().name("commit " + spec.name()).daemon().start(this::commitAll);
  }

  @Override
  public void document(int binding, Members document, long row, String operation) {
    Spool spool = current[binding];
    if (spool == null) {
      spool = new Spool(collections.scratch(), memory, pieces);
      current[binding] = spool;
    }
    writers.get(binding).write(document, row, operation, spool);
  }

  @Override
  public CompletableFuture<Void> checkpoint(UnaryOperator<JsonNode> change, Store.Effect beside) {
    for (int i = 0; i < current.length; i++) {
      if (current[i] != null) {
        writers.get(i).finish(current[i]);
        current[i].pack();
      }
    }
    CompletableFuture<Void> durable = new CompletableFuture<>();
    Sealed sealed = new Sealed(current, change, beside, durable);
    current = new Spool[current.length];
    uuids.tick();
    lock.lock();
    try {
      waiting.add(sealed);
      waitingBytes += sealed.taken();
      changed.signalAll();
      while (waitingBytes > mostWaiting && failure == null) {
        changed.awaitUninterruptibly();
      }
      rethrow();
    } finally {
      lock.unlock();
    }
    return durable;
  }

  /** Waits until everything that was checkpointed is durable. */
  void drain() {
    lock.lock();
    try {
      while ((!waiting.isEmpty() || committing) && failure == null) {
        changed.awaitUninterruptibly();
      }
      rethrow();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void sourcedSchema(int binding, JsonNode schema) {
    commit.sourcedSchema(spec.bindings().get(binding), schema);
  }

  @Override
  public boolean stopping() {
    return stopping;
  }

  @Override
  public void onStop(Runnable action) {
    onStop = action;
    if (stopping) {
      action.run();
    }
  }

  /** Asks the session to end. */
  void stop() {
    stopping = true;
    Runnable action = onStop;
    if (action != null) {
      action.run();
    }
  }

  private void commitAll() {
    List<Sealed> group = List.of();
    try {
      for (group = take(); !group.isEmpty(); group = take()) {
        commitGroup(group);
      }
    } catch (RuntimeException e) {
      fail(group, e);
    } catch (Throwable e) {
      // An error, too: whoever feeds would wait for ever for a thread that is gone.
      fail(group, new IllegalStateException("cannot commit: " + e, e));
    }
  }

  private void commitGroup(List<Sealed> group) {
    Map<Collection, List<Spool>> appends = new HashMap<>();
    List<UnaryOperator<JsonNode>> changes = new ArrayList<>();
    List<Store.Effect> effects = new ArrayList<>();
    long bytes = 0;
    long documents = 0;
    for (Sealed sealed : group) {
      changes.add(sealed.change());
      effects.add(sealed.beside());
      for (int i = 0; i < sealed.spools().length; i++) {
        Spool spool = sealed.spools()[i];
        if (spool != null && !spool.isEmpty()) {
          appends.computeIfAbsent(targets.get(i), _ -> new ArrayList<>()).add(spool);
          bytes += spool.bytes();
          documents += spool.documents();
        }
      }
    }
    commit.commit(appends, Rows.all(changes), tx -> {
      for (Store.Effect effect : effects) {
        effect.apply(tx);
      }
    }, documents, bytes);
    lock.lock();
    try {
      for (Sealed sealed : group) {
        waitingBytes -= sealed.taken();
        sealed.close();
      }
      committing = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    group.forEach(sealed -> sealed.durable().complete(null));
  }

  private List<Sealed> take() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closing) {
        changed.awaitUninterruptibly();
      }
      List<Sealed> group = new ArrayList<>(waiting);
      waiting.clear();
      committing = !group.isEmpty();
      return group;
    } finally {
      lock.unlock();
    }
  }

  private void fail(List<Sealed> group, RuntimeException e) {
    lock.lock();
    try {
      failure = e;
      committing = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      group.forEach(sealed -> {
        sealed.durable().completeExceptionally(e);
        sealed.close();
      });
    } finally {
      stop();
    }
  }

  private void rethrow() {
    if (failure != null) {
      throw failure;
    }
  }

  /** Lets what was checkpointed become durable and forgets what was not. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = Thread.interrupted();
    while (committer.isAlive()) {
      try {
        committer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    waiting.forEach(Sealed::close);
    close(current);
    // A thread that has ended is known to the virtual machine for a while, and knows the pipeline.
    pieces.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(@Nullable Spool[] spools) {
    for (Spool spool : spools) {
      if (spool != null) {
        spool.close();
      }
    }
  }

  /** Makes documents, state and effects durable together. */
  interface Commit {
    void commit(Map<Collection, List<Spool>> appends, UnaryOperator<JsonNode> change, Store.Effect effects,
        long documents, long bytes);

    void sourcedSchema(CaptureSpec.Binding binding, JsonNode schema);
  }

  /** A checkpoint: its documents per binding, and its change of the state. */
  private static final class Sealed {
    private final @Nullable Spool[] spools;
    private final UnaryOperator<JsonNode> change;
    private final Store.Effect beside;
    private final CompletableFuture<Void> durable;
    private final long taken;

    Sealed(@Nullable Spool[] spools, UnaryOperator<JsonNode> change, Store.Effect beside,
        CompletableFuture<Void> durable) {
      this.spools = spools;
      this.change = change;
      this.beside = beside;
      this.durable = durable;
      long sum = CHECKPOINT;
      for (Spool spool : spools) {
        sum += spool == null ? 0 : spool.taken();
      }
      this.taken = sum;
    }

    @Nullable
    Spool[] spools() {
      return spools;
    }

    UnaryOperator<JsonNode> change() {
      return change;
    }

    Store.Effect beside() {
      return beside;
    }

    CompletableFuture<Void> durable() {
      return durable;
    }

    /** What it takes as long as it waits. */
    long taken() {
      return taken;
    }

    void close() {
      CapturePipeline.close(spools);
    }
  }
}
