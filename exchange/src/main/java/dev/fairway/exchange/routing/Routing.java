package dev.fairway.exchange.routing;

import dev.fairway.core.channel.Message;
import dev.fairway.web.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The routing in force. It can be exchanged while messages are routed; each message is routed by one version. Safe for
 * many threads.
 */
public final class Routing {
  private volatile RoutingTable table;
  private final Map<String, AtomicInteger> used = new ConcurrentHashMap<>();
  private volatile Instant hour = Instant.EPOCH;

  public Routing(RoutingTable table) {
    this.table = table;
  }

  public RoutingTable table() {
    return table;
  }

  public void replace(RoutingTable next) {
    table = next;
  }

  /** Decides for a message, and counts it against the quota of the channel it takes. */
  public Decision route(Message message, Map<String, ChannelFacts> channels, Instant now) {
    Decision decision = dryRun(message, channels, now);
    if (decision instanceof Decision.Send send && send.rule().hourlyQuota().isPresent()) {
      used.computeIfAbsent(send.rule().name() + "/" + send.channels().getFirst(), key -> new AtomicInteger())
          .incrementAndGet();
    }
    return decision;
  }

  /** Decides as {@link #route} would, and leaves no trace. */
  public Decision dryRun(Message message, Map<String, ChannelFacts> channels, Instant now) {
    RoutingTable current = table;
    Instant thisHour = now.truncatedTo(ChronoUnit.HOURS);
    if (!thisHour.equals(hour)) {
      hour = thisHour;
      used.clear();
    }
    return current.route(message, channels, key -> overQuota(current, key), now);
  }

  private boolean overQuota(RoutingTable current, String key) {
    String rule = key.substring(0, key.lastIndexOf('/'));
    AtomicInteger count = used.get(key);
    return count != null && current.rules().stream().filter(candidate -> candidate.name().equals(rule)).findFirst()
        .flatMap(Rule::hourlyQuota).filter(quota -> count.get() >= quota).isPresent();
  }

  /** A decision as JSON, as it is kept with the message. */
  public String describe(Decision decision) {
    ObjectNode json = Json.object().put("routing_version", table.version());
    switch (decision) {
      case Decision.Send(var rule, var channels, _) -> {
        json.put("decision", "send").put("rule", rule.name()).put("resend", rule.resend());
        json.set("channels", array(channels));
      }
      case Decision.Wait(var rule, var why, _) -> json.put("decision", "wait").put("rule", rule.name()).put("why", why);
      case Decision.NoRoute(_) -> json.put("decision", "no route");
    }
    ArrayNode trace = Json.array();
    for (Decision.Step step : decision.trace()) {
      trace.add(Json.object().put("looked_at", step.what()).put("finding", step.finding()));
    }
    json.set("trace", trace);
    return json.toString();
  }

  private static ArrayNode array(List<String> texts) {
    ArrayNode array = Json.array();
    texts.forEach(array::add);
    return array;
  }
}
