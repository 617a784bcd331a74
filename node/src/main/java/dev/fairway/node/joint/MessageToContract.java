package dev.fairway.node.joint;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.web.Json;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Makes a contract of each message that arrives: {@code integrationParty}, {@code sender}, {@code senderRef},
 * {@code receiver}, {@code subject}, {@code obj} and {@code predicate}. Once, whatever dies on the way: the journal's event
 * is taken in the transaction that moves the place in the journal, and its command is sent once.
 */
final class MessageToContract implements Integration<MessageToContract.Settings> {
  private static final String RECEIVED = "exchange.message.received";

  /** @param predicate a name, or its beginning and a star */
  record Settings(String template, String predicate, Optional<String> sender) {
    boolean wants(JsonNode message) {
      return of(predicate, message.path("predicate").asString(""))
          && sender.map(message.path("sender").asString("")::equals).orElse(true);
    }

    private static boolean of(String pattern, String name) {
      return pattern.endsWith("*") ? name.startsWith(pattern.substring(0, pattern.length() - 1)) : name.equals(pattern);
    }
  }

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    events.journal().on(RECEIVED, (told, attempt) -> {
      JsonNode message = Json.parse(told.body());
      return env.settings().wants(message)
          ? Response.commands(Command.create(env.template(env.settings().template()), contract(env, message)))
          : Response.none();
    });
  }

  private static LedgerValue.Struct contract(Environment<Settings> env, JsonNode message) {
    LedgerValue.Struct contract = LedgerValue.struct("integrationParty", LedgerValue.party(env.party()), "senderRef",
        LedgerValue.text(message.path("sender_ref").asString("")));
    for (String field : new String[]{"sender", "receiver", "subject", "obj", "predicate"}) {
      contract = contract.with(field, LedgerValue.text(message.path(field).asString("")));
    }
    return contract;
  }
}
