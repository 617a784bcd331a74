package dev.fairway.s3;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** An object read from any position: it is fetched from there on when the first byte is asked for. For one thread. */
final class ObjectChannel implements SeekableByteChannel {
  private final S3Client client;
  private final String bucket;
  private final String key;
  private final long size;
  private long position;
  private @Nullable ResponseInputStream<GetObjectResponse> stream;
  private boolean closed;

  ObjectChannel(S3Client client, String bucket, String key, long size) {
    this.client = client;
    this.bucket = bucket;
    this.key = key;
    this.size = size;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (position >= size) {
      return -1;
    }
    try {
      ResponseInputStream<GetObjectResponse> from = stream;
      if (from == null) {
        String range = "bytes=" + position + "-";
        from = client.getObject(request -> request.bucket(bucket).key(key).range(range));
        stream = from;
      }
      byte[] bytes = new byte[(int) Math.min(into.remaining(), Math.min(size - position, 64 << 10))];
      int n = from.read(bytes, 0, bytes.length);
      if (n < 0) {
        throw new IOException("bucket " + bucket + " gave only " + position + " of " + size + " bytes of " + key);
      }
      into.put(bytes, 0, n);
      position += n;
      return n;
    } catch (SdkException e) {
      throw new IOException("bucket " + bucket + " does not give " + key + ": " + e.getMessage(), e);
    }
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long to) {
    if (to != position) {
      letGo();
      position = to;
    }
    return this;
  }

  /* What is not read is not fetched to be thrown away. */
  private void letGo() {
    ResponseInputStream<GetObjectResponse> open = stream;
    if (open != null) {
      open.abort();
      stream = null;
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
    letGo();
  }

  @Override
  public int write(ByteBuffer bytes) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long to) {
    throw new NonWritableChannelException();
  }
}
