package dev.fairway.exchange.simplex;

/** A channel whose other ends hand messages to this one. */
public interface IncomingChannel {
  /** What became of a message that was handed over. */
  sealed interface Taking {
    /** It is here, durably; handing it over again changes nothing. */
    record Taken(String id) implements Taking {}

    /** It is not believed or not wanted, and never will be as it is. */
    record Refused(int status, String why) implements Taking {}
  }

  /** Takes a message in, when it is signed by whom it names as its sender. */
  Taking take(RequestSignature.Request request);
}
