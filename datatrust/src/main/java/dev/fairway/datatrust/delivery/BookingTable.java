package dev.fairway.datatrust.delivery;

import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.datatrust.Micros;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.store.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements on bookings. */
final class BookingTable {
  private static final String SELECT = "SELECT * FROM datatrust_booking WHERE market = :market";
  private final String market;

  BookingTable(String market) {
    this.market = market;
  }

  Optional<Booking> find(View view, Hash delivery, Hash listing, Address buyer) {
    return Sql.on(view).createQuery(SELECT + " AND delivery = :delivery AND listing = :listing AND buyer = :buyer")
        .bind("market", market).bind("delivery", delivery.hex()).bind("listing", listing.hex())
        .bind("buyer", buyer.hex()).map((row, _) -> booking(row)).findFirst();
  }

  Optional<Booking> byTask(View view, UUID task) {
    return Sql.on(view).createQuery(SELECT + " AND task = :task").bind("market", market).bind("task", task.toString())
        .map((row, _) -> booking(row)).findFirst();
  }

  /** The newest on a purchase. */
  Optional<Booking> newest(View view, Hash delivery) {
    return Sql.on(view).createQuery(SELECT + " AND delivery = :delivery ORDER BY booked_at DESC LIMIT 1")
        .bind("market", market).bind("delivery", delivery.hex()).map((row, _) -> booking(row)).findFirst();
  }

  /** Those of a buyer that are not on the chain for certain. */
  List<Booking> open(View view, Address buyer) {
    return Sql.on(view).createQuery(SELECT + " AND buyer = :buyer AND state = 'booked'").bind("market", market)
        .bind("buyer", buyer.hex()).map((row, _) -> booking(row)).list();
  }

  List<Booking> recent(View view, int limit) {
    return Sql.on(view).createQuery(SELECT + " ORDER BY booked_at DESC LIMIT :limit").bind("market", market)
        .bind("limit", limit).map((row, _) -> booking(row)).list();
  }

  long openSince(View view, Instant before) {
    return Sql.on(view)
        .createQuery(
            "SELECT COUNT(*) FROM datatrust_booking WHERE market = :market AND state = 'booked' AND booked_at < :before")
        .bind("market", market).bind("before", Micros.of(before)).mapTo(Long.class).one();
  }

  /** Writes it, in place of one that came to nothing. */
  void put(Transaction tx, Booking booking) {
    Sql.on(tx)
        .createUpdate(
            """
                INSERT INTO datatrust_booking (market, delivery, listing, buyer, owner, data_hash, size, url, attempt, state, task,
                  booked_at)
                VALUES (:market, :delivery, :listing, :buyer, :owner, :data, :size, :url, :attempt, 'booked', :task, :now)
                ON CONFLICT (market, delivery, listing, buyer) DO UPDATE SET owner = excluded.owner,
                  data_hash = excluded.data_hash, size = excluded.size, url = excluded.url, attempt = excluded.attempt,
                  state = 'booked', reason = NULL, task = excluded.task, booked_at = excluded.booked_at""")
        .bind("market", market).bind("delivery", booking.delivery().hex()).bind("listing", booking.listing().hex())
        .bind("buyer", booking.buyer().hex()).bind("owner", booking.owner().hex())
        .bind("data", booking.dataHash().hex()).bind("size", booking.size()).bind("url", booking.url())
        .bind("attempt", booking.attempt()).bind("task", booking.task().toString())
        .bind("now", Micros.of(booking.bookedAt())).execute();
  }

  void becomes(Transaction tx, UUID task, Booking.State state, Optional<String> reason) {
    Sql.on(tx).createUpdate("UPDATE datatrust_booking SET state = :state, reason = :reason WHERE task = :task")
        .bind("state", state.name().toLowerCase(Locale.ROOT)).bind("reason", reason.orElse(null))
        .bind("task", task.toString()).execute();
  }

  private static Booking booking(ResultSet row) throws SQLException {
    @Nullable
    String reason = row.getString("reason");
    return new Booking(new Hash(row.getString("delivery")), new Hash(row.getString("listing")),
        new Address(row.getString("buyer")), new Address(row.getString("owner")), new Hash(row.getString("data_hash")),
        row.getLong("size"), row.getString("url"), row.getInt("attempt"),
        Booking.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)), Optional.ofNullable(reason),
        UUID.fromString(row.getString("task")), Micros.instant(row.getLong("booked_at")));
  }
}
