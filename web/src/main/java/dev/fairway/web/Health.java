package dev.fairway.web;

import dev.fairway.core.Why;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** Whether the node can take requests, as its rooms say. Safe for many threads. */
public final class Health {
  private final Map<String, Check> checks = new ConcurrentSkipListMap<>();

  /** Looks at one thing, in well under a second; what may take longer is looked at by a {@link BackgroundCheck}. */
  @FunctionalInterface
  public interface Check {
    /** What is wrong, in a sentence for an operator; empty when all is well. */
    Optional<String> trouble() throws Exception;
  }

  /** Adds a check; one of the same name is replaced. */
  public void register(String name, Check check) {
    checks.put(name, check);
  }

  /** What is wrong now, by check. Empty when the node is ready. */
  public Map<String, String> troubles() {
    Map<String, String> troubles = new ConcurrentSkipListMap<>();
    checks.forEach((name, check) -> {
      try {
        check.trouble().ifPresent(trouble -> troubles.put(name, trouble));
      } catch (Exception e) {
        troubles.put(name, Why.inWords(e));
      }
    });
    return troubles;
  }

  /** The names of all checks, sorted. */
  public Set<String> names() {
    return checks.keySet();
  }
}
