package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoreLedger;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the commands of one integration's handlers are sent, with the step that decided on them or not at all: a
 * ledger on the node's own store takes them in that very transaction, for any other they are stored there and then sent by
 * the {@link Outbox}. Safe for many threads.
 */
final class CommandSender {
  private static final Payloads.LedgerDelivery NO_ORIGIN = new Payloads.LedgerDelivery("", "", false, "");

  private final IntegrationConfig config;
  private final RunningIntegration.OnLedger on;
  /* Its ledger, when commands can be a part of the step that decides on them. */
  private final @Nullable StoreLedger inStep;
  private final Registrations registrations;
  private final Feed feed;

  /**
   * @param store where steps are written
   * @param feed knows how far the ledger has been read
   */
  CommandSender(Store store, IntegrationConfig config, RunningIntegration.OnLedger on, Registrations registrations,
      Feed feed) {
    this.config = config;
    this.on = on;
    this.inStep = on.ledger() instanceof StoreLedger local && local.livesIn(store) ? local : null;
    this.registrations = registrations;
    this.feed = feed;
  }

  /** What a handler wants to be sent; one that answered null wants nothing. */
  static List<Command> commands(@Nullable Response response) {
    return response == null ? List.of() : response.commands();
  }

  /** Sends what nobody is asked about if the ledger refuses it. */
  void send(Transaction tx, String handler, List<Command> commands, String purpose) throws SQLException {
    send(tx, handler, commands, purpose, NO_ORIGIN, "");
  }

  /**
   * Sends commands; nothing when there are none. Those that a ledger on the node's own store refuses are stored to be sent
   * all the same, so that what comes of a refusal is the same for all ledgers.
   *
   * @param handler which handler decided on them
   * @param purpose what for; the same again is sent once
   * @param origin what the handler was told, for {@link LedgerHandlers#rejected}
   * @param request which request they answer, or empty
   */
  void send(Transaction tx, String handler, List<Command> commands, String purpose, Payloads.LedgerDelivery origin,
      String request) throws SQLException {
    if (commands.isEmpty()) {
      return;
    }
    String commandId = commandId(handler, purpose);
    List<Command> qualified = qualified(commands);
    if (inStep != null && inStep.take(tx,
        Outbox.submission(commandId, config.party(), qualified)) instanceof SubmitResult.Accepted) {
      if (!request.isEmpty()) {
        RequestTables.answered(tx, config.id(), request);
      }
      tx.afterCommit(() -> sent(handler, qualified.size()));
      return;
    }
    tx.enqueue(Outbox.work(new Payloads.Submit(config.id(), handler, commandId, config.party().name(),
        Payloads.write(qualified), since(tx).value(), origin, request, config.ledger())));
  }

  /* From where an outcome would have to be looked for. A process that stands by does not know; the store does. */
  private Offset since(Transaction tx) throws SQLException {
    Offset read = feed.offset();
    return registrations.readsLedger() && read.equals(Offset.BEGIN)
        ? IntegrationTables.place(tx, config.id()).filter(place -> place.ledger().equals(on.ledger().id()))
            .map(IntegrationTables.Place::offset).orElse(read)
        : read;
  }

  /** The same for the same purpose of the same handler, always. */
  String commandId(String handler, String purpose) {
    return Payloads.commandId(config.id(), handler, config.party(), purpose);
  }

  /** With the integration's own package filled in. */
  List<Command> qualified(Collection<Command> commands) {
    return commands.stream().map(command -> on.mainPackage().map(command::in).orElse(command)).toList();
  }

  /** Counts commands that the ledger took. */
  void sent(String handler, int commands) {
    registrations.counters(handler).ifPresent(counters -> counters.commanded(commands));
  }
}
