package dev.fairway.connectors.airbyte;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.LogLine;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Messages of an Airbyte program that are for people: LOG, TRACE, CONTROL, and those of types nobody knows yet. */
final class AirbyteLog {
  private AirbyteLog() {}

  static LogLine line(JsonNode message) {
    return switch (message.path("type").asString("")) {
      case "LOG" -> new LogLine(level(message.path("log").path("level").asString("")),
          message.path("log").path("message").asString(""), Json.object());
      case "TRACE" -> trace(message.path("trace"));
      case "CONTROL" ->
        new LogLine("warn", "the connector announced a new configuration; take it over, or its old token may"
            + " no longer work at the next start", Json.object());
      default -> new LogLine("info", "unknown message of type " + message.path("type").asString("?"), Json.object());
    };
  }

  private static LogLine trace(JsonNode trace) {
    String type = trace.path("type").asString("");
    ObjectNode fields = Json.object();
    return switch (type) {
      case "ERROR" -> {
        JsonNode error = trace.path("error");
        fields.set("internal_message", error.path("internal_message"));
        fields.set("stack_trace", error.path("stack_trace"));
        fields.put("failure_type", error.path("failure_type").asString(""));
        yield new LogLine("error", error.path("message").asString("the connector gave no reason"), fields);
      }
      case "ESTIMATE" -> new LogLine("info", "progress estimate", fields.set("estimate", trace.path("estimate")));
      case "STREAM_STATUS" -> new LogLine("info", "stream status", fields.set("status", trace.path("stream_status")));
      default -> new LogLine("debug", "trace " + type, Json.object());
    };
  }

  private static String level(String level) {
    return switch (level) {
      case "DEBUG", "INFO", "WARN", "TRACE" -> level.toLowerCase(Locale.ROOT);
      default -> "error";
    };
  }
}
