package dev.fairway.connectors.collection;

import dev.fairway.connector.json.Lines;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Reads documents from a position up to where the log ended when reading began. Belongs to one thread. */
public final class CollectionReader implements AutoCloseable {
  private final Collection collection;
  private final long end;
  private long position;
  private long segmentEnd;
  private @Nullable InputStream file;
  private @Nullable Lines lines;

  CollectionReader(Collection collection, long from, long end) {
    if (from < 0 || from > end) {
      throw new IllegalArgumentException("collection " + collection + " ends at " + end + "; cannot read from " + from);
    }
    this.collection = collection;
    this.position = from;
    this.end = end;
  }

  /** Moves to the next document; false at the end. */
  public boolean next() throws IOException {
    if (position >= end) {
      close();
      return false;
    }
    if (lines == null || position >= segmentEnd) {
      close();
      Collection.Place place = collection.locate(position);
      long most = Math.min(place.length() - place.offset(), end - position);
      segmentEnd = position + most;
      FileChannel channel = FileChannel.open(place.file(), StandardOpenOption.READ).position(place.offset());
      file = new Limited(Channels.newInputStream(channel), most);
      lines = new Lines(file, Lines.FLOW_LIMIT + 4096);
    }
    if (!lines.next()) {
      throw new IOException("collection " + collection + " ends at " + position + " and should go on to " + end);
    }
    position += lines.length() + 1L;
    return true;
  }

  public byte[] buffer() {
    return lines().buffer();
  }

  public int from() {
    return lines().from();
  }

  public int to() {
    return lines().to();
  }

  /** The position behind the present document: where to go on. */
  public long position() {
    return position;
  }

  private Lines lines() {
    if (lines == null) {
      throw new IllegalStateException("no document was read");
    }
    return lines;
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
      lines = null;
    }
  }

  /** Stops before what is not committed. */
  private static final class Limited extends FilterInputStream {
    private long left;

    Limited(InputStream in, long most) {
      super(in);
      left = most;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (left <= 0) {
        return -1;
      }
      int read = super.read(target, offset, (int) Math.min(length, left));
      left -= Math.max(read, 0);
      return read;
    }
  }
}
