package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.automation.sdk.Response;
import dev.fairway.automation.sdk.WebhookResponse;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.web.Json;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shows what happens on the ledger: {@code GET} gives the last events as JSON, {@code /csv} and {@code /html} as tables,
 * {@code POST /reset} forgets them. They are kept in memory only.
 */
public final class LedgerEventLog implements Integration<LedgerEventLog.Settings> {
  /** @param historyBound how many events to keep; -1 or 0 for all */
  public record Settings(long historyBound) {
    public Settings {
      if (historyBound < -1) {
        throw new FairwayException(ErrorCode.INVALID, "historyBound must be -1 or more, is " + historyBound);
      }
    }
  }

  private final Deque<Map<String, @Nullable Object>> events = new ArrayDeque<>();

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events registry) {
    LedgerEvents ledger = registry.ledger();
    ledger.init(() -> record(env, "ledger_init", new LinkedHashMap<>()));
    ledger.ready(() -> record(env, "ledger_ready", new LinkedHashMap<>()));
    ledger.transactionStart(transaction -> record(env, "transaction_start", ids(transaction)));
    ledger.transactionEnd(transaction -> record(env, "transaction_end", ids(transaction)));
    ledger.created("*").withoutSweep().handle(event -> {
      var entry = new LinkedHashMap<String, @Nullable Object>();
      entry.put("cid", event.contract().id().value());
      entry.put("cdata", LedgerJson.tree(event.contract().payload()));
      return record(env, "contract_created", entry);
    });
    ledger.archived("*").handle(event -> {
      var entry = new LinkedHashMap<String, @Nullable Object>();
      entry.put("cid", event.id().value());
      return record(env, "contract_archived", entry);
    });
    registry.webhook().get("").label("Ledger Event Log").handle(call -> {
      synchronized (events) {
        var answer = new LinkedHashMap<String, Object>();
        answer.put("transactions", new ArrayList<>(events));
        return WebhookResponse.json(answer);
      }
    });
    registry.webhook().get("/csv").label("Ledger Event Log as CSV")
        .handle(call -> ContractTable.text(sheet().csv(Sheet.Dialect.EXCEL), "text/csv"));
    registry.webhook().get("/html").label("Ledger Event Log as HTML")
        .handle(call -> ContractTable.text(sheet().html("Ledger event log"), "text/html"));
    registry.webhook().post("/reset").label("Reset").handle(call -> {
      synchronized (events) {
        events.clear();
      }
      return WebhookResponse.ok();
    });
  }

  private Sheet sheet() {
    synchronized (events) {
      return Sheet.of(events.stream().map(LedgerEventLog::cells).toList());
    }
  }

  private static Map<String, String> cells(Map<String, @Nullable Object> event) {
    var cells = new LinkedHashMap<String, String>();
    event.forEach((name, value) -> cells.put(name, switch (value) {
      case null -> "";
      case Map<?, ?> data -> Json.text(data);
      case Object scalar -> scalar.toString();
    }));
    return cells;
  }

  private static Map<String, @Nullable Object> ids(LedgerEvents.Transaction transaction) {
    var entry = new LinkedHashMap<String, @Nullable Object>();
    entry.put("command_id", transaction.commandId().orElse(null));
    entry.put("workflow_id", transaction.workflowId().orElse(null));
    return entry;
  }

  private Response record(Environment<Settings> env, String type, Map<String, @Nullable Object> more) {
    var entry = new LinkedHashMap<String, @Nullable Object>();
    entry.put("type", type);
    entry.put("integration_time", Instant.now(env.clock()));
    entry.putAll(more);
    long bound = env.settings().historyBound();
    synchronized (events) {
      events.add(entry);
      while (bound > 0 && events.size() > bound) {
        events.remove();
      }
    }
    return Response.none();
  }
}
