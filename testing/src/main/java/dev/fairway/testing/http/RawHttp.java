package dev.fairway.testing.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends a server bytes, each request on a connection of its own, and tells what comes back: for requests that a client library
 * refuses to write. Safe for many threads.
 */
public final class RawHttp {
  private static final String END_OF_HEAD = "\r\n\r\n";
  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+) *\r$");

  private final String host;
  private final int port;
  private final Duration silence;

  /** @param silence how long to wait for the next byte of an answer */
  public RawHttp(String host, int port, Duration silence) {
    this.host = host;
    this.port = port;
    this.silence = silence;
  }

  /**
   * The first answer to these bytes, one character for each of its bytes: up to the length it announces, of a stream of events its
   * head alone, else until the server closes or goes silent. Empty when nothing comes.
   */
  public String exchange(byte[] request) throws IOException {
    try (Socket socket = new Socket(host, port)) {
      socket.setSoTimeout(Math.toIntExact(silence.toMillis()));
      try {
        socket.getOutputStream().write(request);
        socket.getOutputStream().flush();
      } catch (IOException e) {
        // The server may answer and close before it has taken everything.
      }
      return read(socket.getInputStream());
    }
  }

  /** The same for bytes that are written as text, one for each character. */
  public String exchange(String request) throws IOException {
    return exchange(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String read(InputStream in) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[8_192];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        all.write(buffer, 0, n);
        if (isWhole(all.toString(StandardCharsets.ISO_8859_1))) {
          break;
        }
      }
    } catch (IOException e) {
      // A reset after the answer; what came counts.
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  private static boolean isWhole(String text) {
    int end = text.indexOf(END_OF_HEAD);
    if (end < 0) {
      return false;
    }
    String head = text.substring(0, end + END_OF_HEAD.length());
    Matcher length = LENGTH.matcher(head);
    return length.find()
        ? text.length() - head.length() >= Long.parseLong(length.group(1))
        : head.toLowerCase(Locale.ROOT).contains("content-type: text/event-stream");
  }
}
