package dev.fairway.connector.flow;

import dev.fairway.connector.json.Json;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BinaryNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A tuple of JSON values packed so that unsigned byte order is key order: the format of FoundationDB's tuple layer, as
 * Flow uses it. Objects and arrays are packed as byte strings holding their JSON text, and numbers that are not integers
 * of 64 bits as doubles.
 *
 * <p>Immutable; equality and order are those of the bytes.
 */
public final class Packed implements Comparable<Packed> {
  private static final int NULL = 0x00;
  private static final int BYTES = 0x01;
  private static final int STRING = 0x02;
  private static final int ZERO = 0x14;
  private static final int DOUBLE = 0x21;
  private static final int FALSE = 0x26;
  private static final int TRUE = 0x27;
  private static final BigInteger LEAST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE).negate();
  private static final BigInteger MOST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  /* Flow's key: what a runtime hashes must be what any other hashes. */
  private static final byte[] HASH_KEY = HexFormat.of()
      .parseHex("332757d16f0fb1cf2d4f676f85e34c6a8b85aa58f42bb081449d8eb2e4ed529f");

  private final byte[] bytes;

  private Packed(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Packed of(List<JsonNode> values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(32);
    for (JsonNode value : values) {
      pack(value, out);
    }
    return new Packed(out.toByteArray());
  }

  /** Takes bytes that are a packed tuple already; they are checked when they are unpacked. */
  public static Packed ofBytes(byte[] packed) {
    return new Packed(packed.clone());
  }

  /** @throws IllegalArgumentException when the text is not base64 */
  public static Packed ofBase64(String text) {
    return new Packed(Base64.getDecoder().decode(text));
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  /** Where it lies in the range that tasks share ({@link RangeSpec}): unsigned 32 bits, the high half of its HighwayHash. */
  public long hash() {
    return HighwayHash.hash(HASH_KEY, bytes) >>> 32;
  }

  public String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * The values; byte strings come back as the JSON they hold, or as {@link BinaryNode} when they hold none.
   *
   * @throws IllegalArgumentException when the bytes are not a packed tuple
   */
  public List<JsonNode> values() {
    List<JsonNode> values = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      at = unpack(at, values);
    }
    return values;
  }

  private static void pack(JsonNode value, ByteArrayOutputStream out) {
    switch (value.getNodeType()) {
      case NULL, MISSING -> out.write(NULL);
      case BOOLEAN -> out.write(value.booleanValue() ? TRUE : FALSE);
      case STRING -> {
        out.write(STRING);
        escaped(value.stringValue().getBytes(StandardCharsets.UTF_8), out);
      }
      case NUMBER -> number(value, out);
      case BINARY -> {
        out.write(BYTES);
        escaped(value.binaryValue(), out);
      }
      default -> {
        out.write(BYTES);
        escaped(Json.bytes(value), out);
      }
    }
  }

  private static void number(JsonNode value, ByteArrayOutputStream out) {
    if (value.isIntegralNumber()) {
      BigInteger integer = value.bigIntegerValue();
      if (integer.compareTo(LEAST) >= 0 && integer.compareTo(MOST) <= 0) {
        integer(integer, out);
        return;
      }
    }
    out.write(DOUBLE);
    long bits = Double.doubleToRawLongBits(value.asDouble());
    long ordered = bits < 0 ? ~bits : bits ^ Long.MIN_VALUE;
    out.writeBytes(ByteBuffer.allocate(8).putLong(ordered).array());
  }

  private static void integer(BigInteger value, ByteArrayOutputStream out) {
    int length = (value.abs().bitLength() + 7) / 8;
    BigInteger stored = value.signum() < 0
        ? value.add(BigInteger.ONE.shiftLeft(8 * length)).subtract(BigInteger.ONE)
        : value;
    out.write(value.signum() < 0 ? ZERO - length : ZERO + length);
    for (int i = length - 1; i >= 0; i--) {
      out.write(stored.shiftRight(8 * i).intValue() & 0xff);
    }
  }

  private static void escaped(byte[] content, ByteArrayOutputStream out) {
    for (byte b : content) {
      out.write(b);
      if (b == 0) {
        out.write(0xff);
      }
    }
    out.write(0);
  }

  private int unpack(int at, List<JsonNode> values) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    int type = bytes[at] & 0xff;
    int next = at + 1;
    switch (type) {
      case NULL -> values.add(nodes.nullNode());
      case FALSE -> values.add(nodes.booleanNode(false));
      case TRUE -> values.add(nodes.booleanNode(true));
      case BYTES, STRING -> {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        next = unescape(next, content);
        values.add(type == STRING ? nodes.stringNode(utf8(content.toByteArray(), at)) : json(content.toByteArray()));
      }
      case DOUBLE -> {
        require(next + 8, at);
        long ordered = ByteBuffer.wrap(bytes, next, 8).getLong();
        values.add(nodes.numberNode(Double.longBitsToDouble(ordered < 0 ? ordered ^ Long.MIN_VALUE : ~ordered)));
        next += 8;
      }
      default -> {
        int length = Math.abs(type - ZERO);
        if (length > 8) {
          throw new IllegalArgumentException("unknown element type " + type + " at byte " + at + " of a packed tuple");
        }
        require(next + length, at);
        BigInteger stored = new BigInteger(1, Arrays.copyOfRange(bytes, next, next + length));
        BigInteger value = type >= ZERO
            ? stored
            : stored.subtract(BigInteger.ONE.shiftLeft(8 * length)).add(BigInteger.ONE);
        values.add(value.bitLength() < 64 ? nodes.numberNode(value.longValue()) : nodes.numberNode(value));
        next += length;
      }
    }
    return next;
  }

  private int unescape(int from, ByteArrayOutputStream content) {
    int at = from;
    while (true) {
      require(at + 1, from);
      byte b = bytes[at++];
      if (b != 0) {
        content.write(b);
      } else if (at < bytes.length && bytes[at] == (byte) 0xff) {
        content.write(0);
        at++;
      } else {
        return at;
      }
    }
  }

  private void require(int length, int at) {
    if (length > bytes.length) {
      throw new IllegalArgumentException("a packed tuple ends inside the element at byte " + at);
    }
  }

  private static String utf8(byte[] content, int at) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the string at byte " + at + " of a packed tuple is not UTF-8", e);
    }
  }

  private static JsonNode json(byte[] content) {
    try {
      return Json.parse(content);
    } catch (IllegalArgumentException e) {
      return BinaryNode.valueOf(content);
    }
  }

  @Override
  public int compareTo(Packed other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Packed packed && Arrays.equals(bytes, packed.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return base64();
  }
}
