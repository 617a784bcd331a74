package dev.fairway.datatrust.delivery;

import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkKind;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.Office;
import dev.fairway.datatrust.Step;
import dev.fairway.datatrust.Steps;
import dev.fairway.datatrust.index.MarketIndex;
import dev.fairway.datatrust.listing.Integrity;
import dev.fairway.datatrust.listing.Upload;
import dev.fairway.datatrust.listing.Uploads;
import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.datatrust.market.Purchase;
import dev.fairway.datatrust.object.SealedObjects;
import dev.fairway.datatrust.task.Outgoing;
import dev.fairway.datatrust.task.Task;
import dev.fairway.datatrust.task.TaskState;
import dev.fairway.datatrust.task.Tasks;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.store.JsonCodec;
import dev.fairway.store.Sql;
import dev.fairway.store.workers.Handlers;
import dev.fairway.web.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives data to who bought them. On a new purchase the bytes are first booked: written down together with the transaction that
 * tells the chain, against what the purchase has left, counting bookings that are not on the chain yet. What is booked can be
 * fetched again, in parts, as often as the buyer likes, and is booked once. When a purchase is used up it is settled, which
 * pays the datatrust. Safe for many threads.
 */
public final class Deliveries {
  private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

  private final Parts parts;
  private final Store store;
  private final DatatrustConfig config;
  private final BookingTable table;
  private final WorkKind<Settle> settle;

  /** Names a purchase that may be used up. */
  public record Settle(String delivery) {}

  /** What deliveries are made of. */
  public record Parts(Store store, EthereumRpc rpc, MarketReader chain, MarketIndex index, Office office,
      Uploads uploads, SealedObjects objects, Integrity integrity, Tasks tasks, Outgoing outgoing, Steps steps) {}

  private record Asked(Address buyer, Hash delivery, Hash listing, String url) {}

  private record Booked(Booking booking, Optional<Upload> upload) {}

  public Deliveries(Parts parts, DatatrustConfig config, Handlers handlers) {
    this.parts = parts;
    this.store = parts.store();
    this.config = config;
    this.table = new BookingTable(config.market());
    WorkKind<Tasks.Payload> like = Tasks.kind(config, "datatrust.settle");
    this.settle = WorkKind.of(like.name(), JsonCodec.of(Settle.class)).withRetry(like.retry());
    handlers.add(settle, this::settle);
    parts.outgoing().onEnd(Task.Kind.ACCESS, this::accounted);
    parts.outgoing().onEnd(Task.Kind.DELIVERED, this::settled);
  }

  /**
   * Asks for data.
   *
   * @param url the purchase as the buyer wrote it; its hash is what settling tells the chain
   * @param book whether bytes may be booked for it; without that, only what could be had is said
   */
  public Entitlement open(Address buyer, Hash delivery, Hash listing, String url, boolean book)
      throws IOException, InterruptedException {
    Asked asked = new Asked(buyer, delivery, listing, url);
    Optional<Booked> booked = store.read(view -> live(view, asked).map(found -> new Booked(found,
        parts.uploads().find(view, listing, found.owner())
            .filter(kept -> kept.digests().data().equals(found.dataHash())))));
    if (booked.isPresent()) {
      Optional<Upload> upload = booked.get().upload();
      return upload.isEmpty() ? new Entitlement.NoData() : give(upload.get(), asked, booked.get().booking());
    }
    boolean mine = certain().purchase(delivery).map(Purchase::owner).equals(Optional.of(buyer));
    boolean again = switch (parts.index().access(listing, delivery)) {
      case MarketIndex.Access.None _ -> false;
      case MarketIndex.Access.Settled(var owner) -> owner.equals(buyer);
      case MarketIndex.Access.Open _ -> mine;
    };
    if (again) {
      Optional<Upload> upload = parts.uploads().current(listing);
      return upload.isEmpty() ? new Entitlement.NoData() : read(upload.get());
    }
    if (!mine) {
      return parts.index().wasDelivered(delivery, buyer)
          ? new Entitlement.NotEnough()
          : new Entitlement.NotTheBuyer();
    }
    return first(asked, book);
  }

  private Optional<Booking> live(View view, Asked asked) {
    return table.find(view, asked.delivery(), asked.listing(), asked.buyer())
        .filter(booking -> booking.state() != Booking.State.VOID);
  }

  private MarketReader certain() {
    return parts.chain().at(Math.max(0, config.finality().certain(parts.rpc(), parts.rpc().head())));
  }

  private Entitlement first(Asked asked, boolean book) throws IOException, InterruptedException {
    if (!parts.office().isOurs()) {
      return new Entitlement.NotInOffice();
    }
    if (!parts.index().isListed(asked.listing())) {
      return new Entitlement.NotListed();
    }
    Optional<Upload> found = parts.uploads().current(asked.listing());
    if (found.isEmpty()) {
      return new Entitlement.NoData();
    }
    Upload upload = found.get();
    // Before the chain is looked at: what leaves this list after that is on the chain that was then read.
    List<UUID> open = store.read(view -> table.open(view, asked.buyer())).stream().map(Booking::task).toList();
    MarketReader now = certain();
    Optional<Room> left = parts.steps().timed(Step.PURCHASE, () -> now.purchase(asked.delivery())
        .filter(bought -> bought.owner().equals(asked.buyer()))
        .map(bought -> new Room(bought.requested(), bought.open(), now.bytesPurchased(asked.buyer()), open)));
    if (left.isEmpty()) {
      return new Entitlement.NotTheBuyer();
    }
    Room room = left.get();
    Optional<String> damaged = parts.uploads().fault(upload);
    Optional<String> wrong = damaged.isPresent() ? damaged : wrongOnChain(now, upload);
    if (wrong.isPresent()) {
      LOG.error("data withheld market={} listing={} why={}", config.market(), asked.listing(), wrong.get());
      return new Entitlement.Withheld(wrong.get());
    }
    Entitlement readable = read(upload);
    if (!(readable instanceof Entitlement.Granted granted)) {
      return readable;
    }
    if (!book && store.read(view -> room.holds(asked.delivery(), upload.object().size(),
        table.open(view, asked.buyer())))) {
      return granted;
    }
    granted.bytes().close();
    Optional<Booking> booked = book
        ? parts.steps().timed(Step.BOOK, () -> store.write(tx -> book(tx, asked, upload, room)))
        : Optional.empty();
    return booked.isEmpty() ? new Entitlement.NotEnough() : give(upload, asked, booked.get());
  }

  /**
   * What a purchase has left by the chain, before bookings that are not on it.
   *
   * @param seenOpen bookings that were not on the chain for certain before it was read
   */
  private record Room(BigInteger requested, BigInteger open, BigInteger bought, List<UUID> seenOpen) {
    boolean holds(Hash delivery, long size, List<Booking> booked) {
      BigInteger ofDelivery = BigInteger.ZERO;
      BigInteger ofBuyer = BigInteger.ZERO;
      for (Booking booking : booked) {
        BigInteger bytes = BigInteger.valueOf(booking.size());
        ofBuyer = ofBuyer.add(bytes);
        ofDelivery = booking.delivery().equals(delivery) ? ofDelivery.add(bytes) : ofDelivery;
      }
      BigInteger wanted = BigInteger.valueOf(size);
      return requested.signum() > 0 && size > 0 && open.subtract(ofDelivery).compareTo(wanted) >= 0
          && bought.subtract(ofBuyer).compareTo(wanted) >= 0;
    }
  }

  private Optional<Booking> book(Transaction tx, Asked asked, Upload upload, Room room) throws SQLException {
    Sql.lock(tx, "datatrust " + config.market() + asked.buyer().hex());
    Optional<Booking> before = table.find(tx, asked.delivery(), asked.listing(), asked.buyer());
    if (before.filter(booking -> booking.state() != Booking.State.VOID).isPresent()) {
      return before;
    }
    List<Booking> reserved = new java.util.ArrayList<>(table.open(tx, asked.buyer()));
    room.seenOpen().stream().flatMap(task -> table.byTask(tx, task).stream())
        .filter(booking -> booking.state() == Booking.State.COUNTED).forEach(reserved::add);
    if (!room.holds(asked.delivery(), upload.object().size(), reserved)) {
      return Optional.empty();
    }
    Task task = parts.tasks().add(tx, Task.Kind.ACCESS, Optional.empty(), Optional.of(asked.listing()),
        Optional.of(asked.buyer()), Optional.of(asked.delivery()));
    Booking booking = new Booking(asked.delivery(), asked.listing(), asked.buyer(), upload.owner(),
        upload.digests().data(), upload.object().size(), asked.url(), before.map(Booking::attempt).orElse(0) + 1,
        Booking.State.BOOKED, Optional.empty(), task.id(), tx.now());
    table.put(tx, booking);
    parts.outgoing().send(tx, task, "access " + task.id(), config.contracts().datatrust(),
        MarketCalls.listingAccessed(asked.listing(), asked.delivery(), booking.size()));
    tell(tx, "datatrust.booked", booking);
    return Optional.of(booking);
  }

  private Optional<String> wrongOnChain(MarketReader now, Upload upload) throws IOException {
    Optional<Hash> onChain = now.dataHash(upload.listing());
    try {
      return parts.integrity().matches(upload, onChain)
          ? Optional.empty()
          : Optional.of("the chain has " + onChain.map(Hash::hex).orElse("no hash") + " for the data of "
              + upload.listing() + ", which are " + upload.digests().data());
    } catch (FairwayException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Entitlement give(Upload upload, Asked asked, Booking booking) throws IOException, InterruptedException {
    if (booking.state() == Booking.State.COUNTED) {
      return read(upload);
    }
    if (!farEnough(booking)) {
      return new Entitlement.Waiting();
    }
    return store.read(view -> live(view, asked)).isEmpty()
        ? new Entitlement.Withheld("the chain refused the booking")
        : read(upload);
  }

  private boolean farEnough(Booking booking) throws InterruptedException {
    Optional<Task> task = parts.tasks().find(booking.task());
    return task.isPresent() && switch (config.bookedBy()) {
      case SENT -> parts.outgoing().awaitSent(task.get(), config.bookingLimit()) || ended(booking);
      case CONFIRMED -> awaitEnd(booking);
    };
  }

  private boolean ended(Booking booking) {
    return parts.tasks().find(booking.task()).filter(task -> task.state().last()).isPresent();
  }

  private boolean awaitEnd(Booking booking) throws InterruptedException {
    long deadline = System.nanoTime() + config.bookingLimit().toNanos();
    while (!ended(booking)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(50);
    }
    return true;
  }

  private Entitlement read(Upload upload) throws IOException {
    return parts.steps().timed(Step.DATA, () -> opened(upload));
  }

  private Entitlement opened(Upload upload) throws IOException {
    try {
      Optional<SeekableByteChannel> bytes = parts.objects().open(upload.object());
      if (bytes.isPresent()) {
        return new Entitlement.Granted(upload, bytes.get());
      }
      LOG.error("data are missing market={} listing={} blob={}", config.market(), upload.listing(),
          upload.object().blob());
      return new Entitlement.Withheld("the stored object is missing");
    } catch (FairwayException e) {
      LOG.error("data cannot be read market={} listing={}", config.market(), upload.listing(), e);
      return new Entitlement.Withheld("the stored object cannot be read");
    }
  }

  /** The booking is on the chain, or never will be. */
  private void accounted(Transaction tx, Task task) throws SQLException {
    Optional<Booking> booking = table.byTask(tx, task.id());
    if (booking.isEmpty()) {
      return;
    }
    if (task.state() == TaskState.CONFIRMED) {
      table.becomes(tx, task.id(), Booking.State.COUNTED, Optional.empty());
      tell(tx, "datatrust.delivered", booking.get());
      String delivery = booking.get().delivery().hex();
      tx.enqueue(NewWork.of(settle, new Settle(delivery)).key(delivery));
    } else {
      table.becomes(tx, task.id(), Booking.State.VOID, task.reason());
      tell(tx, "datatrust.refused", booking.get());
    }
  }

  private void tell(Transaction tx, String type, Booking booking) {
    tx.append(new NewEvent(type, booking.delivery().hex(),
        Json.object().put("market", config.market()).put("delivery", booking.delivery().hex())
            .put("listing", booking.listing().hex()).put("buyer", booking.buyer().checksummed())
            .put("bytes", booking.size()).put("task", booking.task().toString()).toString()));
  }

  /** Settles a purchase that is used up; one that is not stays open. */
  private Outcome settle(Delivery<Settle> work) {
    Hash delivery = new Hash(work.payload().delivery());
    boolean usedUp = certain().purchase(delivery)
        .filter(bought -> bought.requested().signum() > 0 && bought.open().signum() == 0).isPresent();
    if (!usedUp || !parts.office().isOurs()) {
      return Outcome.done();
    }
    return Outcome.done(tx -> parts.steps().timed(Step.SETTLE, () -> settle(tx, delivery)));
  }

  private boolean settle(Transaction tx, Hash delivery) throws SQLException {
    Optional<Booking> booking = table.newest(tx, delivery);
    if (booking.isEmpty() || parts.tasks().underWay(tx, Task.Kind.DELIVERED, delivery)) {
      return false;
    }
    Task task = parts.tasks().add(tx, Task.Kind.DELIVERED, Optional.empty(), Optional.of(booking.get().listing()),
        Optional.of(booking.get().buyer()), Optional.of(delivery));
    parts.outgoing().send(tx, task, "delivered " + task.id(), config.contracts().datatrust(),
        MarketCalls.delivered(delivery, urlHash(booking.get().url())));
    return true;
  }

  private void settled(Transaction tx, Task task) {
    if (task.state() == TaskState.CONFIRMED && task.delivery().isPresent()) {
      tx.append(new NewEvent("datatrust.paid", task.delivery().get().hex(),
          Json.object().put("market", config.market()).put("delivery", task.delivery().get().hex())
              .put("transaction", task.result().orElse("")).toString()));
    }
  }

  /** What the chain is told was delivered where: {@code <DNS name>/deliveries/?delivery_hash=<as the buyer wrote it>}. */
  public Hash urlHash(String delivery) {
    return Keccak.hash(config.dnsName() + "/deliveries/?delivery_hash=" + delivery);
  }

  /** What data encrypted to their buyer are for: a purchase, and what was bought. HPKE's {@code info}. */
  public static byte[] purpose(Hash delivery, Hash listing) {
    byte[] words = "fairway datatrust delivery 1".getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(words.length + 64).put(words).put(delivery.bytes()).put(listing.bytes()).array();
  }

  public List<Booking> recent(int limit) {
    return store.read(view -> table.recent(view, limit));
  }

  /** How many bookings from before a time are still not on the chain. */
  public long openSince(Instant before) {
    return store.read(view -> table.openSince(view, before));
  }
}
