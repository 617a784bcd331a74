package dev.fairway.automation.ledger;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
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
import dev.fairway.core.store.Dialect;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.store.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The local ledger: contracts on the node's own store. A submission is one step of the store, so it is durable when it is
 * answered; submissions run one after another, which is what makes them serialisable. Each transaction is told in the
 * journal as {@code ledger.transaction}, and streams wait on that.
 *
 * <p>A reader's view is made by looking at every contract in its range: a party with few contracts on a large ledger pays
 * for the others' too. Safe for many threads and, on a shared store, many processes.
 */
public final class StoreLedger implements Ledger {
  private static final String LOCK = "automation.ledger";
  static final String TRANSACTION_EVENT = "ledger.transaction";

  private final Store store;
  private final Collection<LedgerModel> models;
  /* Parties are never taken away. */
  private final Set<Party> known = ConcurrentHashMap.newKeySet();
  private volatile Templates templates;

  /** @param models templates written in Java; those given by {@link #upload} are in the store */
  public StoreLedger(Store store, Collection<LedgerModel> models) {
    this.store = store;
    this.models = List.copyOf(models);
    this.templates = store.read(this::read);
  }

  /** What the store said when it was last asked. */
  private record Templates(int sources, Interpreter interpreter) {}

  private Templates read(View view) throws SQLException {
    List<String> sources = LedgerTables.packageSources(view);
    var all = new ArrayList<>(models);
    sources.forEach(source -> all.add(TemplateSource.read(source)));
    return new Templates(sources.size(), new Interpreter(all));
  }

  /* Packages are only ever added, on a shared store by other processes too. */
  private Interpreter interpreter(View view) throws SQLException {
    if (view.dialect() == Dialect.POSTGRES && LedgerTables.packageCount(view) != templates.sources()) {
      templates = read(view);
    }
    return templates.interpreter();
  }

  @Override
  public String id() {
    return "local";
  }

  @Override
  public boolean looksBack() {
    return true;
  }

  @Override
  public SubmitResult submit(Submission submission) {
    try {
      return store.write(tx -> submit(tx, submission));
    } catch (FairwayException e) {
      if (e.code().retriable()) {
        return new SubmitResult.Unavailable(Optional.empty(), String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private SubmitResult submit(Transaction tx, Submission submission) throws SQLException {
    SubmitResult result = take(tx, submission);
    if (result instanceof SubmitResult.Rejected why) {
      LedgerTables.rejected(tx, submission, why);
    }
    return result;
  }

  /** Whether {@link #take} can be called in a step of that store. */
  public boolean livesIn(Store other) {
    return store.equals(other);
  }

  /**
   * Takes a submission in as a part of a step of the ledger's own store: it happens with all else of the step, or not at
   * all. Deduplicates as {@link #submit} does; a refusal leaves no trace.
   *
   * @return accepted or rejected
   */
  public SubmitResult take(Transaction tx, Submission submission) throws SQLException {
    Sql.lock(tx, LOCK);
    for (Party party : submission.actAs()) {
      if (!isParty(tx, party)) {
        return new SubmitResult.Rejected(SubmitResult.Reason.INVALID, "PARTY_NOT_KNOWN",
            "no party " + party + " on this ledger");
      }
    }
    long position = LedgerTables.head(tx).position() + 1;
    return switch (decide(tx, submission, position)) {
      case Interpreter.Decision.Refuse(SubmitResult.Rejected why) -> before(tx, submission).orElse(why);
      case Interpreter.Decision.Commit(var effects) -> {
        if (!LedgerTables.remember(tx, position, submission)) {
          yield before(tx, submission).orElseThrow();
        }
        LedgerTables.commit(tx, position, submission, effects);
        tx.append(new NewEvent(TRANSACTION_EVENT, "ledger:" + position,
            "{\"offset\":\"" + position + "\",\"events\":" + effects.size() + "}"));
        yield new SubmitResult.Accepted(Optional.of(receipt(position)));
      }
    };
  }

  /* What the same submission came to before, within its deduplication period. Nearly all are new, so they are decided on
   * first, and this is asked only of those that are refused or whose id is taken. */
  private static Optional<SubmitResult> before(Transaction tx, Submission submission) throws SQLException {
    return LedgerTables.command(tx, submission.commandId(), submission.actAs())
        .filter(known -> tx.now().isBefore(known.until())).flatMap(LedgerTables.Known::position)
        .map(position -> new SubmitResult.Accepted(Optional.of(receipt(position))));
  }

  private Interpreter.Decision decide(Transaction tx, Submission submission, long position) throws SQLException {
    try {
      return interpreter(tx).decide(submission, new StoredContracts(tx), tx.now(),
          n -> new ContractId("#" + position + ":" + n));
    } catch (Broken e) {
      throw e.cause;
    }
  }

  private boolean isParty(Transaction tx, Party party) throws SQLException {
    if (known.contains(party)) {
      return true;
    }
    boolean found = LedgerTables.isParty(tx, party);
    if (found) {
      // Not before, because what this step sees may be undone with it.
      tx.afterCommit(() -> known.add(party));
    }
    return found;
  }

  private static Receipt receipt(long position) {
    return new Receipt(transactionId(position), offset(position));
  }

  static String transactionId(long position) {
    return "local-" + position;
  }

  static Offset offset(long position) {
    return position == 0 ? Offset.BEGIN : new Offset(Long.toString(position));
  }

  /** The contracts a submission may meet, as its own transaction sees them. */
  private record StoredContracts(View view) implements Interpreter.Contracts {
    @Override
    public Optional<Contract> find(ContractId id) {
      try {
        return LedgerTables.active(view, id);
      } catch (SQLException e) {
        throw new Broken(e);
      }
    }

    @Override
    public Optional<Contract> findByKey(TemplateId template, LedgerValue key) {
      try {
        return LedgerTables.activeByKey(view, template, key);
      } catch (SQLException e) {
        throw new Broken(e);
      }
    }
  }

  /* An Error, so that no template's rule is blamed for a database that failed. */
  private static final class Broken extends Error {
    private static final long serialVersionUID = 1L;
    private final transient SQLException cause;

    Broken(SQLException cause) {
      super("the store failed in the middle of a submission", cause);
      this.cause = cause;
    }
  }

  @Override
  public CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
    Optional<LedgerTables.Known> known = store.read(view -> LedgerTables.command(view, commandId, actAs));
    return known.<CommandOutcome>map(k -> k.position()
        .<CommandOutcome>map(position -> new CommandOutcome.Accepted(Optional.of(receipt(position))))
        .orElseGet(() -> new CommandOutcome.Rejected(k.rejected().orElseThrow())))
        .orElseGet(CommandOutcome.NotSeen::new);
  }

  @Override
  public Offset end() {
    return offset(store.read(LedgerTables::head).position());
  }

  @Override
  public List<Party> parties() {
    return store.read(LedgerTables::parties);
  }

  /** The hint is the name; the same hint gives the same party. */
  @Override
  public Party allocate(String hint) {
    var party = new Party(hint);
    store.run(tx -> LedgerTables.allocate(tx, party));
    return party;
  }

  @Override
  public List<LedgerPackage> packages() {
    return store.read(this::interpreter).models().stream().map(LedgerModel::describe).toList();
  }

  /** @param archive a package of templates as {@link TemplateSource} reads it */
  @Override
  public void upload(byte[] archive) {
    String source = new String(archive, StandardCharsets.UTF_8);
    LedgerModel model = TemplateSource.read(source);
    store.run(tx -> LedgerTables.addPackage(tx, model.id(), source));
    templates = store.read(this::read);
  }

  @Override
  public LedgerStream open(Query query, From from) {
    LedgerTables.Head head = store.read(LedgerTables::head);
    return switch (from) {
      case From.Snapshot() -> new StoreLedgerStream(store, query, head.position(), true);
      case From.SnapshotAt(Offset offset) -> new StoreLedgerStream(store, query, position(offset, head), true);
      case From.After(Offset offset) -> new StoreLedgerStream(store, query, position(offset, head), false);
    };
  }

  private static long position(Offset offset, LedgerTables.Head head) {
    if (offset.equals(Offset.BEGIN)) {
      return 0;
    }
    if (offset.value().matches("[0-9]{1,18}")) {
      long position = Long.parseLong(offset.value());
      if (position <= head.position()) {
        return position;
      }
    }
    throw new FairwayException(ErrorCode.INVALID, "no offset " + offset + "; the end is " + head.position());
  }

  /** Forgets transactions up to an offset, and contracts archived by then. What is active stays. */
  public void prune(Offset upTo) {
    store.run(tx -> {
      Sql.lock(tx, LOCK);
      LedgerTables.prune(tx, position(upTo, LedgerTables.head(tx)));
    });
  }

  /** The store stays open; it is not the ledger's. */
  @Override
  public void close() {}
}
