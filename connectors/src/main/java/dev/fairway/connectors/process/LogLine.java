package dev.fairway.connectors.process;

import dev.fairway.connector.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A line a connector logged: JSON with a level and a message, or whatever it was.
 *
 * @param level error, warn, info, debug or trace
 */
public record LogLine(String level, String message, JsonNode fields) {
  private static final Pattern ALARMING = Pattern.compile("error|failed|panic|timeout|unable|unrecogni[sz]ed",
      Pattern.CASE_INSENSITIVE);
  private static final List<String> KNOWN = List.of("ts", "timestamp", "time", "level", "lvl", "message", "msg",
      "fields",
      "shard", "spans");

  /** A line as it came. */
  public static LogLine parse(String line) {
    String text = line.strip();
    if (text.startsWith("{")) {
      try {
        if (Json.parse(text) instanceof ObjectNode json) {
          return of(json, text);
        }
      } catch (IllegalArgumentException e) {
        // Not JSON after all: a line like any other.
      }
    }
    return new LogLine(guess(line), line.stripTrailing(), Json.object());
  }

  private static LogLine of(ObjectNode json, String text) {
    String message = json.has("message") ? json.path("message").asString("") : json.path("msg").asString("");
    String level = (json.has("level") ? json.path("level") : json.path("lvl")).asString("").toLowerCase(Locale.ROOT);
    ObjectNode fields = Json.object();
    json.path("fields").properties().forEach(member -> fields.set(member.getKey(), member.getValue()));
    json.properties().stream().filter(member -> !KNOWN.contains(member.getKey()))
        .forEach(member -> fields.set(member.getKey(), member.getValue()));
    String name = switch (level) {
      case "trace", "debug", "info", "error" -> level;
      case "warn", "warning" -> "warn";
      case "fatal", "panic", "critical" -> "error";
      default -> guess(text);
    };
    return new LogLine(name, message.isEmpty() ? text : message, fields);
  }

  private static String guess(String text) {
    return ALARMING.matcher(text).find() ? "error" : "warn";
  }
}
