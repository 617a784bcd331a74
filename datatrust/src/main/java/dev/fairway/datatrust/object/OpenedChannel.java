package dev.fairway.datatrust.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.security.GeneralSecurityException;

/**
 * The plain text of an object, decrypted where it is read. A chunk that is not what was written ends the reading with an
 * {@link IOException}; nothing of it is given out. Belongs to one thread.
 */
final class OpenedChannel extends ReadOnlyChannel {
  private final Chunks chunks;
  private final long size;
  private final String name;
  private final ByteBuffer cipherText = ByteBuffer.allocate(Chunks.SEALED);
  private final byte[] plain = new byte[Chunks.PLAIN];
  private long loaded = -1;
  private int loadedLength;

  OpenedChannel(SeekableByteChannel sealed, Chunks chunks, long size, String name) {
    super(sealed);
    this.chunks = chunks;
    this.size = size;
    this.name = name;
  }

  @Override
  protected int read(long position, ByteBuffer target) throws IOException {
    load(position / Chunks.PLAIN);
    int from = (int) (position % Chunks.PLAIN);
    int n = Math.min(target.remaining(), loadedLength - from);
    target.put(plain, from, n);
    return n;
  }

  private void load(long chunk) throws IOException {
    if (chunk == loaded) {
      return;
    }
    boolean last = chunk == Chunks.count(size) - 1;
    int length = (int) (last ? size - chunk * Chunks.PLAIN : Chunks.PLAIN) + Chunks.TAG;
    source.position(chunk * Chunks.SEALED);
    cipherText.clear().limit(length);
    while (cipherText.hasRemaining()) {
      if (source.read(cipherText) < 0) {
        throw new IOException("object " + name + " is cut off");
      }
    }
    try {
      loaded = -1;
      loadedLength = chunks.open(chunk, last, cipherText.array(), length, plain);
      loaded = chunk;
    } catch (GeneralSecurityException e) {
      throw new IOException("object " + name + " is not what was written, at chunk " + chunk, e);
    }
  }

  /** Reads the last chunk, so that an object that was cut off or whose key is wrong shows before anything is promised. */
  void probe() throws IOException {
    if (source.size() != Chunks.sealedSize(size)) {
      throw new IOException("object " + name + " has " + source.size() + " bytes, should have "
          + Chunks.sealedSize(size));
    }
    load(Chunks.count(size) - 1);
  }

  @Override
  public long size() {
    return size;
  }
}
