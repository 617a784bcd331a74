package dev.fairway.connectors.airbyte;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.process.Programs;
import dev.fairway.connectors.process.ScratchFiles;
import dev.fairway.connectors.process.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A program that speaks the Airbyte protocol: each command is a process, which answers by messages on standard output. Safe
 * for many threads.
 */
public final class AirbyteProgram {
  private final List<String> command;
  private final Map<String, String> env;
  private final Programs programs;

  public AirbyteProgram(List<String> command, Map<String, String> env, Programs programs) {
    this.command = List.copyOf(command);
    this.env = Map.copyOf(env);
    this.programs = programs;
  }

  /**
   * What a program says of itself.
   *
   * @param configSchema marks what is secret as Flow does, too
   * @param destinationSyncModes what a destination can do; empty when it does not say
   */
  public record Spec(JsonNode configSchema, String documentationUrl, List<String> destinationSyncModes) {}

  /** Runs {@code spec}. */
  public Spec spec() throws ConnectorFailedException, InterruptedException {
    JsonNode spec = ask(List.of("spec"), "SPEC").path("spec");
    return new Spec(secrets(spec.path("connectionSpecification")),
        env.getOrDefault("DOCS_URL", spec.path("documentationUrl").asString("")),
        StreamSupport.stream(spec.path("supported_destination_sync_modes").spliterator(), false)
            .map(mode -> mode.asString("")).toList());
  }

  /**
   * Runs {@code check}.
   *
   * @throws ConnectorFailedException with the program's own message when it would not work
   */
  public void check(JsonNode config) throws Exception {
    JsonNode status = askWith(config, "check", "CONNECTION_STATUS").path("connectionStatus");
    if (!status.path("status").asString("").equals("SUCCEEDED")) {
      throw new ConnectorFailedException(status.path("message").asString("the check failed without a message"), false);
    }
  }

  /** Runs a command that is given the configuration; answers its first message of a type. */
  public JsonNode askWith(JsonNode config, String verb, String type) throws Exception {
    try (ScratchFiles files = new ScratchFiles(programs.scratch())) {
      return ask(List.of(verb, "--config", files.write("config.json", config)), type);
    }
  }

  private JsonNode ask(List<String> arguments, String type) throws ConnectorFailedException, InterruptedException {
    try (Session session = start(arguments)) {
      session.endInput();
      Hearing hearing = hearing(session);
      @Nullable
      JsonNode answer = null;
      while (session.next()) {
        Optional<JsonNode> message = hearing.message(session.lines());
        if (message.isEmpty()) {
          continue;
        }
        if (answer == null && message.get().path("type").asString("").equals(type)) {
          answer = message.get();
        } else {
          hearing.aside(message.get());
        }
      }
      hearing.expectSuccess();
      if (answer == null) {
        throw session.failure("printed no " + type);
      }
      return answer;
    }
  }

  /** Starts a command; the caller feeds it, listens to it and ends it. */
  public Session start(List<String> arguments) {
    List<String> full = new ArrayList<>(command);
    full.addAll(arguments);
    return Session.start(full, env, programs);
  }

  /** An ear for what a process says. */
  public Hearing hearing(Session session) {
    return new Hearing(session, programs.logs());
  }

  private static JsonNode secrets(JsonNode schema) {
    if (schema instanceof ObjectNode object) {
      ObjectNode copy = Json.object();
      object.properties().forEach(member -> copy.set(member.getKey(), secrets(member.getValue())));
      if (object.path("airbyte_secret").asBoolean(false)) {
        copy.put("secret", true);
      }
      return copy;
    }
    if (schema instanceof ArrayNode array) {
      ArrayNode copy = Json.array();
      array.forEach(item -> copy.add(secrets(item)));
      return copy;
    }
    return schema;
  }
}
