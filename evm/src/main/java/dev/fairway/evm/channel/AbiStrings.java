package dev.fairway.evm.channel;

import dev.fairway.evm.Hex;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads strings out of the data of an event (Contract ABI Specification, "Use of Dynamic Types"). Thousands of events are
 * read while others wait to write, so types are not looked up for each as libraries do.
 */
final class AbiStrings {
  private static final int WORD = 32;

  private AbiStrings() {}

  /** The first arguments, which are strings; empty when the data have not as many, whoever wrote them. */
  static Optional<List<String>> read(String data, int count) {
    byte[] bytes;
    try {
      bytes = Hex.bytes(data);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = number(bytes, i * WORD);
      int length = at < 0 ? -1 : number(bytes, at);
      if (length < 0 || length > bytes.length - at - WORD) {
        return Optional.empty();
      }
      texts.add(new String(bytes, at + WORD, length, StandardCharsets.UTF_8));
    }
    return Optional.of(texts);
  }

  /** The word there; negative when there is none, or it is more than any place or length can be. */
  private static int number(byte[] bytes, int at) {
    if (at > bytes.length - WORD) {
      return -1;
    }
    for (int i = at; i < at + WORD - Integer.BYTES; i++) {
      if (bytes[i] != 0) {
        return -1;
      }
    }
    return ByteBuffer.wrap(bytes).getInt(at + WORD - Integer.BYTES);
  }
}
