package dev.fairway.datatrust.market;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a candidate is about. */
public enum CandidateKind {
  APPLICATION(1), CHALLENGE(2), REPARAM(3), REGISTRATION(4);

  private final int number;

  CandidateKind(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  /** By the lower-case name that paths use. */
  public static Optional<CandidateKind> named(String name) {
    return Arrays.stream(values()).filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(name)).findFirst();
  }

  public static Optional<CandidateKind> numbered(long number) {
    return Arrays.stream(values()).filter(kind -> kind.number == number).findFirst();
  }
}
