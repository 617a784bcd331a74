package dev.fairway.datatrust.object;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * The ciphertext of a stream, read chunk by chunk, with digests run over the plain text on the way. The last digest runs on a
 * thread of its own while the chunk is sealed and written and the next is read: for the slowest, that is Keccak. Digests are
 * complete when the stream has ended.
 */
final class SealingStream extends InputStream {
  private static final Executor ASIDE = Executors.newVirtualThreadPerTaskExecutor();

  private final InputStream plain;
  private final Chunks chunks;
  private final List<MessageDigest> digests;
  private final byte[] sealed = new byte[Chunks.SEALED];
  private byte[] current = new byte[Chunks.PLAIN];
  private byte[] ahead = new byte[Chunks.PLAIN];
  private int aheadLength = -1;
  private int position;
  private int end;
  private long number;
  private long size;
  private boolean over;
  private CompletableFuture<?> aside = CompletableFuture.completedFuture(null);

  SealingStream(InputStream plain, Chunks chunks, List<MessageDigest> digests) {
    this.plain = plain;
    this.chunks = chunks;
    this.digests = digests;
  }

  /** Bytes of plain text read so far. */
  long size() {
    return size;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (position == end && (over || !next())) {
      aside.join();
      return -1;
    }
    int n = Math.min(length, end - position);
    System.arraycopy(sealed, position, bytes, offset, n);
    position += n;
    return n;
  }

  /* Whether a chunk is the last is known when there is nothing after it, hence one is read ahead. */
  private boolean next() throws IOException {
    if (aheadLength < 0) {
      aheadLength = plain.readNBytes(ahead, 0, Chunks.PLAIN);
    }
    // The buffer that is read into next is the one digested aside.
    aside.join();
    byte[] spent = current;
    current = ahead;
    ahead = spent;
    int length = aheadLength;
    digestAside(length);
    aheadLength = length < Chunks.PLAIN ? 0 : plain.readNBytes(ahead, 0, Chunks.PLAIN);
    over = aheadLength == 0;
    for (MessageDigest digest : digests.subList(0, Math.max(0, digests.size() - 1))) {
      digest.update(current, 0, length);
    }
    size += length;
    try {
      end = chunks.seal(number++, over, current, length, sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM does not encrypt", e);
    }
    position = 0;
    return true;
  }

  private void digestAside(int length) {
    if (!digests.isEmpty()) {
      byte[] chunk = current;
      aside = CompletableFuture.runAsync(() -> digests.getLast().update(chunk, 0, length), ASIDE);
    }
  }
}
