package dev.fairway.connector.json;

import java.util.Arrays;

/**
 * The members of one object, as ranges of the bytes it was read from. Reused from one record to the next, so that reading
 * a record allocates nothing. Belongs to one thread.
 */
public final class Members {
  private int[] ranges = new int[64];
  private int count;
  private byte[] bytes = {};
  private int from;
  private int to;
  private boolean oneLine;

  /** Reads the object under the cursor, which must be over {@code text}, and moves the cursor behind it. */
  public void read(byte[] text, JsonCursor cursor) {
    bytes = text;
    from = cursor.position();
    count = 0;
    cursor.enterObject();
    while (cursor.nextMember()) {
      int at = count * 4;
      if (at == ranges.length) {
        ranges = Arrays.copyOf(ranges, ranges.length * 2);
      }
      ranges[at] = cursor.keyFrom();
      ranges[at + 1] = cursor.keyTo();
      ranges[at + 2] = cursor.position();
      ranges[at + 3] = cursor.skipValue();
      count++;
    }
    int last = cursor.position();
    // The cursor has passed white space behind the object; the object ends with its brace.
    while (text[last - 1] != '}') {
      last--;
    }
    to = last;
    oneLine = !cursor.brokeLine();
  }

  public byte[] bytes() {
    return bytes;
  }

  /** Where the object begins: its brace. */
  public int from() {
    return from;
  }

  /** Where the object ends: behind its brace. */
  public int to() {
    return to;
  }

  /** Whether the object is surely on one line. */
  public boolean oneLine() {
    return oneLine;
  }

  public int count() {
    return count;
  }

  /** The place of a member; -1 when there is none. {@code hint} is tried first: records repeat their order. */
  public int find(byte[] utf8, int hint) {
    if (hint >= 0 && hint < count && is(hint, utf8)) {
      return hint;
    }
    for (int i = 0; i < count; i++) {
      if (is(i, utf8)) {
        return i;
      }
    }
    return -1;
  }

  public boolean is(int index, byte[] utf8) {
    return JsonStrings.equals(bytes, ranges[index * 4], ranges[index * 4 + 1], utf8);
  }

  public String name(int index) {
    return JsonStrings.unescape(bytes, ranges[index * 4], ranges[index * 4 + 1]);
  }

  /** Where a member begins: at the quote of its name. */
  public int memberFrom(int index) {
    return ranges[index * 4] - 1;
  }

  public int valueFrom(int index) {
    return ranges[index * 4 + 2];
  }

  public int valueTo(int index) {
    return ranges[index * 4 + 3];
  }
}
