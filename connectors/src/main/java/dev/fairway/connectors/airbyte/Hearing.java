package dev.fairway.connectors.airbyte;

import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.Lines;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.LogLine;
import dev.fairway.connectors.process.Session;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Listens to one process: tells messages from noise, logs what is for people, and remembers the failure the program itself
 * announced. Belongs to one thread.
 */
public final class Hearing {
  private final Session session;
  private final Consumer<LogLine> logs;
  private @Nullable JsonNode failure;

  Hearing(Session session, Consumer<LogLine> logs) {
    this.session = session;
    this.logs = logs;
  }

  /**
   * The message in the line that was read last; a line that is none is logged.
   *
   * @throws ConnectorFailedException when it was to be a record or a state
   */
  public Optional<JsonNode> message(Lines line) throws ConnectorFailedException {
    try {
      JsonNode message = Json.parse(line.buffer(), line.from(), line.to());
      if (message.isObject()) {
        return Optional.of(message);
      }
    } catch (IllegalArgumentException e) {
      // Not JSON: a line like any other.
    }
    logs.accept(session.noise());
    return Optional.empty();
  }

  /** Takes a message that is for people: a log line, a trace, or of a type nobody here knows. */
  public void aside(JsonNode message) {
    JsonNode trace = message.path("trace");
    if (trace.path("type").asString("").equals("ERROR")) {
      failure = trace.path("error");
    }
    LogLine line = AirbyteLog.line(message);
    session.child().heard(line);
    logs.accept(line);
  }

  /**
   * Waits for the end of the process and checks that it ended well.
   *
   * @throws ConnectorFailedException in the words of the program's error trace, where it sent one; a
   * {@code config_error} is not worth another try
   */
  public void expectSuccess() throws ConnectorFailedException, InterruptedException {
    try {
      session.expectSuccess();
    } catch (ConnectorFailedException e) {
      throw explained(e);
    }
  }

  /** The same failure in the program's own words, where it said why. */
  public ConnectorFailedException explained(ConnectorFailedException seen) {
    JsonNode error = failure;
    if (error == null) {
      return seen;
    }
    ConnectorFailedException told = new ConnectorFailedException(
        error.path("message").asString(seen.getMessage()) + " (" + session.child() + ")",
        !error.path("failure_type").asString("").equals("config_error"));
    told.addSuppressed(seen);
    return told;
  }
}
