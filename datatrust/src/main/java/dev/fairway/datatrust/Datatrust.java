package dev.fairway.datatrust;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.Blobs;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.View;
import dev.fairway.datatrust.delivery.Deliveries;
import dev.fairway.datatrust.http.CapiDoor;
import dev.fairway.datatrust.http.OperatorDoor;
import dev.fairway.datatrust.identity.ContractWallets;
import dev.fairway.datatrust.identity.LogIn;
import dev.fairway.datatrust.identity.Tokens;
import dev.fairway.datatrust.index.MarketIndex;
import dev.fairway.datatrust.listing.Adoption;
import dev.fairway.datatrust.listing.Caretaker;
import dev.fairway.datatrust.listing.Integrity;
import dev.fairway.datatrust.listing.Uploads;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.datatrust.object.SealedObjects;
import dev.fairway.datatrust.task.Outgoing;
import dev.fairway.datatrust.task.Tasks;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.tx.Transactions;
import dev.fairway.store.Sql;
import dev.fairway.store.workers.Handlers;
import dev.fairway.web.Door;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One market, served by this node. Once it has met its chain it starts without it: what is known is told, and the rest waits.
 * Safe for many threads.
 */
public final class Datatrust implements AutoCloseable {
  /** The rooms whose tables it needs. */
  public static final List<String> ROOMS = List.of("evm", "datatrust");

  private static final Logger LOG = LoggerFactory.getLogger(Datatrust.class);

  private static final Duration TIDY = Duration.ofHours(1);
  private static final Duration LOOK = Duration.ofSeconds(30);
  private static final Duration KEPT = Duration.ofDays(7);

  private final DatatrustConfig config;
  private final Store store;
  private final EthereumRpc rpc;
  private final Transactions transactions;
  private final MarketIndex index;
  private final Office office;
  private final Tasks tasks;
  private final Uploads uploads;
  private final Deliveries deliveries;
  private final MarketReader chain;
  private final SealedObjects objects;
  private final Integrity integrity;
  private final CapiDoor door;
  private final Caretaker caretaker;
  private final Tokens tokens;
  private final Adoption adoption;
  private final Vitals vitals;
  private final List<Thread> rounds = new ArrayList<>();

  /**
   * What it stands on.
   *
   * @param blobs for this market's data alone, for what no upload names is removed from them
   * @param rpc the market's chain
   * @param transactions what the account sends that is elected datatrust; started by whoever made it, after this was made
   */
  public record Parts(Store store, Blobs blobs, Handlers handlers, EthereumRpc rpc, Transactions transactions,
      MeterRegistry meters) {}

  /**
   * @throws FairwayException with {@code CONFIGURATION} when the market had other contracts before, or these are none
   */
  public Datatrust(DatatrustConfig config, Parts parts) {
    this.config = config;
    this.rpc = parts.rpc();
    this.transactions = parts.transactions();
    this.store = parts.store();
    meet();
    chain = MarketReader.latest(rpc, config.contracts());
    index = new MarketIndex(store, rpc, config);
    tasks = new Tasks(store, rpc, config, parts.handlers());
    Outgoing outgoing = new Outgoing(transactions, tasks, config);
    office = new Office(store, chain, index, tasks, outgoing, config);
    objects = new SealedObjects(parts.blobs(), config.sealingKey());
    integrity = new Integrity(objects, config.compat().legacyDataHash());
    uploads = new Uploads(store, objects, chain, index, tasks, outgoing, config, parts.handlers());
    Deliveries.Parts common = new Deliveries.Parts(store, rpc, chain, index, office, uploads, objects, integrity, tasks,
        outgoing, new Steps(parts.meters(), config.market()));
    deliveries = new Deliveries(common, config, parts.handlers());
    LogIn logIn = new LogIn(store, config.dnsName(), rpc::chainId, new ContractWallets(rpc, System::nanoTime),
        config.compat().freeLogIn());
    tokens = new Tokens(store, config.tokenKeys(), config.accessLife(), config.refreshLife());
    door = new CapiDoor(common, deliveries, logIn, tokens, config);
    caretaker = new Caretaker(store, chain, index, tasks, integrity, config);
    adoption = new Adoption(store, chain, index, tasks, integrity, config.market());
    vitals = new Vitals(new Vitals.Sources(store, rpc, office, index::position, tasks, deliveries, uploads,
        () -> trouble().isPresent()), config, parts.meters());
    config.warning().ifPresent(warning -> LOG.warn("market={} {}", config.market(), warning));
  }

  /* A market is met once. Later starts need no chain. */
  private void meet() {
    String contracts = config.contracts().byName().toString();
    Optional<String> known = store.read(view -> Sql.on(view)
        .createQuery("SELECT contracts FROM datatrust_market WHERE market = :market").bind("market", config.market())
        .mapTo(String.class).findFirst());
    if (known.isPresent()) {
      if (!known.get().equals(contracts)) {
        throw new FairwayException(ErrorCode.CONFIGURATION, "the market \"" + config.market() + "\" had the contracts "
            + known.get() + " before; give the new one another name, or a folder of its own");
      }
      return;
    }
    try {
      config.contracts().byName().values().forEach(rpc::requireCode);
    } catch (FairwayException e) {
      if (e.code() != ErrorCode.PEER_FAILED) {
        throw e;
      }
      LOG.warn("the market's chain cannot be reached, it will be looked at when it is market={} why={}",
          config.market(), e.getMessage());
      return;
    }
    store.run(tx -> Sql.on(tx)
        .createUpdate("INSERT INTO datatrust_market (market, chain, contracts) VALUES (:market, :chain, :contracts)"
            + " ON CONFLICT DO NOTHING")
        .bind("market", config.market()).bind("chain", rpc.chainId()).bind("contracts", contracts).execute());
  }

  /** Begins to read the chain. Work is done by whoever runs the handlers. */
  public void start() {
    index.start();
    every("look", LOOK, vitals::look);
    every("tidy", TIDY, this::tidy);
  }

  /** A round made now and then. */
  private interface Round {
    void make() throws IOException;
  }

  private void every(String name, Duration pause, Round round) {
    rounds.add(Thread.ofVirtual().name("datatrust-" + name + "-" + config.market()).start(() -> {
      try {
        while (true) {
          try {
            round.make();
          } catch (IOException | RuntimeException e) {
            LOG.warn("a round fails, will go on trying round={} market={} why={}", name, config.market(),
                e.getMessage());
          }
          Thread.sleep(pause);
        }
      } catch (InterruptedException e) {
        LOG.debug("rounds end round={} market={}", name, config.market());
      }
    }));
  }

  /** Looks at how it does, for the gauges. */
  public void look() {
    vitals.look();
  }

  /**
   * Reads stored data through that are due, erases what is kept no longer, removes bytes that no upload names, and forgets
   * clients' watches that ended a week ago.
   */
  public void tidy() throws IOException {
    Instant now = now();
    int read = caretaker.check(now);
    int erased = caretaker.erase(now);
    int bytes = uploads.collect(now);
    int watches = tasks.forget(now.minus(KEPT));
    if (read + erased + bytes + watches > 0) {
      LOG.info("tidied up market={} read-through={} erased={} blobs={} watches={}", config.market(), read, erased,
          bytes,
          watches);
    }
  }

  /** @param prefix {@code /datatrust}, say */
  public Door door(String prefix) {
    return door.door(prefix);
  }

  /** What its operator asks and does, with the node's own credentials. */
  public Door operatorDoor(String prefix) {
    return new OperatorDoor(this).door(prefix);
  }

  /** The node's time. */
  public Instant now() {
    return store.read(View::now);
  }

  public DatatrustConfig config() {
    return config;
  }

  public Office office() {
    return office;
  }

  public MarketIndex index() {
    return index;
  }

  public Tasks tasks() {
    return tasks;
  }

  public Uploads uploads() {
    return uploads;
  }

  public Deliveries deliveries() {
    return deliveries;
  }

  /** Whether what is stored is what the chain says. */
  public Integrity integrity() {
    return integrity;
  }

  /** Takes over data that another service kept. */
  public Adoption adoption() {
    return adoption;
  }

  /** What account holders show. */
  public Tokens tokens() {
    return tokens;
  }

  /** Reads stored data through. */
  public Caretaker caretaker() {
    return caretaker;
  }

  /** The market as the newest block has it. */
  public MarketReader market() {
    return chain;
  }

  /** The chain itself. */
  public EthereumRpc rpc() {
    return rpc;
  }

  /** What keeps it from reading the chain or sending to it, in words for an operator. */
  public Optional<String> trouble() {
    return index.trouble().or(transactions::trouble);
  }

  @Override
  public void close() {
    rounds.forEach(Thread::interrupt);
    index.close();
  }
}
