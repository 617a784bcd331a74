package dev.fairway.exchange.document;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What may stand in the fields {@code obj} and {@code predicate}: a content identifier, a URL with a path, a multihash, or
 * a dotted name of three or more parts.
 */
public final class ObjectUri {
  private static final String IPFS = "/ipfs/";
  /** Scheme, authority and path, each not empty; as RFC 3986 splits a reference, without judging the parts. */
  private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[^/?#]+/.*", Pattern.DOTALL);

  private ObjectUri() {}

  public static boolean isValid(String value) {
    if (value.isEmpty()) {
      return false;
    }
    boolean ipfs = value.startsWith(IPFS);
    String rest = ipfs ? value.substring(IPFS.length()) : value;
    return isContentId(rest) || (!ipfs && URL.matcher(value).matches()) || Multihash.parse(rest).isPresent()
        || (!ipfs && isDottedName(value));
  }

  /** Three or more parts between dots. What the parts are made of is not looked at. */
  static boolean isDottedName(String value) {
    return value.chars().filter(c -> c == '.').count() >= 2;
  }

  /** CIDv0 is a bare multihash; CIDv1 is multibase, version 1, codec, multihash (multiformats.io/cid). */
  private static boolean isContentId(String value) {
    if (value.length() == 46 && value.startsWith("Qm")) {
      return Multihash.parse(value).isPresent();
    }
    return multibase(value).map(ObjectUri::isVersionOne).orElse(false);
  }

  private static boolean isVersionOne(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (Varint.read(in) != 1 || Varint.read(in) < 0) {
      return false;
    }
    byte[] hash = new byte[in.remaining()];
    in.get(hash);
    return Multihash.isMultihash(hash);
  }

  private static Optional<byte[]> multibase(String value) {
    if (value.length() < 2 || value.length() > 512) {
      return Optional.empty();
    }
    String body = value.substring(1);
    try {
      return switch (value.charAt(0)) {
        case 'z' -> Base58.decode(body);
        case 'b' -> base32(body, body.toLowerCase(Locale.ROOT));
        case 'B' -> base32(body.toLowerCase(Locale.ROOT), body.toLowerCase(Locale.ROOT));
        case 'f', 'F' -> Optional.of(HexFormat.of().parseHex(body));
        case 'm', 'M' -> Optional.of(Base64.getDecoder().decode(body));
        case 'u', 'U' -> Optional.of(Base64.getUrlDecoder().decode(body));
        case 'k' -> base36(body);
        default -> Optional.empty();
      };
    } catch (IllegalArgumentException notInThatBase) {
      return Optional.empty();
    }
  }

  /** RFC 4648 base32, lower case, without padding. */
  private static Optional<byte[]> base32(String text, String lower) {
    if (!text.equals(lower)) {
      return Optional.empty();
    }
    byte[] bytes = new byte[text.length() * 5 / 8];
    int buffer = 0;
    int bits = 0;
    int at = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = "abcdefghijklmnopqrstuvwxyz234567".indexOf(text.charAt(i));
      if (digit < 0) {
        return Optional.empty();
      }
      buffer = (buffer << 5 | digit) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = (byte) (buffer >> bits);
      }
    }
    return Optional.of(bytes);
  }

  private static Optional<byte[]> base36(String text) {
    if (!text.matches("[0-9a-z]+")) {
      return Optional.empty();
    }
    byte[] number = new BigInteger(text, 36).toByteArray();
    return Optional.of(number[0] == 0 && number.length > 1
        ? java.util.Arrays.copyOfRange(number, 1, number.length)
        : number);
  }
}
