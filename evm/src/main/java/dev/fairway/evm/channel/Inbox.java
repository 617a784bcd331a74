package dev.fairway.evm.channel;

import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.store.Transaction;
import dev.fairway.evm.log.LogEvent;
import dev.fairway.evm.log.LogHandler;
import dev.fairway.evm.rpc.LogEntry;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
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
    for (LogEvent event : events) {
      if (event.log().isEvent(ChannelNode.RECEIVED)) {
        switch (event) {
          case LogEvent.Observed(var log) -> seen(tx, log, ChannelStatus.OBSERVED);
          case LogEvent.Confirmed(var log) -> seen(tx, log, ChannelStatus.CONFIRMED);
          case LogEvent.Retracted(var log, var _) -> table.retract(tx, log);
        }
      } else if (!(event instanceof LogEvent.Retracted)) {
        Optional<String> senderRef = ChannelNode.senderRef(event.log());
        if (senderRef.isPresent()) {
          table.reference(tx, event.log(), senderRef.get());
        }
      }
    }
    tx.afterCommit(changed);
  }

  /** A message's id is its transaction's hash; a second message of one transaction has its place added. */
  private void seen(Transaction tx, LogEntry log, ChannelStatus status) throws SQLException {
    Optional<Message> message = message(log);
    if (message.isEmpty()) {
      LOG.warn("not a message, passed over channel={} transaction={} log={}", channel, log.transaction(),
          log.index());
      return;
    }
    Optional<ChannelTable.Received> first = table.received(tx, log.transaction().hex());
    boolean another = first.filter(known -> !known.retracted() && known.index() != log.index()
        && known.blockHash().equals(log.blockHash().hex())).isPresent();
    String id = another ? ChannelTable.further(log, log.index()) : log.transaction().hex();
    Optional<ChannelTable.Received> before = another ? table.received(tx, id) : first;
    if (before.isEmpty()) {
      table.receive(tx, id, message.get(), log, status);
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
