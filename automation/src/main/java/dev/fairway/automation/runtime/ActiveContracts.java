package dev.fairway.automation.runtime;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Query;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is active on a ledger now, all at once; at most 10,000 contracts, within a minute. */
public final class ActiveContracts {
  private static final int LIMIT = 10_000;
  private static final int PAGE = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ActiveContracts() {}

  /** @throws FairwayException with {@code TOO_LARGE} when there are more, {@code PEER_FAILED} when it takes longer */
  public static List<Contract> read(Ledger ledger, Query query) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    var contracts = new ArrayList<Contract>();
    try (LedgerStream stream = ledger.open(query, From.snapshot())) {
      while (System.nanoTime() < deadline) {
        for (LedgerEvent event : stream.read(PAGE, Duration.ofSeconds(5))) {
          if (event instanceof LedgerEvent.SnapshotEnd) {
            return contracts;
          }
          if (event instanceof LedgerEvent.Created(Contract contract)) {
            contracts.add(contract);
          }
          if (contracts.size() > LIMIT) {
            throw new FairwayException(ErrorCode.TOO_LARGE, "more than " + LIMIT + " contracts are active");
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new FairwayException(ErrorCode.PEER_FAILED, "the ledger did not list its contracts within " + PATIENCE);
  }
}
