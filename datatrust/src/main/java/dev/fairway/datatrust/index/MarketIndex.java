package dev.fairway.datatrust.index;

import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.market.CandidateKind;
import dev.fairway.datatrust.market.MarketEvent;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.log.LogEvent;
import dev.fairway.evm.log.LogFollower;
import dev.fairway.evm.log.LogFollowerConfig;
import dev.fairway.evm.log.LogHandler;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.LogQuery;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * A market's events as a table: read from the chain once, confirmed by depth or by the chain's own finality, and taken back
 * when a fork takes them. Every answer is of certain blocks only and needs no chain.
 *
 * <p>Safe for many threads; one process at a time reads the chain for all of them.
 */
public final class MarketIndex implements AutoCloseable {
  private static final Set<MarketEvent> LISTINGS = Set.of(MarketEvent.LISTED, MarketEvent.LISTING_REMOVED);
  private static final Set<MarketEvent> CANDIDATES = Set.of(MarketEvent.CANDIDATE_ADDED,
      MarketEvent.CANDIDATE_REMOVED);

  private final Store store;
  private final EventTable table;
  private final LogFollower follower;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /** Is told of each event that has become certain, in the transaction that says so. */
  @FunctionalInterface
  public interface Listener {
    void confirmed(Transaction tx, IndexedEvent event) throws SQLException;
  }

  public MarketIndex(Store store, EthereumRpc rpc, DatatrustConfig config) {
    this.store = store;
    this.table = new EventTable(config.market());
    this.follower = new LogFollower(store, rpc, "datatrust-" + config.market(),
        new LogQuery(config.contracts().telling(), MarketEvent.topics()), config.genesis(), new Intake(),
        LogFollowerConfig.DEFAULT.withFinality(config.finality()).withPoll(config.poll()));
  }

  /** To be set before {@link #start}. */
  public void onConfirmed(Listener listener) {
    listeners.add(listener);
  }

  public void start() {
    follower.start();
  }

  /** Takes one turn; what a test calls in place of {@link #start}. */
  public int runOnce() throws Exception {
    return follower.runOnce();
  }

  /** Says that the chain may have something new. */
  public void nudge() {
    follower.nudge();
  }

  /** The last block it has read. */
  public long position() {
    return follower.position();
  }

  /** What keeps it from reading, in words for an operator. */
  public Optional<String> trouble() {
    return follower.trouble();
  }

  @Override
  public void close() {
    follower.close();
  }

  /**
   * What a range of blocks says.
   *
   * @param hashes what was added in it and not removed after that, in the order of adding
   * @param lastBlock the highest block with something added, whether or not it is still there; 0 when there is none
   */
  public record Range(List<Hash> hashes, long lastBlock) {}

  /** What was listed in these blocks and is still, going by these blocks alone. */
  public Range listed(long from, long to, Optional<Address> owner) {
    return fold(LISTINGS, MarketEvent.LISTED, from, to,
        event -> owner.isEmpty() || owner.equals(event.account()));
  }

  /** Whose polls were opened in these blocks and are not resolved, going by these blocks alone. */
  public Range candidates(long from, long to, Optional<CandidateKind> kind, Optional<Address> owner) {
    return fold(CANDIDATES, MarketEvent.CANDIDATE_ADDED, from, to,
        event -> (kind.isEmpty() || event.second().map(IndexedEvent::number).equals(kind.map(k -> (long) k.number())))
            && (owner.isEmpty() || owner.equals(event.third().map(IndexedEvent::account))));
  }

  /* The last event wins: what was removed and added again is there. */
  private Range fold(Collection<MarketEvent> both, MarketEvent added, long from, long to,
      Predicate<IndexedEvent> wanted) {
    Map<Hash, Boolean> there = new LinkedHashMap<>();
    long last = 0;
    for (IndexedEvent event : store.read(view -> table.between(view, both, from, to))) {
      there.remove(event.subject());
      if (event.event() == added && wanted.test(event)) {
        last = event.block();
        there.put(event.subject(), true);
      }
    }
    return new Range(List.copyOf(there.keySet()), last);
  }

  /** Whether it is listed. */
  public boolean isListed(Hash listing) {
    return owner(listing).isPresent();
  }

  /** Whose listing it is; empty when it is not listed. */
  public Optional<Address> owner(Hash listing) {
    return store.read(view -> last(table.about(view, listing, LISTINGS)))
        .filter(event -> event.event() == MarketEvent.LISTED).flatMap(IndexedEvent::account);
  }

  /** The open poll about something; empty when there is none. */
  public Optional<CandidateKind> candidate(Hash hash) {
    return opened(hash).flatMap(IndexedEvent::second)
        .flatMap(topic -> CandidateKind.numbered(IndexedEvent.number(topic)));
  }

  /** Whose application is under vote; empty when none is. */
  public Optional<Address> applicant(Hash listing) {
    return candidate(listing).equals(Optional.of(CandidateKind.APPLICATION))
        ? opened(listing).flatMap(IndexedEvent::third).map(IndexedEvent::account)
        : Optional.empty();
  }

  private Optional<IndexedEvent> opened(Hash hash) {
    return store.read(view -> last(table.about(view, hash, CANDIDATES)))
        .filter(event -> event.event() == MarketEvent.CANDIDATE_ADDED);
  }

  /** Who was elected datatrust last. */
  public Optional<Address> backend() {
    return store.read(view -> table.newest(view, MarketEvent.REGISTRATION_SUCCEEDED)).flatMap(IndexedEvent::account);
  }

  /** How often a listing's data were given out. */
  public long sales(Hash listing) {
    return store.read(view -> table.count(view, listing, MarketEvent.LISTING_ACCESSED));
  }

  /** Whether a purchase was done and settled for an account. */
  public boolean wasDelivered(Hash delivery, Address owner) {
    return store.read(view -> table.about(view, delivery, Set.of(MarketEvent.DELIVERED))).stream()
        .anyMatch(event -> event.account().equals(Optional.of(owner)));
  }

  /** What giving out a listing on a purchase says of who may have it again. */
  public sealed interface Access {
    /** It was never given out on this purchase, or was removed from the market since. */
    record None() implements Access {}

    /** The purchase is settled; it was this account's. */
    record Settled(Address owner) implements Access {}

    /** The purchase is still open: it is whoever's the contract says. */
    record Open() implements Access {}
  }

  /**
   * Whose it was, when a listing was last given out on a purchase. A purchase's name may be used again once it is settled, so
   * the account is that of the first settlement after the bytes were given out.
   */
  public Access access(Hash listing, Hash delivery) {
    return store.read(view -> access(view, listing, delivery));
  }

  private Access access(View view, Hash listing, Hash delivery) {
    Optional<IndexedEvent> given = last(table.about(view, listing, Set.of(MarketEvent.LISTING_ACCESSED)).stream()
        .filter(event -> event.second().equals(Optional.of(delivery))).toList());
    if (given.isEmpty() || last(table.about(view, listing, Set.of(MarketEvent.LISTING_REMOVED)))
        .filter(given.get()::before).isPresent()) {
      return new Access.None();
    }
    return table.about(view, delivery, Set.of(MarketEvent.DELIVERED)).stream().filter(given.get()::before).findFirst()
        .flatMap(IndexedEvent::account).<Access>map(Access.Settled::new).orElseGet(Access.Open::new);
  }

  private static Optional<IndexedEvent> last(List<IndexedEvent> events) {
    return events.isEmpty() ? Optional.empty() : Optional.of(events.getLast());
  }

  /** Writes down what the contracts tell. */
  private final class Intake implements LogHandler {
    @Override
    public void apply(Transaction tx, List<LogEvent> events) throws SQLException {
      List<IndexedEvent> fresh = new ArrayList<>();
      List<EventTable.Kept> kept = new ArrayList<>();
      for (LogEvent event : events) {
        Optional<MarketEvent> known = MarketEvent.of(event.log());
        if (known.isEmpty() || event.log().topics().size() < 2) {
          continue;
        }
        switch (event) {
          case LogEvent.Observed(var log) -> kept.add(new EventTable.Kept(log, known.get(), false));
          case LogEvent.Confirmed(var log) -> {
            kept.add(new EventTable.Kept(log, known.get(), true));
            List<Hash> topics = log.topics();
            fresh.add(new IndexedEvent(known.get(), log.blockNumber(), log.index(), topics.get(1),
                topics.stream().skip(2).findFirst(), topics.stream().skip(3).findFirst(), log.data(),
                log.transaction()));
          }
          case LogEvent.Retracted(var log, var _) -> {
            table.keep(tx, kept);
            kept.clear();
            table.forget(tx, log);
          }
        }
      }
      table.keep(tx, kept);
      for (IndexedEvent event : fresh) {
        for (Listener listener : listeners) {
          listener.confirmed(tx, event);
        }
      }
    }
  }
}
