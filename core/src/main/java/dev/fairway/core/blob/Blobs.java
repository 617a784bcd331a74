package dev.fairway.core.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Stores bytes under their SHA-256. Writing the same bytes twice stores them once. A write is durable when it returns and
 * leaves nothing behind when it fails or its process dies. Memory use does not depend on size. Safe for many threads and,
 * on a shared home, many processes.
 */
public interface Blobs {
  /**
   * Streams bytes in, with a limit.
   *
   * @param limit most bytes to take
   * @param digests further digests to run over the same bytes
   * @throws dev.fairway.core.FairwayException with {@code TOO_LARGE} past the limit, {@code DISK_FULL} when space is out
   * @throws IOException from {@code bytes}
   */
  Blob write(InputStream bytes, long limit, List<MessageDigest> digests) throws IOException;

  /**
   * Like {@link #write}, but keeps the bytes only if they have the id.
   *
   * @throws dev.fairway.core.FairwayException with {@code PEER_LIED} when they have another; nothing is kept
   */
  Blob writeExpecting(BlobId expected, InputStream bytes, long limit) throws IOException;

  /** The stored bytes, to be closed by the caller; seeking serves ranges. Empty when there are none. */
  Optional<SeekableByteChannel> open(BlobId id) throws IOException;

  Optional<Blob> find(BlobId id) throws IOException;

  /** Removes the bytes; false when there were none. */
  boolean delete(BlobId id) throws IOException;

  /**
   * Removes blobs older than the time that nobody needs: those written by a process that died before it recorded them.
   *
   * @return how many were removed
   */
  int collect(Instant before, Predicate<BlobId> needed) throws IOException;
}
