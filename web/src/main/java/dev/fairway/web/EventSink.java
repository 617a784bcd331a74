package dev.fairway.web;

import java.io.IOException;

/** One end of a stream of server-sent events (WHATWG HTML, section 9.2). Belongs to the thread that handles the call. */
public interface EventSink {
  /**
   * Sends an event at once.
   *
   * @param id where to go on from after a broken connection; empty sends none
   * @param type the event's name; empty sends none
   * @param data any text; line breaks are kept
   * @throws IOException when the other side has gone; the handler then returns
   */
  void send(String id, String type, String data) throws IOException;

  /** Sends a comment, which tells a dead connection from a silent one. */
  void beat() throws IOException;

  /** Whether to go on; false once the server drains or the client is known to be gone. */
  boolean open();

  /** Sends events until it returns. */
  @FunctionalInterface
  interface Source {
    void stream(EventSink sink) throws Exception;
  }
}
