package dev.fairway.automation.runtime;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Which kinds of events of the node's journal an integration may be told of. What concerns another integration it is never
 * told, whatever is allowed here.
 *
 * @param patterns each a kind, {@code exchange.message.received}; all that begin so, {@code exchange.message.*}; or all,
 * {@code *}. None of them, and it is told nothing
 */
public record HeardKinds(List<String> patterns) {
  private static final Pattern FORM = Pattern.compile("\\*|[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*(\\.\\*)?");

  /** Every kind. */
  public static final HeardKinds ALL = new HeardKinds(List.of("*"));

  /** @throws IllegalArgumentException for what is no pattern */
  public HeardKinds {
    patterns = List.copyOf(patterns);
    for (String pattern : patterns) {
      if (!FORM.matcher(pattern).matches()) {
        throw new IllegalArgumentException("\"" + pattern
            + "\" is no kind of event; write exchange.message.received, exchange.message.* for all that begin so, or *");
      }
    }
  }

  /** Whether events of this type are among them. */
  public boolean cover(String type) {
    return patterns.stream().anyMatch(pattern -> pattern.endsWith("*")
        ? type.startsWith(pattern.substring(0, pattern.length() - 1))
        : type.equals(pattern));
  }
}
