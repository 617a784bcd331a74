package dev.fairway.web;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code multipart/form-data} (RFC 7578) as it arrives: bytes are asked for only when a part's reader wants some, so
 * memory does not depend on size and nothing is written to disk.
 *
 * <p>A part ends at a carriage return, a line feed, two hyphens and the boundary (RFC 2046, section 5.1.1), and at nothing
 * less: a lone line feed before the hyphens is content, as documents from Unix have many.
 */
final class Multipart {
  private static final int BUFFER = 64 << 10;
  private static final int MOST_PARTS = 1_000;
  private static final int MOST_HEADERS = 8 << 10;

  private final InputStream body;
  private final byte[] delimiter;
  /** How far the delimiter may be moved on over a byte that its last one should match (Horspool's search). */
  private final int[] shift = new int[256];
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;

  Multipart(String boundary, InputStream body) {
    this.body = body;
    this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.UTF_8);
    Arrays.fill(shift, delimiter.length);
    for (int i = 0; i < delimiter.length - 1; i++) {
      shift[delimiter[i] & 0xff] = delimiter.length - 1 - i;
    }
    // The first boundary needs no line break before it when there is no preamble.
    buffer[0] = '\r';
    buffer[1] = '\n';
    end = 2;
  }

  void forEach(Part.Consumer consumer) throws Exception {
    PartBody preamble = new PartBody(false);
    preamble.skipRest();
    for (int parts = 0; another(); parts++) {
      if (parts == MOST_PARTS) {
        throw malformed("it has more than " + MOST_PARTS + " parts");
      }
      Map<String, String> headers = headers();
      // A part may lack a body altogether; the empty line then belongs to the boundary.
      boolean bare = atBoundary();
      if (bare) {
        at += delimiter.length - 2;
      }
      PartBody part = new PartBody(bare);
      consumer.accept(part(headers, part));
      part.skipRest();
    }
  }

  /** Whether the boundary just read begins a part, rather than being the last. */
  private boolean another() throws IOException {
    while (end - at < 2) {
      more();
    }
    if (buffer[at] == '-' && buffer[at + 1] == '-') {
      return false;
    }
    if (!line(MOST_HEADERS).isBlank()) {
      throw malformed("a line of it begins with the boundary and goes on; choose a boundary the content does not have");
    }
    return true;
  }

  private boolean atBoundary() throws IOException {
    int length = delimiter.length - 2;
    while (end - at < length) {
      more();
    }
    return Arrays.equals(buffer, at, at + length, delimiter, 2, delimiter.length);
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new HashMap<>();
    int room = MOST_HEADERS;
    for (String line = line(room); !line.isEmpty(); line = line(room)) {
      room -= line.length();
      int colon = line.indexOf(':');
      String name = line.substring(0, Math.max(0, colon));
      if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' ')) {
        throw malformed("a header of a part is not of the form name: value");
      }
      headers.putIfAbsent(name.toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return headers;
  }

  private String line(int room) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(80);
    while (true) {
      byte next = next();
      if (next == '\r' && next() == '\n') {
        return line.toString(StandardCharsets.UTF_8);
      }
      if (next == '\r' || next == '\n') {
        throw malformed("a line outside the parts' content does not end with a carriage return and a line feed");
      }
      if (line.size() == room) {
        throw malformed("the headers of a part are longer than " + MOST_HEADERS + " bytes");
      }
      line.write(next);
    }
  }

  private byte next() throws IOException {
    while (at == end) {
      more();
    }
    return buffer[at++];
  }

  /** Moves what has not been read to the front of the buffer and adds at least a byte to it. */
  private void more() throws IOException {
    System.arraycopy(buffer, at, buffer, 0, end - at);
    end -= at;
    at = 0;
    int n = body.read(buffer, end, buffer.length - end);
    if (n < 0) {
      throw malformed("it ends before its last boundary");
    }
    end += n;
  }

  /** Where in the buffer the next delimiter begins, or -1. */
  private int find() {
    int last = delimiter.length - 1;
    for (int i = at + last; i < end; i += shift[buffer[i] & 0xff]) {
      if (buffer[i] == delimiter[last] && Arrays.equals(buffer, i - last, i, delimiter, 0, last)) {
        return i - last;
      }
    }
    return -1;
  }

  private static FairwayException malformed(String why) {
    return new FairwayException(ErrorCode.INVALID, "malformed multipart body: " + why);
  }

  private static Part part(Map<String, String> fields, InputStream bytes) {
    String disposition = fields.getOrDefault("content-disposition", "");
    Map<String, String> parameters = HeaderParameters.of(disposition);
    String name = parameters.get("name");
    if (!HeaderParameters.value(disposition).equals("form-data") || name == null) {
      throw new FairwayException(ErrorCode.INVALID,
          "a part of the multipart body has no Content-Disposition: form-data with a name");
    }
    return new Part(name, Optional.ofNullable(parameters.get("filename")),
        Optional.ofNullable(fields.get("content-type")), bytes);
  }

  /** What stands before the next delimiter. Whoever has read it all has read the delimiter too. */
  private final class PartBody extends InputStream {
    /** The buffer holds content up to here; what follows is the delimiter, or may turn out to be its beginning. */
    private int clear = at;
    private boolean delimited;
    private boolean over;

    PartBody(boolean over) {
      this.over = over;
    }

    private boolean advance() throws IOException {
      while (!over && at == clear) {
        if (delimited) {
          at += delimiter.length;
          over = true;
        } else {
          look();
        }
      }
      return !over;
    }

    private void look() throws IOException {
      int found = find();
      if (found >= 0) {
        clear = found;
        delimited = true;
      } else if (end - at >= delimiter.length) {
        clear = end - delimiter.length + 1;
      } else {
        more();
        clear = at;
      }
    }

    @Override
    public int read() throws IOException {
      return advance() ? buffer[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!advance()) {
        return -1;
      }
      int n = Math.min(length, clear - at);
      System.arraycopy(buffer, at, bytes, offset, n);
      at += n;
      return n;
    }

    void skipRest() throws IOException {
      while (advance()) {
        at = clear;
      }
    }
  }
}
