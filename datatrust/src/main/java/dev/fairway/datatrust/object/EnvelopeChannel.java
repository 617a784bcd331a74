package dev.fairway.datatrust.object;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.security.GeneralSecurityException;

/** An {@link Envelope} of data, made where it is read. Belongs to one thread. */
final class EnvelopeChannel extends ReadOnlyChannel {
  private final long plainSize;
  private final byte[] encapsulated;
  private final Chunks chunks;
  private final ByteBuffer clear = ByteBuffer.allocate(Chunks.PLAIN);
  private final byte[] sealed = new byte[Chunks.SEALED];
  private long loaded = -1;
  private int loadedLength;

  EnvelopeChannel(SeekableByteChannel plain, long plainSize, byte[] encapsulated, Chunks chunks) {
    super(plain);
    this.plainSize = plainSize;
    this.encapsulated = encapsulated;
    this.chunks = chunks;
  }

  @Override
  protected int read(long position, ByteBuffer target) throws IOException {
    int n;
    if (position < encapsulated.length) {
      int from = (int) position;
      n = Math.min(target.remaining(), encapsulated.length - from);
      target.put(encapsulated, from, n);
    } else {
      long place = position - encapsulated.length;
      load(place / Chunks.SEALED);
      int from = (int) (place % Chunks.SEALED);
      n = Math.min(target.remaining(), loadedLength - from);
      target.put(sealed, from, n);
    }
    return n;
  }

  private void load(long chunk) throws IOException {
    if (chunk == loaded) {
      return;
    }
    boolean last = chunk == Chunks.count(plainSize) - 1;
    clear.clear().limit((int) Math.min(Chunks.PLAIN, plainSize - chunk * Chunks.PLAIN));
    source.position(chunk * Chunks.PLAIN);
    while (clear.hasRemaining()) {
      if (source.read(clear) < 0) {
        throw new EOFException("the data are shorter than " + plainSize + " bytes");
      }
    }
    try {
      loaded = -1;
      loadedLength = chunks.seal(chunk, last, clear.array(), clear.limit(), sealed);
      loaded = chunk;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM does not encrypt", e);
    }
  }

  @Override
  public long size() {
    return encapsulated.length + Chunks.sealedSize(plainSize);
  }
}
