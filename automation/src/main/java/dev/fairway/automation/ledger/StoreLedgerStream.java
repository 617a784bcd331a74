package dev.fairway.automation.ledger;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.View;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the local ledger in pages, so that memory does not depend on how much there is. */
final class StoreLedgerStream implements LedgerStream {
  private static final int PAGE = 500;
  private static final Duration SLICE = Duration.ofMillis(250);

  private final Store store;
  private final Query query;
  private final Deque<LedgerEvent> ready = new ArrayDeque<>();
  private boolean inSnapshot;
  private long position;
  private long snapshotCreated;
  private int snapshotPlace = -1;
  private boolean ended;
  private volatile boolean closed;

  StoreLedgerStream(Store store, Query query, long position, boolean snapshot) {
    this.store = store;
    this.query = query;
    this.position = position;
    this.inSnapshot = snapshot;
  }

  @Override
  public List<LedgerEvent> read(int limit, Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      requireOpen();
      // Asked before looking, so that what is written in between ends the wait.
      long journalEnd = store.journal().end();
      while (ready.isEmpty() && !ended && fill()) {
        requireOpen();
      }
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (!ready.isEmpty() || !left.isPositive()) {
        var events = new ArrayList<LedgerEvent>(Math.min(limit, ready.size()));
        while (events.size() < limit && !ready.isEmpty()) {
          events.add(ready.remove());
        }
        return events;
      }
      store.journal().await(journalEnd, left.compareTo(SLICE) < 0 ? left : SLICE);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the stream is closed");
    }
  }

  /** Reads a page; false when there was nothing more. */
  private boolean fill() {
    return store.read(view -> {
      if (position < LedgerTables.head(view).pruned()) {
        ready.add(new LedgerEvent.Pruned(Optional.of(StoreLedger.offset(LedgerTables.head(view).pruned()))));
        ended = true;
        return true;
      }
      return inSnapshot ? fillSnapshot(view) : fillTransactions(view);
    });
  }

  private boolean fillSnapshot(View view) throws SQLException {
    List<LedgerTables.Row> rows = LedgerTables.activeAt(view, position, snapshotCreated, snapshotPlace, PAGE);
    for (LedgerTables.Row row : rows) {
      if (query.wants(row.contract())) {
        ready.add(new LedgerEvent.Created(row.contract()));
      }
      snapshotCreated = row.created();
      snapshotPlace = row.createdPlace();
    }
    if (rows.size() < PAGE) {
      ready.add(new LedgerEvent.SnapshotEnd(StoreLedger.offset(position)));
      inSnapshot = false;
    }
    return true;
  }

  private boolean fillTransactions(View view) throws SQLException {
    List<LedgerTables.Entry> entries = LedgerTables.transactions(view, position, PAGE);
    if (entries.isEmpty()) {
      return false;
    }
    long first = entries.getFirst().position();
    long last = entries.getLast().position();
    Map<Long, TreeMap<Integer, LedgerEvent>> events = new HashMap<>();
    for (LedgerTables.Row row : LedgerTables.createdBetween(view, first, last)) {
      if (query.wants(row.contract())) {
        events.computeIfAbsent(row.created(), _ -> new TreeMap<>()).put(row.createdPlace(),
            new LedgerEvent.Created(row.contract()));
      }
    }
    for (LedgerTables.Row row : LedgerTables.archivedBetween(view, first, last)) {
      if (query.wants(row.contract())) {
        Contract contract = row.contract();
        events.computeIfAbsent(row.archived().orElseThrow(), _ -> new TreeMap<>()).put(row.archivedPlace(),
            new LedgerEvent.Archived(contract.id(), contract.template(), contract.packageName()));
      }
    }
    for (LedgerTables.Entry entry : entries) {
      TreeMap<Integer, LedgerEvent> visible = events.get(entry.position());
      if (visible != null) {
        boolean own = query.readers().containsAll(entry.actAs());
        ready.add(new LedgerEvent.TransactionBegin(StoreLedger.offset(entry.position()),
            StoreLedger.transactionId(entry.position()), own ? Optional.of(entry.commandId()) : Optional.empty(),
            entry.workflowId(), entry.time()));
        ready.addAll(visible.values());
        ready.add(new LedgerEvent.TransactionEnd(StoreLedger.offset(entry.position()),
            StoreLedger.transactionId(entry.position())));
      }
    }
    position = last;
    if (!events.containsKey(last)) {
      ready.add(new LedgerEvent.Checkpoint(StoreLedger.offset(last)));
    }
    return true;
  }

  @Override
  public void close() {
    closed = true;
  }
}
