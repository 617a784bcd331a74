package dev.fairway.core.work;

import java.util.Objects;
import java.util.UUID;

/** Names a piece of work for ever; time-ordered (UUID version 7, RFC 9562). */
public record WorkId(UUID value) {
  public WorkId {
    Objects.requireNonNull(value);
  }

  /** @throws IllegalArgumentException when the text is not a UUID */
  public static WorkId parse(String text) {
    return new WorkId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
