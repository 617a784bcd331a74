package dev.fairway.core.blob;

import java.util.Map;

/**
 * Bytes that are stored.
 *
 * @param bytes their number
 * @param digests the further digests asked for when they were written, by algorithm name, as lower-case hexadecimal
 */
public record Blob(BlobId id, long bytes, Map<String, String> digests) {
  public Blob {
    digests = Map.copyOf(digests);
  }
}
