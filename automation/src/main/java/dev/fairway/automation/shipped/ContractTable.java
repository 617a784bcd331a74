package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Authorization;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.WebhookResponse;
import dev.fairway.core.ledger.LedgerJson;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The active contracts of a template as a table, for callers who may act as the integration's party: {@code GET} gives CSV,
 * {@code /json} gives {@code {"rows": […]}}, {@code /html} a page. Read from the ledger on each call, at most 10,000.
 */
public final class ContractTable implements Integration<ContractTable.Settings> {
  public record Settings(String targetTemplate, Sheet.Dialect csvDialect) {}

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    Settings settings = env.settings();
    events.webhook().get("").label("CSV").authorized(Authorization.INTEGRATION_PARTY)
        .handle(call -> text(sheet(env).csv(settings.csvDialect()), "text/csv"));
    events.webhook().get("/html").label("HTML").authorized(Authorization.INTEGRATION_PARTY)
        .handle(call -> text(sheet(env).html(settings.targetTemplate()), "text/html"));
    events.webhook().get("/json").label("JSON").authorized(Authorization.INTEGRATION_PARTY).handle(call -> {
      var answer = new LinkedHashMap<String, @Nullable Object>();
      answer.put("rows", env.active(settings.targetTemplate()).stream()
          .map(contract -> LedgerJson.tree(contract.payload())).toList());
      return WebhookResponse.json(answer);
    });
  }

  private static Sheet sheet(Environment<Settings> env) {
    return Sheet.of(env.active(env.settings().targetTemplate()).stream().map(c -> Sheet.cells(c.payload())).toList());
  }

  static WebhookResponse text(String text, String contentType) {
    return WebhookResponse.bytes(text.getBytes(StandardCharsets.UTF_8), contentType + "; charset=utf-8");
  }
}
