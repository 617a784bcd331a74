package dev.fairway.core.journal;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Something that happened, about to be told.
 *
 * @param type a dotted lower-case word, {@code exchange.message.accepted}; a CloudEvents 1.0 type
 * @param subject what it is about, {@code AU:1f0c…}; a CloudEvents subject. Not empty
 * @param body JSON, UTF-8
 */
public record NewEvent(String type, String subject, String body) {
  private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z0-9][a-z0-9-]*)*");

  public NewEvent {
    if (!TYPE.matcher(type).matches()) {
      throw new IllegalArgumentException("event type must be a dotted lower-case word, is \"" + type + "\"");
    }
    if (subject.isEmpty()) {
      throw new IllegalArgumentException("event " + type + " has no subject");
    }
    Objects.requireNonNull(body);
  }
}
