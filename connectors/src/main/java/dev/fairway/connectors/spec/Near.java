package dev.fairway.connectors.spec;

/** What somebody may have meant by a name that is not known. */
final class Near {
  private static final int FAR = 4;

  private Near() {}

  /** {@code "; did you mean x?"} for the known name that is nearest, or nothing when none is near. */
  static String of(String wanted, Iterable<String> known) {
    String best = null;
    int least = FAR;
    for (String candidate : known) {
      int distance = candidate.startsWith(wanted) || wanted.startsWith(candidate)
          ? Math.min(FAR - 1, Math.abs(candidate.length() - wanted.length()))
          : distance(wanted, candidate);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best == null ? "" : "; did you mean " + best + "?";
  }

  /** How many letters must change to make one word of the other (Levenshtein). */
  private static int distance(String left, String right) {
    int[] row = new int[right.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[right.length()];
  }
}
