package dev.fairway.automation.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an integration says of itself, in the keys and order that its old clients know. */
final class StatusDocument {
  private static final List<Map<String, Object>> LEVELS = List.of(level("Runtime", 0), level("Low", 10),
      level("High", 20), level("All", 50));

  private StatusDocument() {}

  static Map<String, @Nullable Object> of(RunningIntegration integration, String self) {
    Registrations registrations = integration.registrations();
    var document = new LinkedHashMap<String, @Nullable Object>();
    document.put("running", integration.life().running());
    document.put("start_time", integration.startTime());
    document.put("error_message", integration.error().orElse(null));
    document.put("error_time", integration.life().errorTime().orElse(null));
    document.put("pending_events", integration.lane().pending());
    var queue = new LinkedHashMap<String, @Nullable Object>();
    queue.put("queue_size", Lane.QUEUE_SIZE);
    queue.put("total_events", integration.lane().total());
    queue.put("pending_events", integration.lane().pending());
    queue.put("skipped_events", integration.lane().skipped());
    queue.put("missed_ticks", integration.lane().missedTicks());
    document.put("event_queue", queue);

    var webhooks = new ArrayList<Map<String, @Nullable Object>>();
    for (Registrations.OnCall hook : registrations.hooks) {
      var row = row(webhooks.size(), hook.counters());
      row.put("url_path", "/integrations/{integration_id}" + hook.suffix().text());
      row.put("method", hook.method().toLowerCase(Locale.ROOT));
      webhooks.add(row);
    }
    document.put("webhooks", webhooks);

    var ledger = new ArrayList<Map<String, @Nullable Object>>();
    registrations.inits.forEach(h -> ledger.add(ledgerRow(ledger.size(), h.counters(), null, false, true)));
    registrations.readies.forEach(h -> ledger.add(ledgerRow(ledger.size(), h.counters(), null, false, true)));
    registrations.transactions.values()
        .forEach(h -> ledger.add(ledgerRow(ledger.size(), h.counters(), null, false, true)));
    registrations.contracts.values().forEach(
        h -> ledger.add(ledgerRow(ledger.size(), h.counters(), h.pattern().toString(), h.sweep(), h.flow())));
    registrations.requests.values()
        .forEach(h -> ledger.add(ledgerRow(ledger.size(), h.counters(), h.pattern().toString(), true, true)));
    document.put("ledger_events", ledger);

    var timers = new ArrayList<Map<String, @Nullable Object>>();
    registrations.timers.values().forEach(timer -> timers.add(row(timers.size(), timer.counters())));
    document.put("timers", timers);
    var queues = new ArrayList<Map<String, @Nullable Object>>();
    registrations.queues.values().forEach(q -> queues.add(row(queues.size(), q.counters())));
    document.put("queues", queues);
    document.put("log_level", integration.logLevel());
    document.put("log_level_options", LEVELS);
    document.put("_self", self);
    return document;
  }

  private static Map<String, @Nullable Object> ledgerRow(int index, Counters counters, @Nullable String template,
      boolean sweep, boolean flow) {
    var row = row(index, counters);
    row.put("template_id", template);
    row.put("sweep_enabled", sweep);
    row.put("flow_enabled", flow);
    return row;
  }

  private static Map<String, @Nullable Object> row(int index, Counters counters) {
    Counters.Snapshot now = counters.snapshot();
    var row = new LinkedHashMap<String, @Nullable Object>();
    row.put("index", index);
    row.put("label", now.label());
    row.put("command_count", now.commands());
    row.put("use_count", now.uses());
    row.put("error_count", now.errors());
    row.put("error_message", now.errorMessage());
    row.put("error_time", now.errorTime());
    return row;
  }

  private static Map<String, Object> level(String label, int value) {
    var level = new LinkedHashMap<String, Object>();
    level.put("label", label);
    level.put("value", value);
    return level;
  }
}
