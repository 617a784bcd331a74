package dev.fairway.datatrust.listing;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.datatrust.index.MarketIndex;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.datatrust.task.Task;
import dev.fairway.datatrust.task.TaskState;
import dev.fairway.datatrust.task.Tasks;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.web.Json;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Takes over data that another service kept for this market. Whose they are and which they must be is the chain's to say, not
 * the other service's; what is said of them is believed. Safe for many threads.
 */
public final class Adoption {
  private final Store store;
  private final MarketReader chain;
  private final MarketIndex index;
  private final Tasks tasks;
  private final Integrity integrity;
  private final String market;
  private final UploadTable table;

  public Adoption(Store store, MarketReader chain, MarketIndex index, Tasks tasks, Integrity integrity,
      String market) {
    this.store = store;
    this.chain = chain;
    this.index = index;
    this.tasks = tasks;
    this.integrity = integrity;
    this.market = market;
    this.table = new UploadTable(market);
  }

  /**
   * Keeps data as those of a listing or an application. Again with the same data it changes nothing.
   *
   * @return whether they were not there before
   * @throws FairwayException with {@code NOT_FOUND} when the market knows no such listing, {@code CONFLICT} when the chain has
   * no hash of its data, or that of others
   */
  public boolean adopt(Hash listing, Upload.Description words, Uploads.Arrived arrived) throws IOException {
    Address owner = index.owner(listing).or(() -> index.applicant(listing))
        .orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND,
            listing + " is neither listed nor under vote, as far as the chain is read"));
    Optional<Hash> onChain = chain.dataHash(listing);
    return store.write(tx -> {
      Optional<Upload> before = table.find(tx, listing, owner);
      if (before.filter(upload -> upload.digests().equals(arrived.digests()) && confirmed(tx, upload)).isPresent()) {
        return false;
      }
      Task task = tasks.add(tx, Task.Kind.DATA_HASH, Optional.of(words.transaction()), Optional.of(listing),
          Optional.of(owner), Optional.empty());
      Upload upload = new Upload(listing, owner, words, arrived.object(), arrived.digests(), task.id(), tx.now());
      requireMatch(upload, onChain);
      table.put(tx, upload);
      tasks.confirm(tx, task.id());
      tx.append(new NewEvent("datatrust.adopted", listing.hex(),
          Json.object().put("market", market).put("listing", listing.hex()).put("owner", owner.checksummed())
              .put("size", arrived.object().size()).toString()));
      return true;
    });
  }

  private boolean confirmed(Transaction tx, Upload upload) {
    return tasks.find(tx, upload.task()).filter(task -> task.state() == TaskState.CONFIRMED).isPresent();
  }

  private void requireMatch(Upload upload, Optional<Hash> onChain) throws SQLException {
    try {
      if (!integrity.matches(upload, onChain)) {
        throw new FairwayException(ErrorCode.CONFLICT, "the chain has " + onChain.map(Hash::hex).orElse("no hash")
            + " for the data of " + upload.listing() + ", these are " + upload.digests().data()
            + "; data of more than a MiB that an older service took in need compat.legacy-data-hash");
      }
    } catch (IOException e) {
      throw new SQLException("cannot read the data that have just arrived", e);
    }
  }
}
