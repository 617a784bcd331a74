package dev.fairway.exchange.routing;

import java.util.List;

/**
 * Which values of one field a rule takes. Deny wins; an empty allow list allows all.
 */
public record Match(List<Pattern> allow, List<Pattern> deny) {
  public static final Match ANY = new Match(List.of(), List.of());

  public Match {
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
  }

  public static Match allow(String... patterns) {
    return new Match(List.of(patterns).stream().map(Pattern::new).toList(), List.of());
  }

  public Match denying(String... patterns) {
    return new Match(allow, List.of(patterns).stream().map(Pattern::new).toList());
  }

  boolean takes(String value, boolean ignoreCase) {
    return deny.stream().noneMatch(pattern -> pattern.matches(value, ignoreCase))
        && (allow.isEmpty() || allow.stream().anyMatch(pattern -> pattern.matches(value, ignoreCase)));
  }

  /** Whether every value the other takes is taken by this one too. */
  boolean covers(Match other) {
    if (!deny.isEmpty()) {
      return false;
    }
    return allow.isEmpty() || (!other.allow.isEmpty()
        && other.allow.stream().allMatch(theirs -> allow.stream().anyMatch(ours -> ours.covers(theirs))));
  }

  @Override
  public String toString() {
    String allowed = allow.isEmpty() ? "any" : allow.toString();
    return deny.isEmpty() ? allowed : allowed + " but not " + deny;
  }
}
