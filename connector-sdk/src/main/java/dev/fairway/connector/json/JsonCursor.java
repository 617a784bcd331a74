package dev.fairway.connector.json;

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
    enter('{');
  }

  /** Moves to the value of the next member; false when the object was left behind. */
  public boolean nextMember() {
    if (!next('}', "the object is not closed")) {
      return false;
    }
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
    enter('[');
  }

  /** Moves to the next element; false when the array was left behind. */
  public boolean nextElement() {
    return next(']', "the array is not closed");
  }

  private void enter(char brace) {
    expect(brace);
    position = space(position + 1);
    first = true;
  }

  /** Moves behind the comma, where there must be one; false when the closing brace was passed instead. */
  private boolean next(char brace, String missing) {
    if (position >= end) {
      throw malformed(missing, position);
    }
    if (bytes[position] == brace) {
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
    return JsonStrings.equals(bytes, keyFrom, keyTo, utf8);
  }

  /** The present member's name. */
  public String key() {
    return JsonStrings.unescape(bytes, keyFrom, keyTo);
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

  private int string(int at) {
    return JsonStrings.skip(bytes, start, at, end);
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
