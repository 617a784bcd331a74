package dev.fairway.testing.ledger;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Receipt;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.model.Interpreter;
import dev.fairway.core.ledger.model.LedgerModel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A ledger in memory. It keeps the whole contract, with time from a clock, and can be told to fail the way ledgers far
 * away do. Safe for many threads.
 */
public final class MemoryLedger implements Ledger {
  /** What happens to a call. */
  public enum Fault {
    /** Nothing bad. */
    NONE,
    /** It does not get through. */
    DOWN,
    /** It gets through and the answer is lost. */
    ANSWER_LOST
  }

  private record Logged(int offset, Submission submission, Instant at, List<Interpreter.Effect> effects) {
    String transactionId() {
      return "tx-" + offset;
    }

    Receipt receipt() {
      return new Receipt(transactionId(), new Offset(Integer.toString(offset)));
    }
  }

  private record ChangeId(String commandId, Set<Party> actAs) {}

  private record Seen(Receipt receipt, Instant until) {}

  private final Clock clock;
  private final Interpreter interpreter;
  private final List<Logged> log = new ArrayList<>();
  private final Map<ContractId, Contract> active = new LinkedHashMap<>();
  private final Map<TemplateId, Map<LedgerValue, Contract>> byKey = new HashMap<>();
  private final Map<ChangeId, Seen> seen = new HashMap<>();
  private final Map<ChangeId, SubmitResult.Rejected> refused = new HashMap<>();
  private final Set<Party> parties = new TreeSet<>();
  private final Set<Reading> readings = new java.util.HashSet<>();
  private Supplier<Fault> weather = () -> Fault.NONE;
  private int prunedTo;
  private int submissions;

  public MemoryLedger(Clock clock, LedgerModel... models) {
    this(clock, List.of(models));
  }

  public MemoryLedger(Clock clock, Collection<LedgerModel> models) {
    this.clock = clock;
    this.interpreter = new Interpreter(models);
  }

  /** Asked before each submission and look-up what shall happen to it. */
  public synchronized void weather(Supplier<Fault> source) {
    weather = Objects.requireNonNull(source);
  }

  /** Breaks every stream under way. */
  public synchronized void cutStreams() {
    readings.forEach(reading -> reading.cut = true);
    notifyAll();
  }

  /** Forgets what happened up to now; what is active stays. */
  public synchronized void prune() {
    prunedTo = log.size();
  }

  /** How many submissions came through, duplicates and refused ones too. */
  public synchronized int submissions() {
    return submissions;
  }

  /** What is active, oldest first, whoever may see it. */
  public synchronized List<Contract> active() {
    return List.copyOf(active.values());
  }

  @Override
  public String id() {
    return "memory";
  }

  @Override
  public boolean looksBack() {
    return true;
  }

  @Override
  public synchronized SubmitResult submit(Submission submission) {
    Fault fault = weather.get();
    if (fault == Fault.DOWN) {
      return new SubmitResult.Unavailable(Optional.empty(), "the memory ledger is down");
    }
    SubmitResult result = decide(submission);
    return fault == Fault.ANSWER_LOST ? new SubmitResult.Unknown("the answer was lost") : result;
  }

  private SubmitResult decide(Submission submission) {
    submissions++;
    Instant now = clock.instant();
    var change = new ChangeId(submission.commandId(), submission.actAs());
    Seen before = seen.get(change);
    if (before != null && now.isBefore(before.until)) {
      return new SubmitResult.Accepted(Optional.of(before.receipt));
    }
    for (Party party : submission.actAs()) {
      if (!parties.contains(party)) {
        return new SubmitResult.Rejected(SubmitResult.Reason.INVALID, "PARTY_NOT_KNOWN", "no party " + party);
      }
    }
    int offset = log.size() + 1;
    return switch (interpreter.decide(submission, contracts(), now, n -> new ContractId("#" + offset + ":" + n))) {
      case Interpreter.Decision.Refuse(SubmitResult.Rejected why) -> {
        refused.put(change, why);
        yield why;
      }
      case Interpreter.Decision.Commit(List<Interpreter.Effect> effects) -> {
        var logged = new Logged(offset, submission, now, effects);
        log.add(logged);
        effects.forEach(this::apply);
        refused.remove(change);
        seen.put(change, new Seen(logged.receipt(), now.plus(submission.deduplication())));
        notifyAll();
        yield new SubmitResult.Accepted(Optional.of(logged.receipt()));
      }
    };
  }

  private void apply(Interpreter.Effect effect) {
    switch (effect) {
      case Interpreter.Effect.Create(Contract contract) -> {
        active.put(contract.id(), contract);
        contract.key().ifPresent(
            key -> byKey.computeIfAbsent(contract.template(), t -> new HashMap<>()).put(key, contract));
      }
      case Interpreter.Effect.Archive(Contract contract) -> {
        active.remove(contract.id());
        contract.key().ifPresent(
            key -> byKey.getOrDefault(contract.template(), new HashMap<>()).remove(key, contract));
      }
    }
  }

  private Interpreter.Contracts contracts() {
    return new Interpreter.Contracts() {
      @Override
      public Optional<Contract> find(ContractId id) {
        return Optional.ofNullable(active.get(id));
      }

      @Override
      public Optional<Contract> findByKey(TemplateId template, LedgerValue key) {
        return Optional.ofNullable(byKey.getOrDefault(template, Map.of()).get(key));
      }
    };
  }

  @Override
  public synchronized CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
    if (weather.get() == Fault.DOWN) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the memory ledger is down");
    }
    var change = new ChangeId(commandId, new TreeSet<>(actAs));
    SubmitResult.Rejected why = refused.get(change);
    Seen before = seen.get(change);
    if (before != null) {
      return new CommandOutcome.Accepted(Optional.of(before.receipt));
    }
    return why == null ? new CommandOutcome.NotSeen() : new CommandOutcome.Rejected(why);
  }

  @Override
  public synchronized Offset end() {
    return log.isEmpty() ? Offset.BEGIN : new Offset(Integer.toString(log.size()));
  }

  @Override
  public synchronized List<Party> parties() {
    return List.copyOf(parties);
  }

  @Override
  public synchronized Party allocate(String hint) {
    var party = new Party(hint);
    parties.add(party);
    return party;
  }

  @Override
  public List<LedgerPackage> packages() {
    return interpreter.models().stream().map(LedgerModel::describe).toList();
  }

  @Override
  public void upload(byte[] archive) {
    throw new FairwayException(ErrorCode.INVALID, "the memory ledger takes templates in Java only");
  }

  @Override
  public synchronized LedgerStream open(Query query, From from) {
    var reading = new Reading(query);
    switch (from) {
      case From.Snapshot() -> reading.snapshot(log.size());
      case From.SnapshotAt(Offset offset) -> reading.snapshot(position(offset));
      case From.After(Offset offset) -> reading.next = position(offset);
    }
    readings.add(reading);
    return reading;
  }

  private int position(Offset offset) {
    try {
      int position = offset.equals(Offset.BEGIN) ? 0 : Integer.parseInt(offset.value());
      if (position >= 0 && position <= log.size()) {
        return position;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new FairwayException(ErrorCode.INVALID, "no offset " + offset + "; the end is " + end());
  }

  @Override
  public synchronized void close() {
    cutStreams();
  }

  private final class Reading implements LedgerStream {
    private final Query query;
    private final Deque<LedgerEvent> ready = new ArrayDeque<>();
    private int next;
    private boolean cut;
    private boolean closed;

    Reading(Query query) {
      this.query = query;
    }

    void snapshot(int at) {
      if (at < prunedTo) {
        next = at;
        return;
      }
      var then = new LinkedHashMap<ContractId, Contract>();
      log.subList(0, at).forEach(logged -> logged.effects.forEach(effect -> {
        switch (effect) {
          case Interpreter.Effect.Create(Contract contract) -> then.put(contract.id(), contract);
          case Interpreter.Effect.Archive(Contract contract) -> then.remove(contract.id());
        }
      }));
      then.values().stream().filter(query::wants).map(LedgerEvent.Created::new).forEach(ready::add);
      ready.add(new LedgerEvent.SnapshotEnd(new Offset(at == 0 ? "" : Integer.toString(at))));
      next = at;
    }

    @Override
    public List<LedgerEvent> read(int limit, Duration wait) throws InterruptedException {
      long deadline = System.nanoTime() + wait.toNanos();
      synchronized (MemoryLedger.this) {
        while (true) {
          if (cut || closed) {
            throw new FairwayException(ErrorCode.PEER_FAILED, "the stream was " + (closed ? "closed" : "cut"));
          }
          fill(limit);
          long left = Math.max(0, deadline - System.nanoTime()) / 1_000_000;
          if (!ready.isEmpty() || left == 0) {
            var events = new ArrayList<LedgerEvent>();
            while (events.size() < limit && !ready.isEmpty()) {
              events.add(ready.remove());
            }
            return events;
          }
          MemoryLedger.this.wait(left);
        }
      }
    }

    private void fill(int limit) {
      if (next < prunedTo) {
        ready.add(new LedgerEvent.Pruned(Optional.of(new Offset(Integer.toString(prunedTo)))));
        return;
      }
      while (ready.size() < limit && next < log.size()) {
        Logged logged = log.get(next++);
        var events = new ArrayList<LedgerEvent>();
        for (Interpreter.Effect effect : logged.effects) {
          switch (effect) {
            case Interpreter.Effect.Create(Contract contract) when query.wants(contract) ->
              events.add(new LedgerEvent.Created(contract));
            case Interpreter.Effect.Archive(Contract contract) when query.wants(contract) ->
              events.add(new LedgerEvent.Archived(contract.id(), contract.template(), contract.packageName()));
            case Interpreter.Effect.Create _,Interpreter.Effect.Archive _ -> {
            }
          }
        }
        var offset = new Offset(Integer.toString(logged.offset));
        if (events.isEmpty()) {
          ready.add(new LedgerEvent.Checkpoint(offset));
          continue;
        }
        boolean own = query.readers().containsAll(logged.submission.actAs());
        ready.add(new LedgerEvent.TransactionBegin(offset, logged.transactionId(),
            own ? Optional.of(logged.submission.commandId()) : Optional.empty(), logged.submission.workflowId(),
            logged.at));
        ready.addAll(events);
        ready.add(new LedgerEvent.TransactionEnd(offset, logged.transactionId()));
      }
    }

    @Override
    public void close() {
      synchronized (MemoryLedger.this) {
        closed = true;
        readings.remove(this);
        MemoryLedger.this.notifyAll();
      }
    }
  }
}
