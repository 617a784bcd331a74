package dev.fairway.console;

import java.util.List;
import java.util.Map;

/**
 * One page of the console, perhaps with a page below it for each thing it lists. Any room above the doors can bring one.
 * Safe for many threads.
 */
public interface ConsolePage {
  /** Its name in the navigation; one or two words. */
  String title();

  /** Where it is, {@code /messages}; the overview is at {@code /}. */
  String path();

  /**
   * Shows the page, or the thing named by {@link Visit#item}.
   *
   * @throws dev.fairway.core.FairwayException with {@code NOT_FOUND} when there is no such thing
   */
  View show(Visit visit) throws Exception;

  /** What its buttons do, by the last segment they post to: {@code <path>/act/<name>}. */
  default Map<String, Act> acts() {
    return Map.of();
  }

  /** Beginnings of event types that change what it shows; an event of such a type makes an open page show itself anew. */
  default List<String> follows() {
    return List.of();
  }

  /** A number that stands beside its title while it is not zero: how much there is that asks for a person. */
  default long badge() {
    return 0;
  }

  /** Does what a button says, in the caller's name. */
  @FunctionalInterface
  interface Act {
    /** @throws dev.fairway.core.FairwayException to be told to the operator */
    Notice run(Visit visit) throws Exception;
  }

  /**
   * What an act came to.
   *
   * @param text one sentence for the operator
   * @param goTo the path to show next
   */
  record Notice(String text, String goTo) {}
}
