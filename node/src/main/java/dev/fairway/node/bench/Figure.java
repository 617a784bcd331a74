package dev.fairway.node.bench;

/**
 * One figure against its baseline.
 *
 * @param name what was measured
 * @param measured the figure itself, for a person
 * @param baseline what it is held against, measured in the same run
 * @param ratio the figure over its baseline; for a start time the other way round is no better, so it is as named
 * @param wanted the bound, {@code at least 0.35}; {@code any} without one
 * @param holds whether the bound holds
 */
record Figure(String name, String measured, String baseline, double ratio, String wanted, boolean holds) {
  static Figure atLeast(String name, String measured, String baseline, double ratio, double least) {
    return new Figure(name, measured, baseline, ratio, "at least " + least, ratio >= least);
  }

  static Figure atMost(String name, String measured, String baseline, double ratio, double most) {
    return new Figure(name, measured, baseline, ratio, "at most " + most, ratio <= most);
  }

  /** Told, and held against nothing. */
  static Figure unbounded(String name, String measured, String baseline, double ratio) {
    return new Figure(name, measured, baseline, ratio, "any", true);
  }

  @Override
  public String toString() {
    return "%s: %.2f (%s) %s%n    %s%n    baseline: %s".formatted(name, ratio, wanted,
        holds ? "holds" : "DOES NOT HOLD",
        measured, baseline);
  }
}
