package dev.fairway.daml.v1;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.daml.LedgerError;
import dev.fairway.daml.PackageCache;
import dev.fairway.daml.v1.PulledCall.Signal;
import dev.fairway.daml.wire.v1.CreatedEvent;
import dev.fairway.daml.wire.v1.Event;
import dev.fairway.daml.wire.v1.GetActiveContractsResponse;
import dev.fairway.daml.wire.v1.GetTransactionsResponse;
import dev.fairway.daml.wire.v1.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Active contracts, then transactions from the offset at which they were active. The ledger hands out whole transactions,
 * so one that is begun is always here to its end.
 */
final class V1Stream implements LedgerStream {
  /** Asks the ledger; a call that is begun again after a token was refused is the same call. */
  interface Calls {
    PulledCall<?, GetActiveContractsResponse> activeContracts();

    PulledCall<?, GetTransactionsResponse> transactions(Offset after);

    LedgerError error(Throwable cause);

    /** Whether it is worth asking again, with another token. */
    boolean renewed(LedgerError error);
  }

  /** Tokens that may be refused one after another before it is no longer a matter of time. */
  private static final int RENEWALS = 3;

  private final Calls calls;
  private final PackageCache packages;
  private final Query query;
  private final Deque<LedgerEvent> ready = new ArrayDeque<>();
  private volatile boolean closed;
  private volatile @Nullable PulledCall<?, GetActiveContractsResponse> snapshot;
  private volatile @Nullable PulledCall<?, GetTransactionsResponse> transactions;
  private Offset reached;
  private boolean anyContractTold;
  private int renewals;
  private boolean ended;

  static V1Stream snapshot(Calls calls, PackageCache packages, Query query) {
    V1Stream stream = new V1Stream(calls, packages, query, Offset.BEGIN);
    stream.snapshot = calls.activeContracts();
    return stream;
  }

  static V1Stream after(Calls calls, PackageCache packages, Query query, Offset offset) {
    V1Stream stream = new V1Stream(calls, packages, query, offset);
    stream.transactions = calls.transactions(offset);
    return stream;
  }

  private V1Stream(Calls calls, PackageCache packages, Query query, Offset reached) {
    this.calls = calls;
    this.packages = packages;
    this.query = query;
    this.reached = reached;
  }

  @Override
  public List<LedgerEvent> read(int limit, Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    while (ready.isEmpty() && !ended) {
      if (closed) {
        throw new FairwayException(ErrorCode.PEER_FAILED, "the stream was closed");
      }
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      if (!receive(left) && System.nanoTime() >= deadline) {
        break;
      }
    }
    List<LedgerEvent> events = new ArrayList<>();
    while (events.size() < limit && !ready.isEmpty()) {
      events.add(ready.remove());
    }
    return events;
  }

  /** Whether anything came, for the query or not. */
  private boolean receive(Duration wait) throws InterruptedException {
    PulledCall<?, GetActiveContractsResponse> active = snapshot;
    if (active != null) {
      Optional<Signal<GetActiveContractsResponse>> signal = active.poll(wait);
      signal.ifPresent(this::takeActive);
      return signal.isPresent();
    }
    PulledCall<?, GetTransactionsResponse> live = transactions;
    if (live == null) {
      throw new IllegalStateException("neither a snapshot nor transactions are being read");
    }
    Optional<Signal<GetTransactionsResponse>> signal = live.poll(wait);
    signal.ifPresent(this::takeTransactions);
    return signal.isPresent();
  }

  private void takeActive(Signal<GetActiveContractsResponse> signal) {
    switch (signal) {
      case Signal.Message<GetActiveContractsResponse>(var message) -> {
        for (CreatedEvent created : message.getActiveContractsList()) {
          told(created, Optional.empty()).ifPresent(event -> {
            ready.add(event);
            anyContractTold = true;
          });
        }
        if (!message.getOffset().isEmpty()) {
          reached = new Offset(message.getOffset());
        }
      }
      case Signal.Done<GetActiveContractsResponse>() -> {
        ready.add(new LedgerEvent.SnapshotEnd(reached));
        snapshot = null;
        transactions = calls.transactions(reached);
        if (closed) {
          close();
        }
      }
      case Signal.Failed<GetActiveContractsResponse>(var cause) -> {
        LedgerError error = calls.error(cause);
        if (anyContractTold || closed || renewals++ >= RENEWALS || !calls.renewed(error)) {
          throw lost(error, cause);
        }
        snapshot = calls.activeContracts();
      }
    }
  }

  private void takeTransactions(Signal<GetTransactionsResponse> signal) {
    switch (signal) {
      case Signal.Message<GetTransactionsResponse>(var message) -> message.getTransactionsList().forEach(this::take);
      case Signal.Done<GetTransactionsResponse>() ->
        throw new FairwayException(ErrorCode.PEER_FAILED, "the ledger ended the stream after " + reached);
      case Signal.Failed<GetTransactionsResponse>(var cause) -> {
        LedgerError error = calls.error(cause);
        if (error.isPruned()) {
          ready.add(
              new LedgerEvent.Pruned(Optional.ofNullable(error.context().get("earliest_offset")).map(Offset::new)));
          ended = true;
        } else if (!closed && renewals++ < RENEWALS && calls.renewed(error)) {
          transactions = calls.transactions(reached);
        } else {
          throw lost(error, cause);
        }
      }
    }
  }

  private FairwayException lost(LedgerError error, Throwable cause) {
    return closed
        ? new FairwayException(ErrorCode.PEER_FAILED, "the stream was closed", cause)
        : error.toException("the stream after " + reached, cause);
  }

  private void take(Transaction transaction) {
    Offset offset = new Offset(transaction.getOffset());
    Instant at = Instant.ofEpochSecond(transaction.getEffectiveAt().getSeconds(),
        transaction.getEffectiveAt().getNanos());
    List<LedgerEvent> events = new ArrayList<>();
    for (Event event : transaction.getEventsList()) {
      switch (event.getEventCase()) {
        case CREATED -> told(event.getCreated(), Optional.of(at)).ifPresent(events::add);
        case ARCHIVED -> {
          TemplateId template = V1Values.fromWire(event.getArchived().getTemplateId());
          Optional<String> name = packages.name(event.getArchived().getTemplateId().getPackageId());
          if (query.wants(template, name)) {
            events.add(new LedgerEvent.Archived(new ContractId(event.getArchived().getContractId()), template, name));
          }
        }
        case EVENT_NOT_SET -> {
        }
      }
    }
    reached = offset;
    renewals = 0;
    if (events.isEmpty()) {
      ready.add(new LedgerEvent.Checkpoint(offset));
      return;
    }
    ready.add(new LedgerEvent.TransactionBegin(offset, transaction.getTransactionId(),
        Optional.of(transaction.getCommandId()).filter(id -> !id.isEmpty()),
        Optional.of(transaction.getWorkflowId()).filter(id -> !id.isEmpty()), at));
    ready.addAll(events);
    ready.add(new LedgerEvent.TransactionEnd(offset, transaction.getTransactionId()));
  }

  private Optional<LedgerEvent> told(CreatedEvent created, Optional<Instant> at) {
    TemplateId template = V1Values.fromWire(created.getTemplateId());
    Optional<String> name = packages.name(created.getTemplateId().getPackageId());
    if (!query.wants(template, name)) {
      return Optional.empty();
    }
    Optional<LedgerValue> key = created.hasContractKey()
        ? Optional.of(V1Values.fromWire(created.getContractKey()))
        : Optional.empty();
    return Optional.of(new LedgerEvent.Created(
        new Contract(new ContractId(created.getContractId()), template, name,
            V1Values.fromWire(created.getCreateArguments()),
            key, parties(created.getSignatoriesList()), parties(created.getObserversList()), at)));
  }

  private static Set<Party> parties(List<String> names) {
    return names.stream().map(Party::new).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public void close() {
    closed = true;
    PulledCall<?, GetActiveContractsResponse> active = snapshot;
    if (active != null) {
      active.close();
    }
    PulledCall<?, GetTransactionsResponse> live = transactions;
    if (live != null) {
      live.close();
    }
  }
}
