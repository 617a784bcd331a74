package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.OutsideCalls.OutsideCall;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.web.Json;
import java.net.URI;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Posts each contract of a template to a URL as JSON, and then exercises a choice on it, {@code Archive} unless told
 * otherwise. At least once: the same {@code Idempotency-Key} goes along on every attempt.
 */
public final class OutboundWebhook implements Integration<OutboundWebhook.Settings> {
  public record Settings(String template, String url, String choice) {}

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    Settings settings = env.settings();
    URI url = url(settings.url());
    events.ledger().created(settings.template()).concurrency(8).handle(event -> {
      var body = new LinkedHashMap<String, @Nullable Object>();
      body.put("contractId", event.contract().id().value());
      body.put("templateId", event.contract().template().toString());
      body.put("payload", LedgerJson.tree(event.contract().payload()));
      Answers.accepted(url.getHost(),
          env.http().send(OutsideCall.postJson(url, Json.text(body)).header("Idempotency-Key",
              event.attempt().idempotencyKey())));
      return Response.commands(Command.exercise(event.contract(), settings.choice(), LedgerValue.struct()));
    });
  }

  private static URI url(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, "url must be a URL: " + e.getMessage(), e);
    }
  }
}
