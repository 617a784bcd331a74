package dev.fairway.connectors.capture.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads comma-separated values (RFC 4180) in UTF-8: quoted fields may hold commas, quotes and ends of lines. All that
 * separates is ASCII, so bytes are split and each field is text by itself. Belongs to one thread.
 */
final class Csv {
  /** Longest field in bytes; a quote that is never closed must not take the whole file into memory. */
  static final int LONGEST = 1 << 24;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private final ByteArrayOutputStream field = new ByteArrayOutputStream();
  private int next;
  private int filled;
  private long before;
  private long consumed;

  Csv(InputStream in) {
    this.in = in;
  }

  /**
   * The next record; empty at the end.
   *
   * @throws IOException when a quote is out of place or never closed, or a field is longer than {@link #LONGEST}
   */
  Optional<List<String>> next() throws IOException {
    int c = read();
    if (c < 0) {
      return Optional.empty();
    }
    List<String> fields = new ArrayList<>();
    while (true) {
      field.reset();
      int end = c == '"' ? quoted() : plain(c);
      fields.add(text());
      if (end != ',') {
        consumed = end == '\n' ? before + next : -1;
        return Optional.of(fields);
      }
      c = read();
    }
  }

  /** How many bytes the records so far take; negative when the last was ended by the end of the stream, or may have been. */
  long consumed() {
    return consumed;
  }

  /** Answers what ended the field: a comma, a line feed, or the end of the stream as -1. */
  private int plain(int first) throws IOException {
    int c = first;
    while (!endsField(c)) {
      if (c == '"') {
        throw new IOException("a quote inside the field \"" + text() + "\", which has none around it");
      }
      append(c);
      c = read();
    }
    return c == '\r' ? carriageReturn() : c;
  }

  private int quoted() throws IOException {
    while (true) {
      int c = read();
      if (c < 0) {
        throw new IOException("a quoted field does not end");
      }
      if (c != '"') {
        append(c);
        continue;
      }
      c = read();
      if (c == '"') {
        append(c);
      } else if (endsField(c)) {
        return c == '\r' ? carriageReturn() : c;
      } else {
        throw new IOException("something follows the quoted field \"" + text() + "\"");
      }
    }
  }

  private static boolean endsField(int c) {
    return c < 0 || c == ',' || c == '\r' || c == '\n';
  }

  /* It ends a line with the line feed that follows it, or alone. At the end of the stream nobody knows which. */
  private int carriageReturn() throws IOException {
    int c = read();
    if (c >= 0 && c != '\n') {
      next--;
    }
    return c < 0 ? -1 : '\n';
  }

  private int read() throws IOException {
    if (next == filled) {
      int read = in.read(buffer);
      if (read < 0) {
        return -1;
      }
      before += filled;
      next = 0;
      filled = read;
    }
    return buffer[next++] & 0xff;
  }

  private void append(int c) throws IOException {
    if (field.size() >= LONGEST) {
      throw new IOException("a field is longer than " + LONGEST + " bytes");
    }
    field.write(c);
  }

  private String text() {
    return field.toString(StandardCharsets.UTF_8);
  }
}
