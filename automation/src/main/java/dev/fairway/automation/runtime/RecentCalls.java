package dev.fairway.automation.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The last calls of an integration's handlers, for an operator to look at; in memory only. Safe for many threads. */
public final class RecentCalls {
  private static final int KEPT = 50;
  private static final int LONGEST_WHY = 500;

  private final Deque<Made> newestFirst = new ArrayDeque<>();

  RecentCalls() {}

  /**
   * A call that has ended.
   *
   * @param handler as people call it
   * @param failure what it threw
   */
  public record Made(String handler, Instant began, Duration took, Optional<String> failure) {}

  void add(String handler, Instant began, Instant ended, Optional<String> failure) {
    var made = new Made(handler, began, Duration.between(began, ended),
        failure.map(why -> why.substring(0, Math.min(why.length(), LONGEST_WHY))));
    synchronized (newestFirst) {
      newestFirst.addFirst(made);
      if (newestFirst.size() > KEPT) {
        newestFirst.removeLast();
      }
    }
  }

  List<Made> newestFirst() {
    synchronized (newestFirst) {
      return List.copyOf(newestFirst);
    }
  }
}
