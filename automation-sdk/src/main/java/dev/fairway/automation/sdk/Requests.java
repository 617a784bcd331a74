package dev.fairway.automation.sdk;

import dev.fairway.core.ledger.LedgerValue;
import java.time.Duration;
import java.util.function.Function;

/**
 * Contracts that are requests: each is answered exactly once. Taking it off is a consuming choice, so that two answers
 * cannot both happen; a handler may be down, crash or fail for a while, and the request waits for it.
 */
public interface Requests {
  /** @param template {@code Module:Entity} or {@code package:Module:Entity} */
  Registration<LedgerValue.Struct> on(String template);

  /**
   * A registration about to be made; {@link Accepting#handle} makes it.
   *
   * @param <Q> the request as the handler sees it
   */
  interface Registration<Q> {
    /** How a payload is read. What it throws makes the request unreadable, which is not tried again. */
    <T> Registration<T> reading(Function<LedgerValue.Struct, T> reader);

    /**
     * How a result is written: the choice, which must be consuming, and its argument.
     *
     * @param <A> what the handler answers with
     */
    <A> Accepting<Q, A> accepting(String choice, Function<A, LedgerValue.Struct> argument);
  }

  /** Goes on from {@link Registration#accepting}. */
  interface Accepting<Q, A> {
    /**
     * The choice that says no, with an argument {@code reason} of {@code code}, {@code message}, {@code details} (text
     * map) and {@code retryable}.
     */
    Accepting<Q, A> rejecting(String choice);

    /** The choice that says no, with an argument of another shape. */
    Accepting<Q, A> rejecting(String choice, Function<Answer.Reject<A>, LedgerValue.Struct> argument);

    /** Also says no on the ledger, with the code {@code UNPROCESSABLE}, when a request is set aside. */
    Accepting<Q, A> rejectingWhatIsSetAside();

    /** Requests with the same key are answered one after another, in the ledger's order. */
    Accepting<Q, A> inOrderOf(Function<Q, String> key);

    /** How often a request is tried before it is set aside, 1 to 1,000; 5 when nothing is said. */
    Accepting<Q, A> attempts(int most);

    /** How long a request is tried before it is set aside; a day when nothing is said. */
    Accepting<Q, A> within(Duration age);

    /** How long one try may take before it is interrupted; 5 minutes when nothing is said. */
    Accepting<Q, A> timeLimit(Duration limit);

    /** How many run at once, 1 to 1,000; 16 when nothing is said. */
    Accepting<Q, A> concurrency(int atOnce);

    /**
     * Each try runs in a process of its own, a worker, so that code that can kill a JVM (native libraries, memory
     * without bound) kills only that: its death is a failed try, told with its last words, and the third in a row sets the
     * request aside. A worker makes the integration for itself, by its public constructor without parameters, and is kept
     * for the next request; it has the node's calls to the outside, contracts and queues, the real time, and nothing
     * that was changed in the integration's own objects. In a test by the integration kit the try runs in the test itself.
     *
     * @param heapMegabytes the most memory for a worker's objects, 16 to 65,536
     */
    Accepting<Q, A> inWorker(int heapMegabytes);

    void handle(RequestHandler<Q, A> handler);
  }
}
