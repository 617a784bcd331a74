package dev.fairway.evm.rpc;

import dev.fairway.evm.Hex;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Why a contract refused, read from the bytes it returned (Solidity's ABI specification, "Errors"), since the words around
 * them differ from node to node.
 *
 * @param text for people
 * @param data the returned bytes as hex, {@code 0x} when there were none
 */
public record RevertReason(String text, String data) {
  private static final String ERROR = "0x08c379a0";
  private static final String PANIC = "0x4e487b71";
  private static final Map<Integer, String> PANICS = Map.of(0x01, "an assertion failed", 0x11,
      "arithmetic overflow or underflow", 0x12, "division by zero", 0x21,
      "conversion to an enum that has no such value",
      0x22, "a storage byte array is badly encoded", 0x31, "pop of an empty array", 0x32, "index out of bounds", 0x41,
      "too much memory", 0x51, "call of an uninitialised function");

  /** Reads returned bytes; never fails, because a contract may return anything. */
  public static RevertReason of(String data) {
    String text;
    if (data.startsWith(ERROR)) {
      text = string(data);
    } else if (data.startsWith(PANIC) && data.length() == 10 + 64) {
      int code = new BigInteger(data.substring(10), 16).intValue();
      text = "panic 0x%02x: %s".formatted(code, PANICS.getOrDefault(code, "unknown"));
    } else if (data.equals("0x")) {
      text = "reverted without a reason";
    } else {
      text = "reverted with " + (data.length() > 138 ? data.substring(0, 138) + "…" : data);
    }
    return new RevertReason(text, data);
  }

  /** For a node that gives words and no bytes. */
  public static RevertReason inWords(String message) {
    return new RevertReason(message, "0x");
  }

  /** The first four bytes, which name a custom error; empty when there are fewer. */
  public String selector() {
    return data.length() < 10 ? "" : data.substring(0, 10);
  }

  private static String string(String data) {
    try {
      byte[] bytes = Hex.bytes(data);
      int length = new BigInteger(1, Arrays.copyOfRange(bytes, 36, 68)).intValueExact();
      if (length < 0 || length > bytes.length - 68) {
        return "reverted with a broken reason";
      }
      return new String(bytes, 68, length, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      return "reverted with a broken reason";
    }
  }
}
