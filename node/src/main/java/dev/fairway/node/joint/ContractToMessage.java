package dev.fairway.node.joint;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.exchange.Exchange;
import dev.fairway.exchange.message.MessageForm;
import dev.fairway.exchange.message.Messages;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * Sends each contract of a template as a message of the node's own jurisdiction, and then exercises a choice on it. Once,
 * whatever dies on the way: the message's reference is made of the delivery's key, and the exchange takes a reference once.
 */
final class ContractToMessage implements Integration<ContractToMessage.Settings> {
  private final Exchange exchange;

  ContractToMessage(Exchange exchange) {
    this.exchange = exchange;
  }

  /** @param template has the texts {@code receiver}, {@code subject}, {@code obj} and {@code predicate} */
  record Settings(String template, String choice) {}

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    events.ledger().created(env.settings().template()).concurrency(8).handle(event -> {
      UUID reference = UUID.nameUUIDFromBytes(event.attempt().idempotencyKey().getBytes(StandardCharsets.UTF_8));
      MessageForm form = exchange.form(message(event), reference.toString());
      event.attempt().holdBackIfDry("hand " + form.message() + " to the exchange");
      Messages.Intake intake = exchange.messages().accept(form, Optional.empty(), env.party().name());
      if (intake instanceof Messages.Intake.Clash(var ref)) {
        throw new FairwayException(ErrorCode.CONFLICT, ref + " stands for another message");
      }
      return Response.commands(Command.exercise(event.contract(), env.settings().choice(), LedgerValue.struct()));
    });
  }

  private Message message(LedgerEvents.Created event) {
    LedgerValue.Struct payload = event.contract().payload();
    try {
      return new Message(exchange.messages().own(), new Jurisdiction(payload.text("receiver")), payload.text("subject"),
          payload.text("obj"), payload.text("predicate"));
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, "the contract is no message: " + e.getMessage(), e);
    }
  }
}
