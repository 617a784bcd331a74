package dev.fairway.connectors.lake;

import dev.fairway.connector.Transactor.Row;
import dev.fairway.connector.json.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Documents as JSON, one a line, compressed. */
final class JsonLinesWriter implements PartWriter {
  private final Counting file;
  private final OutputStream lines;

  JsonLinesWriter(Path path) throws IOException {
    file = new Counting(Files.newOutputStream(path));
    lines = new BufferedOutputStream(new GZIPOutputStream(file, 1 << 16), 1 << 16);
  }

  @Override
  public void write(Row row) throws IOException {
    lines.write(Json.bytes(row.document() == null ? Json.object() : row.document()));
    lines.write('\n');
  }

  @Override
  public long bytes() {
    return file.count;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  private static final class Counting extends java.io.FilterOutputStream {
    private long count;

    Counting(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int one) throws IOException {
      out.write(one);
      count++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
      count += length;
    }
  }
}
