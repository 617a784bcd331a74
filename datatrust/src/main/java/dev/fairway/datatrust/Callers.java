package dev.fairway.datatrust;

import java.util.List;

/**
 * Whose pages may ask, and how often anybody may.
 *
 * @param origins whose pages may read the answers, such as {@code https://dapp.example}; all when empty
 * @param callsPerSecond calls a second of one account, or of one address while it shows no token; 0 for no limit
 * @param burst calls at once on top of that, at least 1
 * @param addressed whether an address is one caller's; behind a proxy all have the proxy's, and who shows no token has no limit
 */
public record Callers(List<String> origins, int callsPerSecond, int burst, boolean addressed) {
  /** All pages, and a hundred calls a second: what an old client needs while it polls many tasks. */
  public static final Callers USUAL = new Callers(List.of(), 100, 500, true);

  public Callers {
    origins = List.copyOf(origins);
    if (callsPerSecond < 0 || burst < 1) {
      throw new IllegalArgumentException(
          "calls a second must be 0 or more and their burst 1 or more, are " + callsPerSecond + " and " + burst);
    }
  }
}
