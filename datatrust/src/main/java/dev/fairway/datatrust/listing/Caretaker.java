package dev.fairway.datatrust.listing;

import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.index.MarketIndex;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.datatrust.task.Task;
import dev.fairway.datatrust.task.Tasks;
import dev.fairway.evm.Hash;
import dev.fairway.web.Json;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after stored data: reads them through from time to time and says what is damaged, and erases what the market has had no
 * use for as long as the settings say. What is damaged is not given out until it is whole again. Safe for many threads.
 */
public final class Caretaker {
  private static final Logger LOG = LoggerFactory.getLogger(Caretaker.class);
  /** Read through in one turn, so that a turn ends. */
  private static final int AT_ONCE = 100;

  private final Store store;
  private final MarketReader chain;
  private final MarketIndex index;
  private final Tasks tasks;
  private final Integrity integrity;
  private final DatatrustConfig config;
  private final UploadTable table;

  public Caretaker(Store store, MarketReader chain, MarketIndex index, Tasks tasks, Integrity integrity,
      DatatrustConfig config) {
    this.store = store;
    this.chain = chain;
    this.index = index;
    this.tasks = tasks;
    this.integrity = integrity;
    this.config = config;
    this.table = new UploadTable(config.market());
  }

  /** Reads through what is due, the longest unread first; how many objects that were. */
  public int check(Instant now) {
    Instant due = now.minus(config.upkeep().checkEvery());
    List<Upload> uploads = store.read(view -> table.uncheckedSince(view, due, AT_ONCE));
    uploads.forEach(upload -> check(upload, now));
    return uploads.size();
  }

  /** Reads one object through; what is wrong with it. */
  public Optional<String> check(Upload upload, Instant now) {
    Optional<String> fault = fault(upload);
    Optional<String> before = store.read(view -> table.fault(view, upload));
    store.run(tx -> {
      table.checked(tx, upload, now, fault);
      if (fault.isPresent() && before.isEmpty()) {
        tell(tx, "datatrust.damaged", upload, fault);
      }
    });
    fault.ifPresent(why -> LOG.error("data are damaged, and not given out market={} listing={} owner={} why={}",
        config.market(), upload.listing(), upload.owner(), why));
    return fault;
  }

  private Optional<String> fault(Upload upload) {
    try {
      boolean inMarket = inMarket(upload);
      Optional<Hash> onChain = inMarket ? chain.dataHash(upload.listing()) : Optional.empty();
      Integrity.Checked checked = integrity.check(upload, onChain);
      if (!checked.matchesUpload()) {
        return Optional.of("stored are " + checked.stored() + ", uploaded were " + upload.digests().data());
      }
      // While an application is under way the chain has no hash yet.
      return onChain.isEmpty() || checked.matchesChain()
          ? Optional.empty()
          : Optional.of("the chain has " + onChain.get() + ", stored are " + checked.stored());
    } catch (IOException | FairwayException e) {
      return Optional.of(Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName()));
    }
  }

  private boolean inMarket(Upload upload) {
    return index.owner(upload.listing()).or(() -> index.applicant(upload.listing()))
        .equals(Optional.of(upload.owner()));
  }

  /**
   * Forgets what has been out of the market for longer than it is kept; its bytes are removed with what else nothing names, and
   * its key is gone at once. How many that were.
   */
  public int erase(Instant now) {
    Optional<Duration> keep = config.upkeep().keepGone();
    int erased = 0;
    for (Upload upload : keep.isEmpty() ? List.<Upload>of() : store.read(table::all)) {
      if (erase(upload, now, now.minus(keep.get()))) {
        erased++;
      }
    }
    return erased;
  }

  private boolean erase(Upload upload, Instant now, Instant before) {
    boolean wanted = inMarket(upload)
        || tasks.find(upload.task()).filter(task -> !task.state().last()).map(Task::id).isPresent();
    return store.write(tx -> {
      Optional<Instant> since = table.goneSince(tx, upload);
      if (wanted || since.isEmpty()) {
        table.gone(tx, upload, wanted ? Optional.empty() : Optional.of(now));
        return false;
      }
      if (since.get().isAfter(before)) {
        return false;
      }
      table.remove(tx, upload);
      tell(tx, "datatrust.erased", upload, Optional.empty());
      return true;
    });
  }

  private void tell(Transaction tx, String type, Upload upload, Optional<String> why) throws SQLException {
    var body = Json.object().put("market", config.market()).put("listing", upload.listing().hex())
        .put("owner", upload.owner().checksummed());
    why.ifPresent(text -> body.put("why", text));
    tx.append(new NewEvent(type, upload.listing().hex(), body.toString()));
  }
}
