package dev.fairway.exchange.moving;

/** Something of the older node's that cannot be taken over; the message says why, after its place. */
final class LeftOut extends Exception {
  private static final long serialVersionUID = 1;

  LeftOut(String why) {
    super(why);
  }

  String why() {
    return String.valueOf(getMessage());
  }
}
