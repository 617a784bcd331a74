package dev.fairway.connectors.capture.postgres;

import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.Lines;
import dev.fairway.connectors.process.ConnectorFailedException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes documents of a table's rows as COPY writes them (PostgreSQL's documentation, COPY, "Text Format"), with the values
 * {@link PgTypes#value} would give. Belongs to one thread.
 *
 * <p>A row is in memory twice while it is read; no document is larger than {@link Lines#FLOW_LIMIT}, the longest line that is
 * read anywhere.
 */
final class CopyRows {
  private static final byte[] HEAD = utf8("{\"_meta\":{\"op\":\"c\"}");
  private static final byte[] NULL = utf8("null");
  private static final byte[] TRUE = utf8("true");
  private static final byte[] FALSE = utf8("false");
  private static final byte[] VERTICAL_TAB = utf8("\\u000b");
  private static final byte[] HEX = utf8("0123456789abcdef");
  private static final int WIDEST = 6;
  private static final int BUFFER = 1 << 12;
  /** A buffer that became larger for a row goes with it. */
  private static final int KEPT = 1 << 20;

  private final PgTable table;
  private final byte[][] names;
  private final int[] ends;
  private final int most;
  private byte[] out = new byte[BUFFER];
  private int used;

  CopyRows(PgTable table) {
    this(table, Lines.FLOW_LIMIT);
  }

  /** @param most bytes of a document */
  CopyRows(PgTable table, int most) {
    this.table = table;
    this.most = most;
    this.names = table.columns().stream()
        .map(column -> utf8("," + Json.text(Json.array().add(column.name()).path(0)) + ":")).toArray(byte[][]::new);
    this.ends = new int[table.columns().size()];
  }

  /**
   * The document of a row; the row ends with a line feed.
   *
   * @throws ConnectorFailedException not retriable, naming the row, when the document would be too large
   */
  byte[] document(byte[] row) throws ConnectorFailedException {
    used = 0;
    int from = 0;
    for (int i = 0; i < names.length; i++) {
      ends[i] = end(row, from);
      from = ends[i] + 1;
    }
    put(HEAD);
    from = 0;
    for (int i = 0; i < names.length && used <= most; i++) {
      if (ends[i] - from > most - used) {
        throw tooLarge(row);
      }
      put(names[i]);
      value(table.columns().get(i).type(), row, from, ends[i]);
      from = ends[i] + 1;
    }
    require(1);
    out[used++] = '}';
    if (used > most) {
      throw tooLarge(row);
    }
    byte[] document = Arrays.copyOf(out, used);
    if (out.length > KEPT) {
      out = new byte[BUFFER];
    }
    return document;
  }

  private ConnectorFailedException tooLarge(byte[] row) {
    out = new byte[BUFFER];
    return new ConnectorFailedException("table " + table.schema() + "." + table.name() + " has a row of " + row.length
        + " bytes, with the key " + key(row) + "; its document would be larger than " + most
        + " bytes, which is the most that is captured; shorten it, or leave the table out", false);
  }

  /** The texts of the key of the row that was read last. */
  List<String> key(byte[] row) {
    List<String> key = new ArrayList<>();
    for (PgTable.Column part : table.key()) {
      int column = table.columns().indexOf(part);
      key.add(text(row, column == 0 ? 0 : ends[column - 1] + 1, ends[column]));
    }
    return key;
  }

  private static int end(byte[] row, int from) {
    int at = from;
    while (at < row.length && row[at] != '\t' && row[at] != '\n') {
      at++;
    }
    return at;
  }

  private void value(int type, byte[] row, int from, int to) {
    if (to - from == 2 && row[from] == '\\' && row[from + 1] == 'N') {
      put(NULL);
      return;
    }
    switch (PgTypes.form(type)) {
      case INTEGER -> put(row, from, to);
      case NUMBER -> {
        if (digit(row[from]) || (row[from] == '-' && digit(row[from + 1]))) {
          put(row, from, to);
        } else {
          string(row, from, to);
        }
      }
      case BOOLEAN -> put(row[from] == 't' ? TRUE : FALSE);
      case JSON -> put(Json.bytes(Json.parse(text(row, from, to))));
      case MOMENT -> {
        int start = used + 1;
        string(row, from, to);
        moment(start);
      }
      case TEXT -> string(row, from, to);
    }
  }

  private static boolean digit(byte b) {
    return b >= '0' && b <= '9';
  }

  /* COPY and JSON escape alike, except quotes, vertical tabs, and controls that COPY leaves as they are. */
  private void string(byte[] row, int from, int to) {
    require(2 + to - from);
    int at = used;
    out[at++] = '"';
    for (int i = from; i < to; i++) {
      byte b = row[i];
      if (b == '\\') {
        room(at, to - i);
        byte letter = row[++i];
        if (letter == 'v') {
          System.arraycopy(VERTICAL_TAB, 0, out, at, VERTICAL_TAB.length);
          at += VERTICAL_TAB.length;
        } else {
          out[at++] = '\\';
          out[at++] = letter;
        }
      } else if (b == '"') {
        room(at, to - i);
        out[at++] = '\\';
        out[at++] = '"';
      } else if (b >= 0 && b < ' ') {
        room(at, to - i);
        System.arraycopy(VERTICAL_TAB, 0, out, at, VERTICAL_TAB.length);
        out[at + 4] = HEX[b >> 4];
        out[at + 5] = HEX[b & 0xf];
        at += VERTICAL_TAB.length;
      } else {
        out[at++] = b;
      }
    }
    out[at++] = '"';
    used = at;
  }

  /* For an escape here, and what is left of the value as it is. */
  private void room(int at, int left) {
    used = at;
    require(WIDEST + 1 + left);
  }

  /* A moment in UTC, of four digits' year, as RFC 3339 writes it. */
  private void moment(int start) {
    int end = used - 1;
    boolean plain = end - start >= "2026-11-21 12:00:00+00".length() && out[start + 4] == '-' && out[start + 10] == ' '
        && out[end - 3] == '+' && out[end - 2] == '0' && out[end - 1] == '0';
    if (plain) {
      out[start + 10] = 'T';
      out[end - 3] = 'Z';
      out[end - 2] = '"';
      used = end - 1;
    }
  }

  private static String text(byte[] row, int from, int to) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(to - from);
    for (int i = from; i < to; i++) {
      if (row[i] != '\\') {
        text.write(row[i]);
        continue;
      }
      byte letter = row[++i];
      text.write(switch (letter) {
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case 'v' -> 0x0b;
        default -> letter;
      });
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private void put(byte[] bytes) {
    put(bytes, 0, bytes.length);
  }

  private void put(byte[] bytes, int from, int to) {
    require(to - from);
    System.arraycopy(bytes, from, out, used, to - from);
    used += to - from;
  }

  /* Bytes are at most a few times those that a document may have, so that no sum overflows. */
  private void require(int more) {
    if (out.length - used < more) {
      out = Arrays.copyOf(out, Math.max(used + more, out.length + (out.length >> 1)));
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
