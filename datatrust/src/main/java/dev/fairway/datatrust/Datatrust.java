package dev.fairway.datatrust;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.Blobs;
import dev.fairway.core.store.Store;
import dev.fairway.datatrust.delivery.Deliveries;
import dev.fairway.datatrust.http.CapiDoor;
import dev.fairway.datatrust.identity.LogIn;
import dev.fairway.datatrust.identity.Tokens;
import dev.fairway.datatrust.index.MarketIndex;
import dev.fairway.datatrust.listing.Uploads;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.datatrust.object.SealedObjects;
import dev.fairway.datatrust.task.Outgoing;
import dev.fairway.datatrust.task.Tasks;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.Signer;
import dev.fairway.evm.tx.Transactions;
import dev.fairway.store.Sql;
import dev.fairway.store.workers.Handlers;
import dev.fairway.web.Door;
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

  private final DatatrustConfig config;
  private final EthereumRpc rpc;
  private final Transactions transactions;
  private final MarketIndex index;
  private final Office office;
  private final Tasks tasks;
  private final Uploads uploads;
  private final Deliveries deliveries;
  private final MarketReader chain;
  private final CapiDoor door;

  /**
   * What it stands on.
   *
   * @param blobs for this market's data alone, for what no upload names is removed from them
   * @param chain the nodes to ask
   * @param operator the account that is elected datatrust
   */
  public record Parts(Store store, Blobs blobs, Handlers handlers, RpcConfig chain, Signer operator) {}

  /**
   * @throws FairwayException with {@code CONFIGURATION} when the market is on another chain than before, or its contracts are
   * none; {@code PEER_FAILED} when the chain cannot be reached and was never met before
   */
  public Datatrust(DatatrustConfig config, Parts parts) {
    this.config = config;
    this.rpc = meet(config, parts);
    Store store = parts.store();
    transactions = new Transactions(store, rpc, parts.operator(), config.transactions());
    chain = MarketReader.latest(rpc, config.contracts());
    index = new MarketIndex(store, rpc, config);
    tasks = new Tasks(store, rpc, config, parts.handlers());
    Outgoing outgoing = new Outgoing(transactions, tasks, config);
    office = new Office(store, chain, index, tasks, outgoing, config);
    SealedObjects objects = new SealedObjects(parts.blobs(), config.sealingKey());
    uploads = new Uploads(store, objects, chain, index, tasks, outgoing, config, parts.handlers());
    Deliveries.Parts common = new Deliveries.Parts(store, rpc, chain, index, office, uploads, objects, tasks, outgoing);
    deliveries = new Deliveries(common, config, parts.handlers());
    LogIn logIn = new LogIn(store, config.dnsName(), rpc::chainId, config.compat().freeLogIn());
    Tokens tokens = new Tokens(store, config.jwtSecret(), config.accessLife(), config.refreshLife());
    door = new CapiDoor(common, deliveries, logIn, tokens, config);
    config.warning().ifPresent(warning -> LOG.warn("market={} {}", config.market(), warning));
  }

  private static EthereumRpc meet(DatatrustConfig config, Parts parts) {
    Store store = parts.store();
    String contracts = config.contracts().byName().toString();
    Optional<Long> known = store.read(view -> Sql.on(view)
        .createQuery("SELECT chain FROM datatrust_market WHERE market = :market AND contracts = :contracts")
        .bind("market", config.market()).bind("contracts", contracts).mapTo(Long.class).findFirst());
    if (known.isPresent()) {
      return new EthereumRpc(parts.chain().withChainId(known.get()));
    }
    EthereumRpc rpc = new EthereumRpc(parts.chain());
    try {
      config.contracts().byName().values().forEach(rpc::requireCode);
      long chain = rpc.chainId();
      int first = store.write(tx -> Sql.on(tx)
          .createUpdate("INSERT INTO datatrust_market (market, chain, contracts) VALUES (:market, :chain, :contracts)"
              + " ON CONFLICT DO NOTHING")
          .bind("market", config.market()).bind("chain", chain).bind("contracts", contracts).execute());
      if (first == 0) {
        throw new FairwayException(ErrorCode.CONFIGURATION, "the market \"" + config.market()
            + "\" had other contracts before; give the new one another name");
      }
      return rpc;
    } catch (RuntimeException e) {
      rpc.close();
      throw e;
    }
  }

  /** Begins to read the chain and to send to it. Work is done by whoever runs the handlers. */
  public void start() {
    transactions.start();
    index.start();
  }

  /** @param prefix {@code /datatrust}, say */
  public Door door(String prefix) {
    return door.door(prefix);
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
    index.close();
    transactions.close();
    rpc.close();
  }
}
