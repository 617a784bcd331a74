package dev.fairway.web;

import dev.fairway.core.FairwayException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** The door for whoever watches over the node: is it alive, is it ready, what does it measure. */
public final class Probes {
  private static final Logger LOG = LoggerFactory.getLogger(Probes.class);

  private Probes() {}

  /** Meters that keep themselves up to date. */
  public static Door door(Health health, PrometheusMeterRegistry meters) {
    return door(health, meters, () -> {});
  }

  /**
   * The door of a listener that strangers may reach: {@code /health} alone, and whether the node is ready, but not why. What
   * is wrong may name addresses inside.
   */
  public static Door health(Health health) {
    return new Door("health", "", ErrorStyle.PROBLEM, List.of(live(),
        Route.get("/health/ready", "Says whether the node takes requests").anyone()
            .answers(200, "It takes requests").answers(503, "It does not")
            .handle(call -> ready(call, health.troubles().isEmpty(), Json.object()))));
  }

  /** @param refresh called before meters are given, for those that are counted only when somebody looks; its failure is logged */
  public static Door door(Health health, PrometheusMeterRegistry meters, Runnable refresh) {
    return new Door("probes", "", ErrorStyle.PROBLEM, List.of(live(), explained(health),
        Route.get("/metrics", "Gives every meter, for Prometheus").anyone()
            .answers(200, "Prometheus text format", "text/plain", Optional.empty())
            .handle(call -> {
              refresh(refresh);
              call.text(200, "text/plain; version=0.0.4; charset=utf-8", meters.scrape());
            })));
  }

  private static Route live() {
    return Route.get("/health/live", "Says that the process runs").anyone().answers(200, "It runs")
        .handle(call -> call.with("Cache-Control", "no-store").json(200, Json.object().put("status", "up")));
  }

  private static Route explained(Health health) {
    return Route.get("/health/ready", "Says whether the node takes requests").anyone()
        .describe("Each check is \"up\", or says in a sentence what is wrong.")
        .answers(200, "It takes requests").answers(503, "It does not, and says why")
        .handle(call -> {
          Map<String, String> troubles = health.troubles();
          ObjectNode checks = Json.object();
          health.names().forEach(name -> checks.put(name, troubles.getOrDefault(name, "up")));
          ready(call, troubles.isEmpty(), Json.object().set("checks", checks));
        });
  }

  private static void refresh(Runnable refresh) {
    try {
      refresh.run();
    } catch (FairwayException e) {
      LOG.warn("some meters are not up to date why=\"{}\"", e.getMessage());
    }
  }

  private static void ready(Call call, boolean ready, ObjectNode why) throws IOException {
    ObjectNode body = Json.object().put("status", ready ? "up" : "down").setAll(why);
    call.with("Cache-Control", "no-store").json(ready ? 200 : 503, body);
  }
}
