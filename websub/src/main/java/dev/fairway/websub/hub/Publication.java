package dev.fairway.websub.hub;

import dev.fairway.core.journal.Event;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;

/**
 * What is told about an event under one topic: the whole content and its type.
 *
 * @param topic any text; one that is no topic reaches only whoever subscribed to everything
 * @param contentType {@code application/json}
 * @param body sent as UTF-8
 */
public record Publication(String topic, String contentType, String body) {
  public Publication {
    Objects.requireNonNull(topic);
    Objects.requireNonNull(contentType);
    Objects.requireNonNull(body);
  }

  public static Publication json(String topic, String body) {
    return new Publication(topic, "application/json", body);
  }

  /**
   * The name of this publication of an event: the same on every attempt and for every subscriber, and different for each
   * topic the event is told under.
   */
  UUID id(Event event) {
    return UUID.nameUUIDFromBytes((event.id() + " " + topic.toUpperCase(Locale.ROOT)).getBytes(StandardCharsets.UTF_8));
  }

  /** Says what is told about an event, in order; nothing for most. Pure: the same event gives the same publications. */
  @FunctionalInterface
  public interface Mapping {
    List<Publication> of(Event event);
  }
}
