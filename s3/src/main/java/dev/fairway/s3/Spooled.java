package dev.fairway.s3;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;

/** Bytes in a file without a name: it is gone when it is closed, or when the process dies. For one thread. */
final class Spooled implements AutoCloseable {
  private static final int BUFFER = 256 << 10;

  private final FileChannel file;
  private long length;

  private Spooled(FileChannel file) {
    this.file = file;
  }

  static Spooled in(Path folder) {
    try {
      Files.createDirectories(folder);
      Path path = Files.createTempFile(folder, "blob", "");
      FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      Files.delete(path);
      return new Spooled(file);
    } catch (IOException e) {
      throw explain(e);
    }
  }

  void take(InputStream bytes, long limit, List<MessageDigest> digests) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
      if (length + n > limit) {
        throw new FairwayException(ErrorCode.TOO_LARGE, "more than " + limit + " bytes");
      }
      for (MessageDigest digest : digests) {
        digest.update(buffer, 0, n);
      }
      write(ByteBuffer.wrap(buffer, 0, n));
    }
  }

  private void write(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        length += file.write(bytes);
      }
    } catch (IOException e) {
      throw explain(e);
    }
  }

  /* Java tells a full disk only by the system's words. */
  private static FairwayException explain(IOException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("No space left") || message.contains("quota")) {
      return new FairwayException(ErrorCode.DISK_FULL,
          "no space is left for a blob on its way to the bucket; nothing was kept: " + message, e);
    }
    return new FairwayException(ErrorCode.STORE_DOWN, "cannot hold a blob on its way to the bucket: " + e, e);
  }

  long length() {
    return length;
  }

  /** A part of it, to be read as often as a call has to be tried. */
  RequestBody part(long from, long size) {
    return RequestBody.fromContentProvider(() -> new Part(file, from, from + size), size, "application/octet-stream");
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static final class Part extends InputStream {
    private final FileChannel file;
    private final long end;
    private long position;

    Part(FileChannel file, long from, long end) {
      this.file = file;
      this.position = from;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int size) throws IOException {
      if (position == end) {
        return -1;
      }
      int n = file.read(ByteBuffer.wrap(bytes, offset, (int) Math.min(size, end - position)), position);
      position += n;
      return n;
    }
  }
}
