package dev.fairway.store;

/** Refuses numbers out of bounds. */
final class Limits {
  private Limits() {}

  static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", is " + value);
    }
  }
}
