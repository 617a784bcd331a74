package dev.fairway.datatrust.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** Bytes that are made of those of another channel where they are read, and never written. Belongs to one thread. */
abstract class ReadOnlyChannel implements SeekableByteChannel {
  /** Where they are made from; closed with this. */
  protected final SeekableByteChannel source;
  private long position;

  protected ReadOnlyChannel(SeekableByteChannel source) {
    this.source = source;
  }

  /** Puts at least one byte from a position within the size, if there is room; how many. */
  protected abstract int read(long from, ByteBuffer target) throws IOException;

  @Override
  public abstract long size();

  @Override
  public final int read(ByteBuffer target) throws IOException {
    if (position >= size()) {
      return -1;
    }
    int n = read(position, target);
    position += n;
    return n;
  }

  @Override
  public final long position() {
    return position;
  }

  @Override
  public final SeekableByteChannel position(long newPosition) {
    if (newPosition < 0) {
      throw new IllegalArgumentException("position must not be negative, is " + newPosition);
    }
    position = newPosition;
    return this;
  }

  @Override
  public final int write(ByteBuffer bytes) {
    throw new NonWritableChannelException();
  }

  @Override
  public final SeekableByteChannel truncate(long newSize) {
    throw new NonWritableChannelException();
  }

  @Override
  public final boolean isOpen() {
    return source.isOpen();
  }

  @Override
  public final void close() throws IOException {
    source.close();
  }
}
