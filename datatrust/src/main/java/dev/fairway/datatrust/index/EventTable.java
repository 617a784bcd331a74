package dev.fairway.datatrust.index;

import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.datatrust.market.MarketEvent;
import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.LogEntry;
import dev.fairway.store.Sql;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements on a market's events. */
final class EventTable {
  private static final String COLUMNS = "SELECT event, block_number, log_index, subject, second, third, data,"
      + " transaction_hash FROM datatrust_event WHERE market = :market AND confirmed = 1";
  private static final String IN_ORDER = " ORDER BY block_number, log_index";

  private final String market;

  EventTable(String market) {
    this.market = market;
  }

  /** An event to keep. */
  record Kept(LogEntry log, MarketEvent event, boolean confirmed) {}

  void keep(Transaction tx, List<Kept> events) throws SQLException {
    if (events.isEmpty()) {
      return;
    }
    // By hand: a market's whole past goes through here, and binding by name costs more than writing.
    try (PreparedStatement insert = tx.connection().prepareStatement(
        "INSERT INTO datatrust_event (market, block_number, log_index, block_hash, event, subject, second, third, data,"
            + " transaction_hash, confirmed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (market, block_number, log_index, block_hash) DO UPDATE SET confirmed = excluded.confirmed")) {
      insert.setString(1, market);
      for (Kept kept : events) {
        LogEntry log = kept.log();
        List<Hash> topics = log.topics();
        insert.setLong(2, log.blockNumber());
        insert.setLong(3, log.index());
        insert.setString(4, log.blockHash().hex());
        insert.setString(5, kept.event().name());
        insert.setString(6, topics.size() > 1 ? topics.get(1).hex() : "");
        insert.setString(7, topic(topics, 2));
        insert.setString(8, topic(topics, 3));
        insert.setString(9, log.data());
        insert.setString(10, log.transaction().hex());
        insert.setInt(11, kept.confirmed() ? 1 : 0);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static @Nullable String topic(List<Hash> topics, int place) {
    return topics.size() > place ? topics.get(place).hex() : null;
  }

  void forget(Transaction tx, LogEntry log) {
    Sql.on(tx)
        .createUpdate("DELETE FROM datatrust_event WHERE market = :market AND block_number = :block AND"
            + " log_index = :index AND block_hash = :hash")
        .bind("market", market).bind("block", log.blockNumber()).bind("index", log.index())
        .bind("hash", log.blockHash().hex()).execute();
  }

  /** Events of these kinds in the blocks from one to another, both included, in the chain's order. */
  List<IndexedEvent> between(View view, Collection<MarketEvent> events, long from, long to) {
    return Sql.on(view)
        .createQuery(
            COLUMNS + " AND event IN (" + names(events) + ") AND block_number BETWEEN :from AND :to" + IN_ORDER)
        .bind("market", market).bind("from", from).bind("to", to).map((row, _) -> event(row)).list();
  }

  /** All events of these kinds about one thing, in the chain's order. */
  List<IndexedEvent> about(View view, Hash subject, Collection<MarketEvent> events) {
    return Sql.on(view)
        .createQuery(COLUMNS + " AND subject = :subject AND event IN (" + names(events) + ")" + IN_ORDER)
        .bind("market", market).bind("subject", subject.hex()).map((row, _) -> event(row)).list();
  }

  /** The newest event of a kind. */
  Optional<IndexedEvent> newest(View view, MarketEvent event) {
    return Sql.on(view)
        .createQuery(COLUMNS + " AND event = :event ORDER BY block_number DESC, log_index DESC LIMIT 1")
        .bind("market", market).bind("event", event.name()).map((row, _) -> event(row)).findFirst();
  }

  long count(View view, Hash subject, MarketEvent event) {
    return Sql.on(view)
        .createQuery("SELECT COUNT(*) FROM datatrust_event WHERE market = :market AND subject = :subject AND"
            + " event = :event AND confirmed = 1")
        .bind("market", market).bind("subject", subject.hex()).bind("event", event.name()).mapTo(Long.class).one();
  }

  private static String names(Collection<MarketEvent> events) {
    return events.stream().map(event -> "'" + event.name() + "'").collect(Collectors.joining(","));
  }

  private static IndexedEvent event(ResultSet row) throws SQLException {
    return new IndexedEvent(MarketEvent.valueOf(row.getString("event")), row.getLong("block_number"),
        row.getLong("log_index"), new Hash(row.getString("subject")), hash(row.getString("second")),
        hash(row.getString("third")), row.getString("data"), new Hash(row.getString("transaction_hash")));
  }

  private static Optional<Hash> hash(@Nullable String text) {
    return Optional.ofNullable(text).map(Hash::new);
  }
}
