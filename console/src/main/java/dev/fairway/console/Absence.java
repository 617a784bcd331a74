package dev.fairway.console;

/**
 * A page this node could have and has not, because what it shows is not switched on.
 *
 * @param title what is not switched on
 * @param path where its page would be
 * @param why what is missing, in a sentence or two
 * @param settings what to put into {@code fairway.yaml}
 * @param then what to do once it is there
 */
public record Absence(String title, String path, String why, String settings, String then) {
  /** Whether the path is the page's, or below it. */
  boolean covers(String asked) {
    return asked.equals(path) || asked.startsWith(path + "/");
  }
}
