package dev.fairway.evm.channel;

import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.store.Transaction;
import dev.fairway.evm.Hash;
import dev.fairway.evm.log.LogEvent;
import dev.fairway.evm.log.LogHandler;
import dev.fairway.evm.rpc.LogEntry;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down what the contract tells of messages for this end. */
final class Inbox implements LogHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

  private final String channel;
  private final ChannelTable table;
  private final Runnable changed;

  /** @param changed called after a commit that may have changed something */
  Inbox(String channel, ChannelTable table, Runnable changed) {
    this.channel = channel;
    this.table = table;
    this.changed = changed;
  }

  @Override
  public void apply(Transaction tx, List<LogEvent> events) throws SQLException {
    Arrivals arrivals = new Arrivals(tx, events);
    for (LogEvent event : events) {
      LogEntry log = event.log();
      if (!log.isEvent(ChannelNode.RECEIVED)) {
        if (!(event instanceof LogEvent.Retracted)) {
          reference(tx, log, arrivals);
        }
        continue;
      }
      switch (event) {
        case LogEvent.Observed _ -> seen(tx, log, ChannelStatus.OBSERVED, arrivals);
        case LogEvent.Confirmed _ -> seen(tx, log, ChannelStatus.CONFIRMED, arrivals);
        case LogEvent.Retracted _ -> {
          arrivals.write();
          table.retract(tx, log);
        }
      }
    }
    arrivals.write();
    tx.afterCommit(changed);
  }

  /** Messages that are new, written together: far from the head there are thousands, and hardly anything else. */
  private final class Arrivals {
    private final Transaction tx;
    private final Set<String> known;
    private final Map<Place, ChannelTable.Arrival> waiting = new LinkedHashMap<>();

    /** Where a log is; its reference comes right after it. */
    private record Place(Hash block, long index) {}

    Arrivals(Transaction tx, List<LogEvent> events) throws SQLException {
      this.tx = tx;
      List<String> ids = events.stream().map(LogEvent::log).filter(log -> log.isEvent(ChannelNode.RECEIVED))
          .map(log -> log.transaction().hex()).distinct().toList();
      known = table.known(tx, ids);
    }

    /** Whether it is the first of its transaction, and will be written. */
    boolean take(LogEntry log, Message message, ChannelStatus status) {
      String id = log.transaction().hex();
      if (!known.add(id)) {
        return false;
      }
      waiting.put(new Place(log.blockHash(), log.index()), new ChannelTable.Arrival(id, message, "", log, status));
      return true;
    }

    /** Whether the message of this reference is still to be written, and now has it. */
    boolean refer(LogEntry log, String senderRef) {
      return waiting.computeIfPresent(new Place(log.blockHash(), log.index() - 1),
          (_, arrival) -> arrival.log().transaction().equals(log.transaction())
              ? arrival.withSenderRef(senderRef)
              : arrival) != null;
    }

    void write() throws SQLException {
      if (!waiting.isEmpty()) {
        table.receive(tx, waiting.values());
        waiting.clear();
      }
    }
  }

  private void reference(Transaction tx, LogEntry log, Arrivals arrivals) throws SQLException {
    Optional<String> senderRef = ChannelNode.senderRef(log);
    if (senderRef.isPresent() && !arrivals.refer(log, senderRef.get())) {
      table.reference(tx, log, senderRef.get());
    }
  }

  /** A message's id is its transaction's hash; a second message of one transaction has its place added. */
  private void seen(Transaction tx, LogEntry log, ChannelStatus status, Arrivals arrivals) throws SQLException {
    Optional<Message> message = message(log);
    if (message.isEmpty()) {
      LOG.warn("not a message, passed over channel={} transaction={} log={}", channel, log.transaction(),
          log.index());
      return;
    }
    if (arrivals.take(log, message.get(), status)) {
      return;
    }
    arrivals.write();
    Optional<ChannelTable.Received> first = table.received(tx, log.transaction().hex());
    boolean another = first.filter(known -> !known.retracted() && known.index() != log.index()
        && known.blockHash().equals(log.blockHash().hex())).isPresent();
    String id = another ? ChannelTable.further(log, log.index()) : log.transaction().hex();
    Optional<ChannelTable.Received> before = another ? table.received(tx, id) : first;
    if (before.isEmpty()) {
      table.receive(tx, List.of(new ChannelTable.Arrival(id, message.get(), "", log, status)));
      return;
    }
    table.place(tx, id, log);
    ChannelStatus was = before.get().message().status();
    // A message that a fork only moved stays confirmed while its new block ripens.
    if (was != status && was != ChannelStatus.CONFIRMED) {
      table.status(tx, id, status);
    }
  }

  private Optional<Message> message(LogEntry log) {
    return ChannelNode.fields(log).flatMap(fields -> {
      try {
        return Optional.of(new Message(new Jurisdiction(fields.sender()), new Jurisdiction(fields.receiver()),
            fields.subject(), fields.obj(), fields.predicate()));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    });
  }

  @Override
  public void caughtUp(Transaction tx, long head) throws SQLException {
    for (String id : table.retracted(tx)) {
      LOG.warn("message taken back by a fork channel={} id={}", channel, id);
      table.status(tx, id, ChannelStatus.FALSE_ALARM);
    }
    tx.afterCommit(changed);
  }
}
