package dev.fairway.websub.topic;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a subscription is to: a dotted word and everything below it. {@code UN.CEFACT} covers {@code un.cefact} and
 * {@code UN.CEFACT.Trade.Created}, and neither {@code UN.CEF} nor {@code UN.CEFACTX}. A trailing {@code .} or {@code .*}
 * changes nothing, and a lone {@code *} covers every event.
 *
 * <p>Two topics are equal when they cover the same events; {@link #text} keeps the spelling of whoever named it, because
 * WebSub has it echoed unchanged.
 */
public final class Topic {
  /** Longest topic, in characters. */
  public static final int MAX_LENGTH = 500;

  /** Covers every event. */
  public static final Topic EVERYTHING = new Topic("*");

  private final String text;
  private final List<String> parts;

  /** @throws IllegalArgumentException with {@link #fault} when there is one */
  public Topic(String text) {
    fault(text).ifPresent(reason -> {
      throw new IllegalArgumentException(reason);
    });
    this.text = text;
    this.parts = text.equals("*") ? List.of() : split(withoutWildcard(text));
  }

  /** What makes a text no topic, as a sentence for its author; empty when it is one. */
  public static Optional<String> fault(String text) {
    if (text.isEmpty()) {
      return Optional.of("Topic must not be empty");
    }
    if (text.length() > MAX_LENGTH) {
      return Optional.of("Topic must have at most " + MAX_LENGTH + " characters, has " + text.length());
    }
    if (text.indexOf('/') >= 0) {
      return Optional.of("Topic must not contain \"/\"");
    }
    if (text.chars().anyMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c))) {
      return Optional.of("Topic must not contain control characters");
    }
    if (text.equals("*")) {
      return Optional.empty();
    }
    String word = withoutWildcard(text);
    if (word.indexOf('*') >= 0) {
      return Optional.of("Wildcard must be the last element and stand alone, as in \"a.b.*\"");
    }
    if (Arrays.stream(word.split("\\.", -1)).anyMatch(String::isBlank)) {
      return Optional.of("Topic must not contain empty elements");
    }
    return Optional.empty();
  }

  private static String withoutWildcard(String text) {
    if (text.endsWith(".*")) {
      return text.substring(0, text.length() - 2);
    }
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  /** The parts of an event's topic in the form they are compared in; takes any text. */
  static List<String> split(String text) {
    return List.of(text.toUpperCase(Locale.ROOT).split("\\.", -1));
  }

  /** As its author spelt it. */
  public String text() {
    return text;
  }

  /** As its author spelt it, without the wildcard that changes nothing; {@code *} for everything. */
  public String canonical() {
    return text.equals("*") ? text : withoutWildcard(text);
  }

  /** The parts, in upper case; empty for everything. */
  public List<String> parts() {
    return parts;
  }

  /** The same for topics that cover the same events; empty for everything. */
  public String key() {
    return String.join(".", parts);
  }

  /** Whether an event told under the given topic is covered. */
  public boolean covers(String event) {
    List<String> told = split(event);
    return told.size() >= parts.size() && told.subList(0, parts.size()).equals(parts);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Topic topic && parts.equals(topic.parts);
  }

  @Override
  public int hashCode() {
    return parts.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
