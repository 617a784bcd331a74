package dev.fairway.connector.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** JSON strings as they are written: passed over and checked (RFC 8259, section 7, and RFC 3629), compared, read. */
public final class JsonStrings {
  /* Strings are most of the bytes of most records, so they are looked at eight bytes at a time: one subtraction and two
   * masks per wanted byte find it anywhere in a word ("determine if a word has a byte less than n", Bit Twiddling Hacks).
   * The lowest flag in a word is always right, which is all that is used. */
  private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';
  private static final long SPACES = ONES * 0x20;

  private JsonStrings() {}

  /**
   * Passes over a string, checking it; answers where it ends, behind its quote.
   *
   * @param start where the text begins, from where errors count
   * @param at the string's first quote
   * @param end where the text ends
   */
  static int skip(byte[] b, int start, int at, int end) {
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
        throw new MalformedJsonException("the string is not closed", at - start);
      }
      byte c = b[p];
      if (c == '"') {
        return p + 1;
      }
      if (c == '\\') {
        p = escape(b, start, p, end);
      } else if (c < 0) {
        p = multibyte(b, start, p, end);
      } else if (c < 0x20) {
        throw new MalformedJsonException("control character in a string", p - start);
      } else {
        p++;
      }
    }
  }

  private static int escape(byte[] b, int start, int at, int end) {
    if (at + 1 >= end) {
      throw new MalformedJsonException("the string is not closed", at - start);
    }
    return switch (b[at + 1]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 2;
      case 'u' -> {
        for (int i = at + 2; i < at + 6; i++) {
          if (i >= end || Character.digit(b[i], 16) < 0) {
            throw new MalformedJsonException("expected four hexadecimal digits", i - start);
          }
        }
        yield at + 6;
      }
      default -> throw new MalformedJsonException("unknown escape", at - start);
    };
  }

  /** One character of more than one byte, by the table of well-formed sequences in RFC 3629, section 4. */
  private static int multibyte(byte[] b, int start, int at, int end) {
    int lead = b[at] & 0xff;
    if (lead >= 0xc2 && lead <= 0xdf) {
      return tail(b, start, at, end, 1, 0x80, 0xbf);
    }
    return switch (lead) {
      case 0xe0 -> tail(b, start, at, end, 2, 0xa0, 0xbf);
      case 0xed -> tail(b, start, at, end, 2, 0x80, 0x9f);
      case 0xf0 -> tail(b, start, at, end, 3, 0x90, 0xbf);
      case 0xf4 -> tail(b, start, at, end, 3, 0x80, 0x8f);
      case 0xf1, 0xf2, 0xf3 -> tail(b, start, at, end, 3, 0x80, 0xbf);
      default -> {
        if (lead < 0xe1 || lead > 0xef) {
          throw new MalformedJsonException("not UTF-8", at - start);
        }
        yield tail(b, start, at, end, 2, 0x80, 0xbf);
      }
    };
  }

  private static int tail(byte[] b, int start, int at, int end, int count, int least, int most) {
    for (int i = 1; i <= count; i++) {
      int c = at + i < end ? b[at + i] & 0xff : -1;
      if (c < (i == 1 ? least : 0x80) || c > (i == 1 ? most : 0xbf)) {
        throw new MalformedJsonException("not UTF-8", at - start);
      }
    }
    return at + count + 1;
  }

  /** Whether a raw name, without its quotes, means the given one. */
  static boolean equals(byte[] text, int from, int to, byte[] utf8) {
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
}
