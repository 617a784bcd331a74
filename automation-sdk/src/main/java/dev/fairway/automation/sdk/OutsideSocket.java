package dev.fairway.automation.sdk;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Text over a WebSocket to the outside, at the reader's pace: a message is asked for when the one before it was taken, so
 * that a slow reader holds the other side back. One thread at a time uses it; any may close it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455">RFC 6455, The WebSocket Protocol</a>
 */
public interface OutsideSocket extends AutoCloseable {
  /** Whether nothing is known to have ended it. */
  boolean isOpen();

  /**
   * Sends a message.
   *
   * @throws IOException when it could not be handed to the network within 30 seconds
   */
  void send(String text) throws IOException, InterruptedException;

  /**
   * The next message, of at most 1,048,576 characters; empty when none came in time. Who waits here also sees to it that a
   * silent other side is asked for a sign of life.
   *
   * @throws IOException when the connection has ended, or the other side was asked for a sign of life and gave none within
   * 20 seconds; so on every further call
   */
  Optional<String> receive(Duration wait) throws IOException, InterruptedException;

  /** Ends the connection at once; again changes nothing. */
  @Override
  void close();
}
