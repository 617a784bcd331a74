package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Authorization;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.WebhookResponse;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import java.time.Instant;

/**
 * Makes a contract of each {@code POST}: {@code integrationParty}, {@code receivedAt}, {@code contentType} and
 * {@code body}. Whoever calls is answered when the contract is on the ledger.
 */
public final class InboundWebhook implements Integration<InboundWebhook.Settings> {
  /** Who may call. */
  public enum Callers {
    PUBLIC, ANY_PARTY, INTEGRATION_PARTY
  }

  public record Settings(String template, Callers callers) {}

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    events.webhook().post("").label("Inbound").authorized(Authorization.valueOf(env.settings().callers().name()))
        .handle(call -> WebhookResponse.ok().with(Command.create(env.template(env.settings().template()),
            LedgerValue.struct("integrationParty", LedgerValue.party(env.party()))
                .with("receivedAt", LedgerValue.timestamp(Instant.now(env.clock())))
                .with("contentType", LedgerValue.text(call.header("Content-Type").orElse("")))
                .with("body", LedgerValue.text(call.text())))));
  }
}
