package dev.fairway.exchange.routing;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rules as JSON, as the management API and the store write them. A field's match is a list of what is allowed, or
 * {@code {"allow": […], "deny": […]}}; a field left out takes any value.
 */
public final class RuleJson {
  private static final int MOST_RULES = 1_000;
  private static final Set<String> KEYS = Set.of("name", "sender", "receiver", "predicate", "subject", "obj",
      "channels", "retry", "resend", "hourly_quota");

  private RuleJson() {}

  public static ArrayNode write(List<Rule> rules) {
    ArrayNode array = Json.array();
    rules.forEach(rule -> array.add(write(rule)));
    return array;
  }

  private static ObjectNode write(Rule rule) {
    ObjectNode json = Json.object().put("name", rule.name());
    write(json, "sender", rule.sender());
    write(json, "receiver", rule.receiver());
    write(json, "predicate", rule.predicate());
    write(json, "subject", rule.subject());
    write(json, "obj", rule.obj());
    json.set("channels", texts(rule.channels()));
    json.set("retry", Json.object().put("max_attempts", rule.retry().maxAttempts()).put("max_age_seconds",
        rule.retry().maxAge().toSeconds()));
    json.put("resend", rule.resend());
    rule.hourlyQuota().ifPresent(quota -> json.put("hourly_quota", quota));
    return json;
  }

  private static void write(ObjectNode json, String field, Match match) {
    if (!match.equals(Match.ANY)) {
      ObjectNode both = json.putObject(field);
      both.set("allow", patterns(match.allow()));
      both.set("deny", patterns(match.deny()));
    }
  }

  private static ArrayNode patterns(List<Pattern> patterns) {
    return texts(patterns.stream().map(Pattern::text).toList());
  }

  private static ArrayNode texts(List<String> texts) {
    ArrayNode array = Json.array();
    texts.forEach(array::add);
    return array;
  }

  /** @throws FairwayException with {@code INVALID}, naming every fault at once */
  public static List<Rule> read(@Nullable JsonNode json) {
    if (json == null || !json.isArray() || json.size() > MOST_RULES) {
      throw new FairwayException(ErrorCode.INVALID, "rules must be a list of at most " + MOST_RULES);
    }
    List<Rule> rules = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < json.size(); i++) {
      String at = "rules[" + i + "]";
      try {
        Rule rule = rule(json.get(i), "rule " + (i + 1));
        if (!names.add(rule.name())) {
          faults.add(at + ": another rule is named " + rule.name());
        }
        rules.add(rule);
      } catch (IllegalArgumentException e) {
        faults.add(at + ": " + e.getMessage());
      }
    }
    if (!faults.isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, String.join("; ", faults));
    }
    return rules;
  }

  private static Rule rule(JsonNode json, String usualName) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("is not an object");
    }
    json.propertyNames().stream().filter(key -> !KEYS.contains(key)).findFirst().ifPresent(key -> {
      throw new IllegalArgumentException("\"" + key + "\" is no part of a rule; there are " + KEYS);
    });
    JsonNode name = json.get("name");
    if (name != null && (!name.isString() || name.stringValue().isBlank() || name.stringValue().length() > 100
        || name.stringValue().contains("/"))) {
      throw new IllegalArgumentException("name must be a text of 1 to 100 characters without a slash");
    }
    return new Rule(name == null ? usualName : name.stringValue(), match(json, "sender"), match(json, "receiver"),
        match(json, "predicate"), match(json, "subject"), match(json, "obj"), strings(json.get("channels"), "channels"),
        retry(json.path("retry")), flag(json.get("resend")), quota(json.get("hourly_quota")));
  }

  private static Match match(JsonNode rule, String field) {
    JsonNode json = rule.get(field);
    if (json == null || json.isNull()) {
      return Match.ANY;
    }
    if (json.isArray()) {
      return new Match(patterns(json, field), List.of());
    }
    if (!json.isObject()) {
      throw new IllegalArgumentException(field + " must be a list, or an object with allow and deny");
    }
    return new Match(patterns(json.get("allow"), field + ".allow"), patterns(json.get("deny"), field + ".deny"));
  }

  private static List<Pattern> patterns(@Nullable JsonNode json, String field) {
    return strings(json, field).stream().map(Pattern::new).toList();
  }

  private static List<String> strings(@Nullable JsonNode json, String field) {
    if (json == null || json.isNull()) {
      return List.of();
    }
    if (!json.isArray() || json.size() > 1_000 || json.valueStream().anyMatch(item -> !item.isString())) {
      throw new IllegalArgumentException(field + " must be a list of texts");
    }
    return json.valueStream().map(JsonNode::stringValue).toList();
  }

  private static Rule.Retry retry(JsonNode json) {
    return json.isObject()
        ? new Rule.Retry(json.path("max_attempts").asInt(Rule.Retry.DEFAULT.maxAttempts()),
            Duration.ofSeconds(json.path("max_age_seconds").asLong(Rule.Retry.DEFAULT.maxAge().toSeconds())))
        : Rule.Retry.DEFAULT;
  }

  private static boolean flag(@Nullable JsonNode json) {
    if (json != null && !json.isBoolean()) {
      throw new IllegalArgumentException("resend must be true or false");
    }
    return json != null && json.booleanValue();
  }

  private static Optional<Integer> quota(@Nullable JsonNode json) {
    if (json == null || json.isNull()) {
      return Optional.empty();
    }
    if (!json.isInt()) {
      throw new IllegalArgumentException("hourly_quota must be a whole number");
    }
    return Optional.of(json.intValue());
  }
}
