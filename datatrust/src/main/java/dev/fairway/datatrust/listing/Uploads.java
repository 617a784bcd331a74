package dev.fairway.datatrust.listing;

import dev.fairway.core.blob.BlobId;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkKind;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.index.MarketIndex;
import dev.fairway.datatrust.market.Candidate;
import dev.fairway.datatrust.market.CandidateKind;
import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.MarketEvent;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.datatrust.object.KeccakDigest;
import dev.fairway.datatrust.object.SealedObject;
import dev.fairway.datatrust.object.SealedObjects;
import dev.fairway.datatrust.task.Outgoing;
import dev.fairway.datatrust.task.Task;
import dev.fairway.datatrust.task.TaskState;
import dev.fairway.datatrust.task.Tasks;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.LogEntry;
import dev.fairway.evm.rpc.Receipt;
import dev.fairway.store.workers.Handlers;
import dev.fairway.web.Json;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes makers' data in. Bytes are hashed and encrypted while they arrive; they become visible together with what is said of
 * them, once; and when the chain says with certainty that their maker applied for the listing, their hash is written there.
 *
 * <p>Data are kept by listing and maker, so nobody can be first with data for somebody else's listing. The first data of a
 * maker for a listing count; others are refused, unless the first came to nothing. Safe for many threads.
 */
public final class Uploads {
  private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
  /** Bytes younger than this may belong to an upload under way. */
  private static final Duration UNDER_WAY = Duration.ofHours(6);

  private final Store store;
  private final SealedObjects objects;
  private final MarketReader chain;
  private final MarketIndex index;
  private final Tasks tasks;
  private final Outgoing outgoing;
  private final DatatrustConfig config;
  private final UploadTable table;
  private final WorkKind<Tasks.Payload> confirm;

  public Uploads(Store store, SealedObjects objects, MarketReader chain, MarketIndex index, Tasks tasks,
      Outgoing outgoing, DatatrustConfig config, Handlers handlers) {
    this.store = store;
    this.objects = objects;
    this.chain = chain;
    this.index = index;
    this.tasks = tasks;
    this.outgoing = outgoing;
    this.config = config;
    this.table = new UploadTable(config.market());
    this.confirm = Tasks.kind(config, "datatrust.confirm-data");
    handlers.add(confirm, new Confirming());
    outgoing.onEnd(Task.Kind.DATA_HASH, this::confirmed);
  }

  /** Bytes that have arrived and are nobody's yet. */
  public record Arrived(SealedObject object, Upload.Digests digests) {}

  /**
   * Streams bytes in; memory does not depend on how many.
   *
   * @throws dev.fairway.core.FairwayException with {@code TOO_LARGE} past the limit; nothing is kept
   */
  public Arrived receive(InputStream bytes) throws IOException {
    MessageDigest md5 = digest("MD5");
    MessageDigest sha256 = digest("SHA-256");
    MessageDigest keccak = new KeccakDigest();
    SealedObject object = objects.write(bytes, config.largest(), List.of(md5, sha256, keccak));
    return new Arrived(object, new Upload.Digests(HexFormat.of().formatHex(md5.digest()),
        HexFormat.of().formatHex(sha256.digest()), Hash.of(keccak.digest())));
  }

  /** Throws bytes away that were refused. */
  public void discard(Arrived arrived) {
    try {
      if (!store.read(view -> table.needs(view, arrived.object().blob()))) {
        objects.delete(arrived.object().blob());
      }
    } catch (IOException e) {
      LOG.warn("refused bytes stay until they are collected blob={} why={}", arrived.object().blob(), e.getMessage());
    }
  }

  /** Keeps bytes that have arrived as a maker's data for a listing. */
  public TakenIn take(Hash listing, Address owner, Upload.Description words, Arrived arrived) {
    boolean others = index.applicant(listing).or(() -> index.owner(listing)).filter(maker -> !maker.equals(owner))
        .isPresent();
    if (others) {
      return new TakenIn.NotTheMaker();
    }
    // Whatever ends a listing or an application takes its data hash along.
    boolean onChain = chain.dataHash(listing).isPresent();
    return store.write(tx -> take(tx, listing, owner, words, arrived, onChain));
  }

  private TakenIn take(Transaction tx, Hash listing, Address owner, Upload.Description words, Arrived arrived,
      boolean onChain) throws SQLException {
    Optional<Upload> before = table.find(tx, listing, owner);
    Optional<Task> earlier = before.flatMap(upload -> tasks.find(tx, upload.task()));
    boolean counts = earlier.filter(task -> !task.state().last() || (task.state() == TaskState.CONFIRMED && onChain))
        .isPresent();
    if (before.isPresent() && counts) {
      return before.get().digests().data().equals(arrived.digests().data())
          ? new TakenIn.Kept(before.get().task())
          : new TakenIn.OtherDataFirst();
    }
    long kept = table.bytesOf(tx, owner) - before.map(upload -> upload.object().size()).orElse(0L);
    if (kept + arrived.object().size() > config.quota()) {
      return new TakenIn.OverQuota(config.quota());
    }
    Task task = tasks.add(tx, Task.Kind.DATA_HASH, Optional.of(words.transaction()), Optional.of(listing),
        Optional.of(owner), Optional.empty());
    table.put(tx,
        new Upload(listing, owner, words, arrived.object(), arrived.digests(), task.id(), tx.now()));
    tx.enqueue(NewWork.of(confirm, new Tasks.Payload(task.id().toString())));
    tx.append(new NewEvent("datatrust.uploaded", listing.hex(),
        Json.object().put("market", config.market()).put("listing", listing.hex()).put("owner", owner.checksummed())
            .put("size", arrived.object().size()).put("data_hash", arrived.digests().data().hex())
            .put("task", task.id().toString()).toString()));
    return new TakenIn.Kept(task.id());
  }

  /** The data of a listing or an application, as the market says whose it is; empty when its maker handed none in. */
  public Optional<Upload> current(Hash listing) {
    return index.owner(listing).or(() -> index.applicant(listing)).flatMap(owner -> find(listing, owner));
  }

  public Optional<Upload> find(Hash listing, Address owner) {
    return store.read(view -> table.find(view, listing, owner));
  }

  public Optional<Upload> find(View view, Hash listing, Address owner) {
    return table.find(view, listing, owner);
  }

  public List<Upload> recent(int limit) {
    return store.read(view -> table.recent(view, limit));
  }

  /** What was wrong with data when they were last read through. */
  public Optional<String> fault(Upload upload) {
    return store.read(view -> table.fault(view, upload));
  }

  /** How many objects were damaged when they were last read through. */
  public long damaged() {
    return store.read(table::faults);
  }

  /** Removes bytes that no upload names: of those refused, replaced, or left by a process that died. */
  public int collect(Instant now) throws IOException {
    return objects.blobs().collect(now.minus(UNDER_WAY), this::needed);
  }

  private boolean needed(BlobId blob) {
    return store.read(view -> table.needs(view, blob));
  }

  private void confirmed(Transaction tx, Task task) throws SQLException {
    if (task.state() == TaskState.CONFIRMED && task.listing().isPresent()) {
      tx.append(new NewEvent("datatrust.confirmed", task.listing().get().hex(),
          Json.object().put("market", config.market()).put("listing", task.listing().get().hex())
              .put("transaction", task.result().orElse("")).toString()));
    }
  }

  /** Waits for the maker's application, and writes the hash of the data on the chain. */
  private final class Confirming implements WorkHandler<Tasks.Payload> {
    @Override
    public Outcome run(Delivery<Tasks.Payload> delivery) {
      Optional<Task> found = tasks.find(delivery.payload().id());
      if (found.isEmpty() || found.get().state().last() || found.get().transaction().isPresent()) {
        return Outcome.gone("the task has ended or is on its way");
      }
      Task task = found.get();
      return switch (tasks.look(task.watched().orElse(""), task.createdAt(), store.read(view -> view.now()))) {
        case Tasks.Watched.Waiting waiting -> tasks.later(task, waiting);
        case Tasks.Watched.Failed(var state, var why) -> Outcome.done(tx -> tasks.fail(tx, task.id(), state, why));
        case Tasks.Watched.Certain(var receipt) -> applied(task, receipt);
      };
    }

    private Outcome applied(Task task, Receipt receipt) {
      Hash listing = task.listing().orElseThrow();
      Address owner = task.owner().orElseThrow();
      Optional<String> refusal = refusal(receipt, listing, owner);
      if (refusal.isPresent()) {
        return Outcome.done(tx -> tasks.fail(tx, task.id(), TaskState.FAILED, refusal.get()));
      }
      return Outcome.done(tx -> {
        Optional<Upload> upload = table.find(tx, listing, owner).filter(kept -> kept.task().equals(task.id()));
        if (upload.isEmpty()) {
          tasks.fail(tx, task.id(), TaskState.FAILED, "other data took the place of these");
          return;
        }
        Hash data = upload.get().digests().data();
        outgoing.send(tx, task, "data " + task.id(), config.contracts().datatrust(),
            MarketCalls.setDataHash(listing, data));
      });
    }

    private Optional<String> refusal(Receipt receipt, Hash listing, Address owner) {
      boolean told = receipt.logs().stream().anyMatch(log -> applies(log, listing, owner));
      if (!told) {
        return Optional
            .of("transaction " + receipt.transaction() + " is not " + owner + "'s application for " + listing);
      }
      Optional<Candidate> candidate = chain.at(receipt.blockNumber()).candidate(listing);
      if (candidate.filter(poll -> poll.kind() == CandidateKind.APPLICATION && poll.owner().equals(owner)).isEmpty()) {
        return Optional.of("there is no application for " + listing + " by " + owner);
      }
      boolean office = chain.backend().equals(Optional.of(outgoing.account()));
      return office ? Optional.empty() : Optional.of("this node is not the registered datatrust any more");
    }

    private boolean applies(LogEntry log, Hash listing, Address owner) {
      return log.address().equals(config.contracts().listing()) && log.isEvent(MarketEvent.APPLIED.topic())
          && log.topics().size() == 3 && log.topics().get(1).equals(listing)
          && Address.ofWord(log.topics().get(2).bytes()).equals(owner);
    }

    @Override
    public void onDead(Transaction tx, Delivery<Tasks.Payload> delivery, String why) throws SQLException {
      tasks.fail(tx, delivery.payload().id(), TaskState.FAILED, why);
    }
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
