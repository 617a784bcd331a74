package dev.fairway.websub.topic;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The stricter rules the Subscriptions API has for topics, with the texts its clients know. A text without a fault here is
 * a {@link Topic}.
 */
public final class PredicateRules {
  private PredicateRules() {}

  /** The first rule the text breaks; empty when it breaks none. */
  public static Optional<String> fault(String text) {
    if (text.isEmpty()) {
      return Optional.of("Predicate must not be empty");
    }
    List<String> elements = Arrays.asList(text.split("\\.", -1));
    if (elements.contains("")) {
      return Optional.of("Predicate must not contain empty elements");
    }
    long wildcards = elements.stream().filter("*"::equals).count();
    if (wildcards > 1) {
      return Optional.of("Predicate may contain only one wildcard and only as the last element");
    }
    boolean endsWithWildcard = elements.getLast().equals("*");
    if (wildcards == 1 && !endsWithWildcard) {
      return Optional.of("Only last element of a predicate can be a wildcard");
    }
    if (text.startsWith("UN.") && elements.size() < 4 && !endsWithWildcard) {
      return Optional.of("Predicates shorter than 4 elements must include wildcard as the last element");
    }
    return Topic.fault(text);
  }
}
