package dev.fairway.exchange.delivery;

import dev.fairway.core.channel.MessageRef;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.exchange.document.DocumentTable;
import dev.fairway.exchange.document.Multihash;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.MessageTable;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.exchange.routing.Decision;
import dev.fairway.exchange.routing.Routing;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Chooses a channel for a message, and lets the receiver read its document. */
public final class Route implements WorkHandler<MessageRef> {
  /** How soon a message that waits for a channel's maintenance is looked at again. */
  private static final Duration MAINTENANCE = Duration.ofSeconds(20);

  private final Store store;
  private final Routing routing;
  private final Ports ports;
  private final InstantSource clock;
  private final MessageTable messages = new MessageTable();
  private final DocumentTable documents = new DocumentTable();

  public Route(Store store, Routing routing, Ports ports, InstantSource clock) {
    this.store = store;
    this.routing = routing;
    this.ports = ports;
    this.clock = clock;
  }

  @Override
  public Outcome run(Delivery<MessageRef> delivery) {
    Optional<StoredMessage> found = store.read(view -> messages.find(view, delivery.payload()));
    if (found.isEmpty() || found.get().state() != MessageState.QUEUED) {
      return Outcome.gone("message " + delivery.payload() + " is not waiting to be routed");
    }
    StoredMessage message = found.get();
    Decision decision = routing.route(message.message(), ports.facts(clock.instant()), clock.instant());
    return switch (decision) {
      case Decision.Send send -> Outcome.done(tx -> send(tx, message.ref(), send));
      case Decision.Wait wait -> Outcome.later(MAINTENANCE, wait.why());
      case Decision.NoRoute none -> Outcome.done(tx -> refuse(tx, message.ref(), none));
    };
  }

  private void send(Transaction tx, MessageRef ref, Decision.Send decision) throws SQLException {
    Optional<StoredMessage> found = messages.lock(tx, ref).filter(now -> now.state() == MessageState.QUEUED);
    if (found.isEmpty()) {
      return;
    }
    StoredMessage message = found.get();
    String channel = decision.channels().getFirst();
    messages.move(tx, message, MessageState.SENDING, Optional.empty(), "",
        decision.rule().title() + ", channel " + channel);
    messages.decided(tx, message, routing.describe(decision));
    var blob = Multihash.parse(message.message().obj()).flatMap(Multihash::blob);
    if (blob.isPresent()) {
      documents.grant(tx, blob.get(), message.message().receiver(), ref.toString());
    }
    NewWork<Works.Posting> work = NewWork.of(Works.POST, new Works.Posting(ref, message.sendings(), channel,
        decision.channels().subList(1, decision.channels().size()), decision.rule().retry()))
        .priority(message.priority());
    tx.enqueue(message.ordered() ? work.key(channel + " " + message.message().subject()) : work);
  }

  private void refuse(Transaction tx, MessageRef ref, Decision.NoRoute decision) throws SQLException {
    Optional<StoredMessage> found = messages.lock(tx, ref).filter(now -> now.state() == MessageState.QUEUED);
    if (found.isPresent()) {
      messages.decided(tx, found.get(), routing.describe(decision));
      StoredMessage moved = messages.move(tx, found.get(), MessageState.NO_ROUTE, Optional.empty(), "",
          "no rule has a channel for it");
      Messages.told(tx, moved, "exchange.message.rejected");
    }
  }
}
