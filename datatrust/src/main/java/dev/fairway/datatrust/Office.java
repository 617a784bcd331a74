package dev.fairway.datatrust;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.datatrust.index.IndexedEvent;
import dev.fairway.datatrust.index.MarketIndex;
import dev.fairway.datatrust.market.CandidateKind;
import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.MarketEvent;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.datatrust.task.Outgoing;
import dev.fairway.datatrust.task.Task;
import dev.fairway.datatrust.task.Tasks;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import dev.fairway.web.Json;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the market has elected this node its datatrust, and how it stands for that. Winning office makes the node write its
 * name into the contract; losing it is told in the journal. Safe for many threads.
 */
public final class Office {
  private static final Logger LOG = LoggerFactory.getLogger(Office.class);

  private static final long REGISTRATION_GAS = 500_000;

  private final Store store;
  private final MarketReader chain;
  private final MarketIndex index;
  private final Tasks tasks;
  private final Outgoing outgoing;
  private final DatatrustConfig config;

  Office(Store store, MarketReader chain, MarketIndex index, Tasks tasks, Outgoing outgoing, DatatrustConfig config) {
    this.store = store;
    this.chain = chain;
    this.index = index;
    this.tasks = tasks;
    this.outgoing = outgoing;
    this.config = config;
    index.onConfirmed(this::elected);
  }

  /** The account the node works with. */
  public Address account() {
    return outgoing.account();
  }

  /** Whether the last election that is certain was won by this node. Needs no chain. */
  public boolean isOurs() {
    return index.backend().equals(Optional.of(account()));
  }

  /** Names the candidate that registering makes. */
  public Hash candidate() {
    return Keccak.hash(config.dnsName());
  }

  /**
   * Stands for datatrust: allows the stake where it is not allowed, and registers.
   *
   * @return the tasks, in the order they are sent
   * @throws FairwayException with {@code CONFLICT} when it holds office or stands already, or cannot pay the stake
   */
  public List<UUID> register() {
    if (chain.backend().equals(Optional.of(account()))) {
      throw new FairwayException(ErrorCode.CONFLICT, "This API is currently the registered datatrust");
    }
    if (chain.candidate(candidate()).isPresent()) {
      throw new FairwayException(ErrorCode.CONFLICT, "\"" + config.dnsName() + "\" is under vote already");
    }
    BigInteger stake = chain.stake();
    if (chain.marketToken(account()).compareTo(stake) < 0) {
      throw new FairwayException(ErrorCode.CONFLICT, "Insufficient CMT available to pay the stake for this operation.");
    }
    boolean allow = chain.marketTokenAllowance(account(), config.contracts().voting()).compareTo(stake) < 0;
    return store.write(tx -> {
      List<UUID> sent = new ArrayList<>();
      if (allow) {
        sent.add(send(tx, Task.Kind.STAKE, config.contracts().marketToken(),
            MarketCalls.approve(config.contracts().voting(), stake)));
      }
      Task task = tasks.add(tx, Task.Kind.REGISTER, Optional.empty(), Optional.empty(), Optional.of(account()),
          Optional.empty());
      // Before the allowance is mined, an estimate of the gas would say that it reverts.
      outgoing.send(tx, task, "register " + task.id(), config.contracts().datatrust(),
          MarketCalls.register(config.dnsName()), OptionalLong.of(REGISTRATION_GAS));
      sent.add(task.id());
      return sent;
    });
  }

  /** Resolves a poll of any kind whose time is over. */
  public UUID resolve(Hash candidate) {
    CandidateKind kind = chain.candidate(candidate).orElseThrow(
        () -> new FairwayException(ErrorCode.NOT_FOUND, "Given hash is not a valid candidate")).kind();
    return store.write(tx -> switch (kind) {
      case APPLICATION -> send(tx, Task.Kind.RESOLVE, config.contracts().listing(),
          MarketCalls.resolveApplication(candidate));
      case CHALLENGE -> send(tx, Task.Kind.RESOLVE, config.contracts().listing(),
          MarketCalls.resolveChallenge(candidate));
      case REPARAM -> send(tx, Task.Kind.RESOLVE, config.contracts().parameterizer(),
          MarketCalls.resolveReparam(candidate));
      case REGISTRATION -> send(tx, Task.Kind.RESOLVE, config.contracts().datatrust(),
          MarketCalls.resolveRegistration(candidate));
    });
  }

  /** Fetches the stake of a poll that is over. */
  public UUID unstake(Hash candidate) {
    return store
        .write(tx -> send(tx, Task.Kind.STAKE, config.contracts().voting(), MarketCalls.unstake(candidate)));
  }

  private UUID send(Transaction tx, Task.Kind kind, Address contract, String data) throws SQLException {
    Task task = tasks.add(tx, kind, Optional.empty(), Optional.empty(), Optional.of(account()), Optional.empty());
    outgoing.send(tx, task, kind + " " + task.id(), contract, data, OptionalLong.empty());
    return task.id();
  }

  private void elected(Transaction tx, IndexedEvent event) throws SQLException {
    if (event.event() != MarketEvent.REGISTRATION_SUCCEEDED || event.account().isEmpty()) {
      return;
    }
    boolean ours = event.account().get().equals(account());
    LOG.info("datatrust elected market={} account={} ours={}", config.market(), event.account().get(), ours);
    tx.append(new NewEvent("datatrust.office", config.market(), Json.object().put("market", config.market())
        .put("backend", event.account().get().checksummed()).put("ours", ours).toString()));
    if (ours && config.publishUrl()) {
      // Winning clears the name in the contract.
      send(tx, Task.Kind.URL, config.contracts().datatrust(), MarketCalls.setBackendUrl(config.dnsName()));
    }
  }
}
