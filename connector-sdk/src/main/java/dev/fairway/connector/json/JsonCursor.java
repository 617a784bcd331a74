package dev.fairway.connector.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Walks JSON text in a byte array and hands out ranges of it, without building anything.
 *
 * <p>Whatever is walked or skipped is checked in full against RFC 8259 and RFC 3629: what passes can be read by any parser
 * later. Nesting is bounded at {@value #MAX_DEPTH}. The array is never written and is kept only until the next
 * {@link #reset}. Belongs to one thread.
 *
 * <pre>{@code
 * cursor.reset(line, 0, line.length);
 * cursor.enterObject();
 * while (cursor.nextMember()) {
 *   if (cursor.keyIs(TYPE)) { … cursor.skipValue(); … } else { cursor.skipValue(); }
 * }
 * cursor.expectEnd();
 * }</pre>
 */
public final class JsonCursor {
  public static final int MAX_DEPTH = 512;

  /* Strings are most of the bytes of most records, so they are looked at eight bytes at a time: one subtraction and two
   * masks per wanted byte find it anywhere in a word ("determine if a word has a byte less than n", Bit Twiddling Hacks).
   * The lowest flag in a word is always right, which is all that is used. */
  private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';
  private static final long SPACES = ONES * 0x20;

  private byte[] bytes = {};
  private int start;
  private int position;
  private int end;
  private int keyFrom;
  private int keyTo;
  private boolean first;
  private boolean broken;

  /** Begins anew with the text in {@code [from, to)}; leading white space is passed over. */
  public void reset(byte[] text, int from, int to) {
    if (from < 0 || to > text.length || from > to) {
      throw new IndexOutOfBoundsException("range " + from + " to " + to + " of " + text.length);
    }
    bytes = text;
    start = from;
    end = to;
    broken = false;
    position = space(from);
    first = true;
  }

  /** Where the next value, or the end of it, is. */
  public int position() {
    return position;
  }

  /** The first byte of the value under the cursor; -1 at the end of the text. */
  public int peek() {
    return position < end ? bytes[position] : -1;
  }

  /** Steps into the object under the cursor. */
  public void enterObject() {
    expect('{');
    position = space(position + 1);
    first = true;
  }

  /** Moves to the value of the next member; false when the object was left behind. */
  public boolean nextMember() {
    if (position >= end) {
      throw malformed("the object is not closed", position);
    }
    if (bytes[position] == '}') {
      position = space(position + 1);
      first = false;
      return false;
    }
    if (!first) {
      expect(',');
      position = space(position + 1);
    }
    first = false;
    if (position >= end || bytes[position] != '"') {
      throw malformed("expected a member's name", position);
    }
    int afterKey = string(position);
    keyFrom = position + 1;
    keyTo = afterKey - 1;
    position = space(afterKey);
    expect(':');
    position = space(position + 1);
    return true;
  }

  /** Steps into the array under the cursor. */
  public void enterArray() {
    expect('[');
    position = space(position + 1);
    first = true;
  }

  /** Moves to the next element; false when the array was left behind. */
  public boolean nextElement() {
    if (position >= end) {
      throw malformed("the array is not closed", position);
    }
    if (bytes[position] == ']') {
      position = space(position + 1);
      first = false;
      return false;
    }
    if (!first) {
      expect(',');
      position = space(position + 1);
    }
    first = false;
    return true;
  }

  /** Passes over the value under the cursor, checking it; answers where it ends. */
  public int skipValue() {
    int after = value(position, 0);
    position = space(after);
    first = false;
    return after;
  }

  /** Whether the present member has this name. A name written with escapes is compared as it is meant. */
  public boolean keyIs(byte[] utf8) {
    return nameEquals(bytes, keyFrom, keyTo, utf8);
  }

  /** The present member's name. */
  public String key() {
    return unescape(bytes, keyFrom, keyTo);
  }

  /** Where the present member's name begins, after its quote. */
  public int keyFrom() {
    return keyFrom;
  }

  /** Where the present member's name ends, before its quote. */
  public int keyTo() {
    return keyTo;
  }

  /** Whether a line break was passed since {@link #reset}. In JSON that is white space: in a string it is malformed. */
  public boolean brokeLine() {
    return broken;
  }

  /** @throws MalformedJsonException when something other than white space follows */
  public void expectEnd() {
    if (position < end) {
      throw malformed("unexpected text after the value", position);
    }
  }

  /** Checks that the range is one JSON value, with white space around it at most. */
  public static void check(byte[] text, int from, int to) {
    JsonCursor cursor = new JsonCursor();
    cursor.reset(text, from, to);
    cursor.skipValue();
    cursor.expectEnd();
  }

  /** Whether a raw name, without its quotes, means the given one. */
  static boolean nameEquals(byte[] text, int from, int to, byte[] utf8) {
    int length = to - from;
    if (length == utf8.length) {
      for (int i = 0; i < length; i++) {
        if (text[from + i] != utf8[i]) {
          return false;
        }
      }
      return true;
    }
    if (length < utf8.length) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (text[i] == '\\') {
        return unescape(text, from, to).equals(new String(utf8, StandardCharsets.UTF_8));
      }
    }
    return false;
  }

  /** The string meant by the checked raw text between two quotes. */
  public static String unescape(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text[i] == '\\') {
        return unescapeSlowly(new String(text, from, to - from, StandardCharsets.UTF_8));
      }
    }
    return new String(text, from, to - from, StandardCharsets.UTF_8);
  }

  private static String unescapeSlowly(String raw) {
    StringBuilder out = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escape = raw.charAt(++i);
      switch (escape) {
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'u' -> {
          out.append((char) Integer.parseInt(raw, i + 1, i + 5, 16));
          i += 4;
        }
        default -> out.append(escape);
      }
    }
    return out.toString();
  }

  private int value(int at, int depth) {
    if (at >= end) {
      throw malformed("the text ends where a value should be", at);
    }
    return switch (bytes[at]) {
      case '"' -> string(at);
      case '{' -> object(at, depth);
      case '[' -> array(at, depth);
      case 't' -> literal(at, "true");
      case 'f' -> literal(at, "false");
      case 'n' -> literal(at, "null");
      default -> number(at);
    };
  }

  private int object(int at, int depth) {
    if (depth >= MAX_DEPTH) {
      throw malformed("nested deeper than " + MAX_DEPTH, at);
    }
    int p = space(at + 1);
    if (p < end && bytes[p] == '}') {
      return p + 1;
    }
    while (true) {
      if (p >= end || bytes[p] != '"') {
        throw malformed("expected a member's name", p);
      }
      p = space(string(p));
      if (p >= end || bytes[p] != ':') {
        throw malformed("expected ':'", p);
      }
      p = space(value(space(p + 1), depth + 1));
      if (p >= end) {
        throw malformed("the object is not closed", p);
      }
      if (bytes[p] == '}') {
        return p + 1;
      }
      if (bytes[p] != ',') {
        throw malformed("expected ',' or '}'", p);
      }
      p = space(p + 1);
    }
  }

  private int array(int at, int depth) {
    if (depth >= MAX_DEPTH) {
      throw malformed("nested deeper than " + MAX_DEPTH, at);
    }
    int p = space(at + 1);
    if (p < end && bytes[p] == ']') {
      return p + 1;
    }
    while (true) {
      p = space(value(p, depth + 1));
      if (p >= end) {
        throw malformed("the array is not closed", p);
      }
      if (bytes[p] == ']') {
        return p + 1;
      }
      if (bytes[p] != ',') {
        throw malformed("expected ',' or ']'", p);
      }
      p = space(p + 1);
    }
  }

  /** Passes over a string whose quote is at {@code at}. */
  private int string(int at) {
    byte[] b = bytes;
    int p = at + 1;
    while (true) {
      while (p + 8 <= end) {
        long word = (long) WORD.get(b, p);
        long quote = word ^ QUOTES;
        long slash = word ^ BACKSLASHES;
        long quotes = (quote - ONES) & ~quote;
        long slashes = (slash - ONES) & ~slash;
        long controls = (word - SPACES) & ~word;
        long special = (quotes | slashes | controls | word) & HIGHS;
        if (special != 0) {
          p += Long.numberOfTrailingZeros(special) >>> 3;
          break;
        }
        p += 8;
      }
      if (p >= end) {
        throw malformed("the string is not closed", at);
      }
      byte c = b[p];
      if (c == '"') {
        return p + 1;
      }
      if (c == '\\') {
        p = escape(p);
      } else if (c < 0) {
        p = multibyte(p);
      } else if (c < 0x20) {
        throw malformed("control character in a string", p);
      } else {
        p++;
      }
    }
  }

  private int escape(int at) {
    if (at + 1 >= end) {
      throw malformed("the string is not closed", at);
    }
    return switch (bytes[at + 1]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 2;
      case 'u' -> {
        for (int i = at + 2; i < at + 6; i++) {
          if (i >= end || Character.digit(bytes[i], 16) < 0) {
            throw malformed("expected four hexadecimal digits", i);
          }
        }
        yield at + 6;
      }
      default -> throw malformed("unknown escape", at);
    };
  }

  /** One character of more than one byte, by the table of well-formed sequences in RFC 3629, section 4. */
  private int multibyte(int at) {
    int lead = bytes[at] & 0xff;
    if (lead >= 0xc2 && lead <= 0xdf) {
      return tail(at, 1, 0x80, 0xbf);
    }
    return switch (lead) {
      case 0xe0 -> tail(at, 2, 0xa0, 0xbf);
      case 0xed -> tail(at, 2, 0x80, 0x9f);
      case 0xf0 -> tail(at, 3, 0x90, 0xbf);
      case 0xf4 -> tail(at, 3, 0x80, 0x8f);
      case 0xf1, 0xf2, 0xf3 -> tail(at, 3, 0x80, 0xbf);
      default -> {
        if (lead < 0xe1 || lead > 0xef) {
          throw malformed("not UTF-8", at);
        }
        yield tail(at, 2, 0x80, 0xbf);
      }
    };
  }

  private int tail(int at, int count, int least, int most) {
    for (int i = 1; i <= count; i++) {
      int c = at + i < end ? bytes[at + i] & 0xff : -1;
      if (c < (i == 1 ? least : 0x80) || c > (i == 1 ? most : 0xbf)) {
        throw malformed("not UTF-8", at);
      }
    }
    return at + count + 1;
  }

  private int literal(int at, String word) {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= end || bytes[at + i] != word.charAt(i)) {
        throw malformed("expected a value", at);
      }
    }
    return at + word.length();
  }

  private int number(int at) {
    int p = at;
    if (bytes[p] == '-') {
      p++;
    }
    if (p < end && bytes[p] == '0') {
      p++;
    } else {
      p = digits(p, at);
    }
    if (p < end && bytes[p] == '.') {
      p = digits(p + 1, at);
    }
    if (p < end && (bytes[p] | 0x20) == 'e') {
      p++;
      if (p < end && (bytes[p] == '+' || bytes[p] == '-')) {
        p++;
      }
      p = digits(p, at);
    }
    return p;
  }

  private int digits(int from, int at) {
    int p = from;
    while (p < end && bytes[p] >= '0' && bytes[p] <= '9') {
      p++;
    }
    if (p == from) {
      throw malformed("expected a value", at);
    }
    return p;
  }

  private int space(int at) {
    int p = at;
    while (p < end) {
      byte c = bytes[p];
      if (c == '\n') {
        broken = true;
      } else if (c != ' ' && c != '\r' && c != '\t') {
        break;
      }
      p++;
    }
    return p;
  }

  private void expect(char wanted) {
    if (position >= end || bytes[position] != wanted) {
      throw malformed("expected '" + wanted + "'", position);
    }
  }

  private MalformedJsonException malformed(String problem, int at) {
    return new MalformedJsonException(problem, at - start);
  }
}
