package dev.fairway.connectors.capture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads comma-separated values (RFC 4180): quoted fields may hold commas, quotes and ends of lines. Belongs to one thread. */
final class Csv {
  /** Longest field in characters; a quote that is never closed must not take the whole file into memory. */
  static final int LONGEST = 1 << 24;

  private final BufferedReader in;

  Csv(Reader in) {
    this.in = new BufferedReader(in, 1 << 16);
  }

  /**
   * The next record; empty at the end.
   *
   * @throws IOException when a quote is out of place or never closed, or a field is longer than {@link #LONGEST}
   */
  Optional<List<String>> next() throws IOException {
    int c = in.read();
    if (c < 0) {
      return Optional.empty();
    }
    List<String> fields = new ArrayList<>();
    while (true) {
      StringBuilder field = new StringBuilder();
      c = c == '"' ? quoted(field) : plain(field, c);
      fields.add(field.toString());
      if (c != ',') {
        return Optional.of(fields);
      }
      c = in.read();
    }
  }

  /** Answers what ended the field: a comma, or an end of line or file as -1. */
  private int plain(StringBuilder field, int first) throws IOException {
    int c = first;
    while (c >= 0 && c != ',' && !endsLine(c)) {
      if (c == '"') {
        throw new IOException("a quote inside the field \"" + field + "\", which has none around it");
      }
      append(field, c);
      c = in.read();
    }
    return c == ',' ? c : -1;
  }

  private int quoted(StringBuilder field) throws IOException {
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("a quoted field does not end");
      }
      if (c != '"') {
        append(field, c);
        continue;
      }
      c = in.read();
      if (c == '"') {
        append(field, c);
      } else if (c == ',') {
        return c;
      } else if (c < 0 || endsLine(c)) {
        return -1;
      } else {
        throw new IOException("something follows the quoted field \"" + field + "\"");
      }
    }
  }

  /* A carriage return ends a line with the line feed that follows it, or alone. */
  private boolean endsLine(int c) throws IOException {
    if (c == '\r') {
      in.mark(1);
      if (in.read() != '\n') {
        in.reset();
      }
      return true;
    }
    return c == '\n';
  }

  private static void append(StringBuilder field, int c) throws IOException {
    if (field.length() >= LONGEST) {
      throw new IOException("a field is longer than " + LONGEST + " characters");
    }
    field.append((char) c);
  }
}
