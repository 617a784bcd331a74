package dev.fairway.connector;

import dev.fairway.connector.json.Json;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A connector's log: one JSON object a line, on standard error. The last line before an exit that is not 0 is what a
 * person is shown, so it must say the whole reason. Safe for many threads.
 */
public final class Logs {
  private static final List<String> LEVELS = List.of("error", "warn", "info", "debug", "trace");

  private final PrintStream out;
  private final Clock clock;
  private final int most;

  /** @param level the least important level that is written; an unknown one means info */
  public Logs(PrintStream out, Clock clock, String level) {
    this.out = out;
    this.clock = clock;
    int index = LEVELS.indexOf(level.toLowerCase(Locale.ROOT));
    most = index < 0 ? LEVELS.indexOf("info") : index;
  }

  public void error(String message) {
    log("error", message, Json.object());
  }

  public void warn(String message) {
    log("warn", message, Json.object());
  }

  public void info(String message) {
    log("info", message, Json.object());
  }

  public void debug(String message) {
    log("debug", message, Json.object());
  }

  /** Shows a message as the task's present status. */
  public void status(String message) {
    log("info", message, Json.object().put("eventType", "connectorStatus"));
  }

  /** Announces a replacement of the whole endpoint configuration, already encrypted: a token was rotated. */
  public void configUpdate(String message, JsonNode sealedConfig) {
    ObjectNode fields = Json.object().put("eventType", "configUpdate");
    fields.set("config", sealedConfig);
    log("info", message, fields);
  }

  public void log(String level, String message, ObjectNode fields) {
    if (LEVELS.indexOf(level) > most) {
      return;
    }
    ObjectNode line = Json.object().put("ts", clock.instant().toString()).put("level", level).put("message", message);
    if (!fields.isEmpty()) {
      line.set("fields", fields);
    }
    byte[] bytes = (Json.text(line) + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (out) {
      out.write(bytes, 0, bytes.length);
      out.flush();
    }
  }
}
