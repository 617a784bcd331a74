package dev.fairway.core.blob;

import java.util.HexFormat;

/** Names bytes by their SHA-256: 64 lower-case hexadecimal digits. Nothing else from outside becomes a path. */
public record BlobId(String hex) {
  public BlobId {
    if (hex.length() != 64 || !hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
      throw new IllegalArgumentException("blob id must be 64 lower-case hexadecimal digits, is \"" + hex + "\"");
    }
  }

  public static BlobId of(byte[] sha256) {
    return new BlobId(HexFormat.of().formatHex(sha256));
  }

  public byte[] sha256() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
