package dev.fairway.automation.sdk;

import dev.fairway.core.ledger.Command;
import java.util.Arrays;
import java.util.List;

/**
 * What a handler answers: commands, sent together as one transaction, once, after the handler is done. The package is
 * filled in where a command leaves it open.
 */
public record Response(List<Command> commands) {
  private static final Response NONE = new Response(List.of());

  public Response {
    commands = List.copyOf(commands);
  }

  /** Nothing to send. */
  public static Response none() {
    return NONE;
  }

  public static Response commands(Command... commands) {
    return new Response(Arrays.asList(commands));
  }
}
