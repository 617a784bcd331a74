package dev.fairway.console.page;

import dev.fairway.console.Visit;
import dev.fairway.core.FairwayException;
import dev.fairway.exchange.Exchange;
import dev.fairway.exchange.routing.Decision;
import dev.fairway.exchange.routing.SampleMessage;
import dev.fairway.web.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message tried on the rules in force; nothing is sent.
 *
 * @param fields what was asked, by the field's name; those nobody filled in are empty
 * @param json the same as the management API takes it
 * @param decision where it would go; empty when nobody asked
 * @param trouble why there can be no such message; empty when there can
 */
public record Trial(Map<String, String> fields, String json, Optional<Decision> decision, String trouble) {
  private static final List<String> FIELDS = List.of("sender", "receiver", "predicate", "subject", "obj");

  static Trial asked(Visit visit, Exchange exchange, Instant now) {
    Map<String, String> fields = new LinkedHashMap<>();
    ObjectNode message = Json.object();
    for (String name : FIELDS) {
      Optional<String> given = visit.asked(name);
      fields.put(name, given.orElse(""));
      given.ifPresent(value -> message.put(name, value));
    }
    String json = Json.object().set("message", message).toString();
    if (message.isEmpty()) {
      return new Trial(fields, json, Optional.empty(), "");
    }
    try {
      Decision decision = exchange.routing().dryRun(SampleMessage.read(message, exchange.messages().own()),
          exchange.channels().facts(now), now);
      return new Trial(fields, json, Optional.of(decision), "");
    } catch (FairwayException e) {
      return new Trial(fields, json, Optional.empty(), String.valueOf(e.getMessage()));
    }
  }

  /** What was asked of a field. */
  public String field(String name) {
    return fields.getOrDefault(name, "");
  }

  /** What the decision is, in a word. */
  public String verdict() {
    return decision.map(made -> switch (made) {
      case Decision.Send _ -> "goes";
      case Decision.Wait _ -> "waits";
      case Decision.NoRoute _ -> "no route";
    }).orElse("");
  }

  public Tone tone() {
    return decision.map(made -> switch (made) {
      case Decision.Send _ -> Tone.GOOD;
      case Decision.Wait _ -> Tone.WARN;
      case Decision.NoRoute _ -> Tone.BAD;
    }).orElse(Tone.PLAIN);
  }

  /** The decision in a sentence. */
  public String sentence() {
    return decision.map(made -> switch (made) {
      case Decision.Send(var rule, var channels, _) -> rule.title() + " takes it: over "
          + String.join(", then ", channels);
      case Decision.Wait(var rule, var why, _) -> rule.title() + " takes it, and it waits: " + why;
      case Decision.NoRoute _ -> "no rule that takes it has a channel that can carry it";
    }).orElse("");
  }

  /** What was looked at, in order. */
  public List<Decision.Step> steps() {
    return decision.map(Decision::trace).orElse(List.of());
  }
}
