package dev.fairway.connectors.spec;

import dev.fairway.connector.proto.Wire;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What does the work of a task. The configuration is unsealed already, and only ever in memory. */
public sealed interface Endpoint {
  JsonNode config();

  /** The same endpoint with another configuration. */
  default Endpoint withConfig(JsonNode config) {
    return switch (this) {
      case Local(var command, var env, var wire, var _) -> new Local(command, env, wire, config);
      case Shipped(String name, var _) -> new Shipped(name, config);
      case Image(String image, var _) -> new Image(image, config);
      case Airbyte(var command, var env, var _, var stage) -> new Airbyte(command, env, config, stage);
      case Singer(var command, var env, var _, var stage) -> new Singer(command, env, config, stage);
    };
  }

  /** A program that speaks the Flow protocol. */
  record Local(List<String> command, Map<String, String> env, Wire wire, JsonNode config) implements Endpoint {
    public Local {
      command = nonEmpty(command);
      env = Map.copyOf(env);
    }
  }

  /** A connector that ships with Fairway, named by an image {@code fairway/NAME}. */
  record Shipped(String name, JsonNode config) implements Endpoint {}

  /** A container image; needs a container engine. */
  record Image(String image, JsonNode config) implements Endpoint {}

  /**
   * An Airbyte source or destination as a program: {@code command spec|check|discover|read|write}.
   *
   * @param stage where a destination's files are published, a folder per transaction; only for those that write files
   */
  record Airbyte(List<String> command, Map<String, String> env, JsonNode config, Optional<Path> stage)
      implements
        Endpoint {
    public Airbyte {
      command = nonEmpty(command);
      env = Map.copyOf(env);
    }
  }

  /**
   * A Singer tap or target as a program.
   *
   * @param stage where a target's files are published, a folder per transaction; only for targets that write files
   */
  record Singer(List<String> command, Map<String, String> env, JsonNode config, Optional<Path> stage)
      implements
        Endpoint {
    public Singer {
      command = nonEmpty(command);
      env = Map.copyOf(env);
    }
  }

  private static List<String> nonEmpty(List<String> command) {
    if (command.isEmpty()) {
      throw new IllegalArgumentException("a command needs at least the program's name");
    }
    return List.copyOf(command);
  }
}
