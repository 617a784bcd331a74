package dev.fairway.exchange.routing;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import tools.jackson.databind.JsonNode;

/** A message that is only thought of, to see where it would go. */
public final class SampleMessage {
  private SampleMessage() {}

  /**
   * Reads {@code {"receiver": …, "predicate": …}}; {@code sender}, {@code subject} and {@code obj} may be left out.
   *
   * @param own the sender when none is named
   * @throws FairwayException with {@code INVALID} when no message can be like that
   */
  public static Message read(JsonNode json, Jurisdiction own) {
    try {
      return new Message(new Jurisdiction(json.path("sender").asString(own.code())),
          new Jurisdiction(json.path("receiver").asString("")), json.path("subject").asString("sample"),
          json.path("obj").asString("sample.of.document"), json.path("predicate").asString(""));
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, "message: " + e.getMessage(), e);
    }
  }
}
