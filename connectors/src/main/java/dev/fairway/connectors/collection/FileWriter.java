package dev.fairway.connectors.collection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes into a file from a place on. Belongs to one thread. */
final class FileWriter implements Spool.Target {
  private final FileChannel file;
  private long position;

  FileWriter(FileChannel file, long position) {
    this.file = file;
    this.position = position;
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      position += file.write(bytes, position);
    }
  }

  /** Behind what was written. */
  long position() {
    return position;
  }
}
