package dev.fairway.automation.runtime;

import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the ledger for one integration, and records what its handlers are to be given. The place in the ledger moves on in
 * the transaction that records the work, so nothing is missed and nothing is recorded twice.
 */
final class Feed {
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
  private static final int BATCH = 500;
  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Store store;
  private final Ledger ledger;
  private final String integration;
  private final Registrations registrations;
  private final Query query;
  private final Tellings tellings;
  private final Leadership leadership;
  private final Runnable caughtUp;
  private final StateEvents events;
  private volatile Leadership.Term term = new Leadership.Term();
  private volatile @Nullable LedgerStream stream;
  private volatile @Nullable String trouble;
  private volatile Offset offset = Offset.BEGIN;
  private boolean told;

  /** @param caughtUp called once in each term, when what was there has been recorded */
  Feed(Store store, Ledger ledger, String integration, Party party, Registrations registrations, Tellings tellings,
      Leadership leadership, Runnable caughtUp, StateEvents events) {
    this.store = store;
    this.ledger = ledger;
    this.integration = integration;
    this.registrations = registrations;
    this.query = new Query(Set.of(party), registrations.patterns());
    this.tellings = tellings;
    this.leadership = leadership;
    this.caughtUp = caughtUp;
    this.events = events;
  }

  /** The last place whose events are recorded. */
  Offset offset() {
    return offset;
  }

  /** Why the ledger cannot be read, while that is so. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** Ends a read that waits; called when a term is over. */
  void interrupt() {
    LedgerStream open = stream;
    if (open != null) {
      open.close();
    }
  }

  /** Reads until the term is over; whatever goes wrong with the ledger, tries again, later each time. */
  void run(Leadership.Term current) {
    term = current;
    told = false;
    Duration pause = Duration.ofMillis(200);
    while (!current.over()) {
      try {
        follow();
        pause = Duration.ofMillis(200);
      } catch (InterruptedException e) {
        return;
      } catch (Leadership.Lost e) {
        LOG.info("stops reading integration={} why={}", integration, e.getMessage());
        return;
      } catch (RuntimeException | Error e) {
        if (current.over()) {
          return;
        }
        boolean news = trouble == null;
        trouble = e instanceof Error ? e.toString() : String.valueOf(e.getMessage());
        if (news) {
          events.troubled();
        }
        LOG.warn("cannot read the ledger integration={} again-in={} why={}", integration, pause, e.getMessage());
        try {
          Thread.sleep(pause);
        } catch (InterruptedException interrupted) {
          return;
        }
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
      }
    }
  }

  private Set<String> handlerIds() {
    var ids = new LinkedHashSet<String>(registrations.contracts.keySet());
    ids.addAll(registrations.requests.keySet());
    return ids;
  }

  private void follow() throws InterruptedException {
    Optional<IntegrationTables.Place> place = store.read(view -> IntegrationTables.place(view, integration))
        .filter(p -> p.ledger().equals(ledger.id()));
    if (place.isEmpty() || place.get().round() == 0 || !place.get().handlers().containsAll(handlerIds())) {
      snapshot();
      return;
    }
    offset = place.get().offset();
    try (LedgerStream open = ledger.open(query, From.after(offset))) {
      stream = open;
      caughtUp();
      tail(open);
    }
  }

  private void caughtUp() {
    boolean mended = trouble != null;
    trouble = null;
    if (!told) {
      caughtUp.run();
      told = true;
    } else if (mended) {
      events.running();
    }
  }

  /* A handler that was there before is told only of contracts that it has not been told of; one that is new, of all.
   * What was known and is not in the snapshot has been archived in the meantime. What a snapshot
   * showed that was broken off is not told again, and is archived when the next try no longer shows it. */
  private void snapshot() throws InterruptedException {
    IntegrationTables.Place before = store.read(view -> IntegrationTables.place(view, integration))
        .filter(p -> p.ledger().equals(ledger.id()))
        .orElseGet(() -> new IntegrationTables.Place(ledger.id(), Offset.BEGIN, Set.of(), 0, Set.of()));
    var telling = new LinkedHashSet<>(handlerIds());
    if (!before.telling().isEmpty()) {
      telling.retainAll(before.telling());
    }
    fenced(tx -> {
      IntegrationTables.breakOff(tx, integration, before.round() + 1);
      IntegrationTables.save(tx, integration, new IntegrationTables.Place(before.ledger(), before.offset(),
          before.handlers(), before.round(), telling));
    });
    try (LedgerStream open = ledger.open(query, From.snapshot())) {
      stream = open;
      List<Contract> batch = new ArrayList<>();
      while (!term.over()) {
        for (LedgerEvent event : open.read(BATCH, WAIT)) {
          switch (event) {
            case LedgerEvent.Created(Contract contract) -> batch.add(contract);
            case LedgerEvent.SnapshotEnd(Offset end) -> {
              write(batch, before);
              reconcile(before.round() + 1);
              fenced(tx -> IntegrationTables.save(tx, integration, new IntegrationTables.Place(ledger.id(), end,
                  handlerIds(), before.round() + 1, Set.of())));
              offset = end;
              LOG.info("ledger snapshot read integration={} offset={}", integration, end);
              batch.clear();
            }
            case LedgerEvent.Checkpoint _ -> {
            }
            case LedgerEvent other -> throw new IllegalStateException("a snapshot holds " + other);
          }
          if (event instanceof LedgerEvent.SnapshotEnd) {
            // What was read along with it comes again from the offset, in its own stream.
            return;
          }
        }
        if (!batch.isEmpty()) {
          write(batch, before);
          batch.clear();
        }
      }
    }
  }

  private void fenced(Store.Effect step) {
    store.run(tx -> {
      leadership.hold(tx);
      step.apply(tx);
    });
  }

  private void write(List<Contract> contracts, IntegrationTables.Place before) {
    long round = before.round() + 1;
    List<Tellings.Created> shown = contracts.stream().map(contract -> tellings.created(contract, true)).toList();
    fenced(tx -> {
      for (Tellings.Created one : shown) {
        Optional<Long> seen = IntegrationTables.see(tx, integration, one.id(), one.body(), round);
        boolean brokenOff = seen.filter(in -> in == round || in == IntegrationTables.BROKEN_OFF).isPresent();
        Set<String> told = seen.isEmpty() ? Set.of() : brokenOff ? before.telling() : before.handlers();
        one.tell(tx, told);
      }
    });
  }

  private void reconcile(long round) {
    while (true) {
      List<ContractId> missing = store
          .read(view -> IntegrationTables.missing(view, integration, round, BATCH));
      if (missing.isEmpty()) {
        return;
      }
      Map<ContractId, Contract> known = known(missing);
      List<Tellings.Archived> gone = missing.stream()
          .map(id -> tellings.archived(id, Optional.empty(), Optional.ofNullable(known.get(id)))).toList();
      fenced(tx -> {
        for (Tellings.Archived one : gone) {
          one.tell(tx);
        }
      });
    }
  }

  /* As they were, where handlers of archived contracts are to be asked about them. */
  private Map<ContractId, Contract> known(Collection<ContractId> ids) {
    if (!tellings.asksAboutArchived()) {
      return Map.of();
    }
    return store.read(view -> {
      var known = new HashMap<ContractId, Contract>();
      for (ContractId id : ids) {
        IntegrationTables.seen(view, integration, id).ifPresent(contract -> known.put(id, contract));
      }
      return known;
    });
  }

  private void tail(LedgerStream open) throws InterruptedException {
    List<LedgerEvent> pending = new ArrayList<>();
    while (!term.over()) {
      List<LedgerEvent> events = open.read(BATCH, WAIT);
      int complete = pending.size();
      Offset reached = null;
      for (LedgerEvent event : events) {
        pending.add(event);
        switch (event) {
          case LedgerEvent.TransactionEnd(Offset at, _) -> {
            reached = at;
            complete = pending.size();
          }
          case LedgerEvent.Checkpoint(Offset at) -> {
            reached = at;
            complete = pending.size();
          }
          case LedgerEvent.Pruned _ -> {
            LOG.warn("the ledger has pruned what was not read yet, comparing with a snapshot integration={}",
                integration);
            snapshot();
            return;
          }
          case LedgerEvent.TransactionBegin _,LedgerEvent.Created _,LedgerEvent.Archived _,LedgerEvent.SnapshotEnd _ ->
            {
            }
        }
      }
      if (reached != null) {
        List<LedgerEvent> whole = List.copyOf(pending.subList(0, complete));
        Offset end = reached;
        List<Store.Effect> steps = steps(whole);
        fenced(tx -> {
          for (Store.Effect step : steps) {
            step.apply(tx);
          }
          IntegrationTables.move(tx, integration, end);
        });
        offset = end;
        pending.subList(0, complete).clear();
      }
    }
  }

  /* What is to be written of events. Everybody's writes wait for a transaction, so what can be worked out before is. */
  private List<Store.Effect> steps(List<LedgerEvent> events) {
    List<Store.Effect> steps = new ArrayList<>();
    Map<ContractId, Contract> known = new HashMap<>(known(events.stream()
        .flatMap(event -> event instanceof LedgerEvent.Archived gone ? Stream.of(gone.id()) : Stream.empty())
        .toList()));
    List<LedgerEvent> transaction = new ArrayList<>();
    LedgerEvent.TransactionBegin begin = null;
    for (LedgerEvent event : events) {
      switch (event) {
        case LedgerEvent.TransactionBegin b -> {
          begin = b;
          transaction.clear();
        }
        case LedgerEvent.Created _,LedgerEvent.Archived _ -> transaction.add(event);
        case LedgerEvent.TransactionEnd _ -> {
          if (begin != null) {
            steps(begin, transaction, known, steps);
          }
        }
        case LedgerEvent.Checkpoint _,LedgerEvent.SnapshotEnd _,LedgerEvent.Pruned _ -> {
        }
      }
    }
    return steps;
  }

  private void steps(LedgerEvent.TransactionBegin begin, List<LedgerEvent> events, Map<ContractId, Contract> known,
      List<Store.Effect> steps) {
    String body = registrations.transactions.isEmpty() ? "" : TransactionText.write(begin, events);
    steps.add(tx -> tellings.transaction(tx, true, begin, body));
    for (LedgerEvent event : events) {
      switch (event) {
        case LedgerEvent.Created(Contract contract) -> {
          Tellings.Created created = tellings.created(contract, false);
          known.put(contract.id(), contract);
          steps.add(tx -> {
            if (IntegrationTables.note(tx, integration, created.id(), created.body())) {
              created.tell(tx, Set.of());
            }
          });
        }
        case LedgerEvent.Archived gone ->
          steps.add(tellings.archived(gone.id(), Optional.of(gone), Optional.ofNullable(known.get(gone.id())))::tell);
        case LedgerEvent _ -> {
        }
      }
    }
    steps.add(tx -> tellings.transaction(tx, false, begin, body));
  }
}
