package dev.fairway.exchange.document;

import dev.fairway.core.blob.BlobId;
import java.time.Instant;

/**
 * A document the node holds.
 *
 * @param mediaType as its uploader said; nobody has looked into the bytes
 * @param source who brought it: a caller's name, or the jurisdiction it was fetched from
 */
public record StoredDocument(BlobId blob, String mediaType, long bytes, String source, Instant storedAt) {
  public Multihash multihash() {
    return Multihash.of(blob);
  }
}
