package dev.fairway.connectors.capture.files;

import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Where files are, by names with slashes. Safe for many threads. */
interface FileHome extends AutoCloseable {
  /** The names of all there are, in order; none where they cannot be listed. */
  List<String> names() throws IOException;

  /** @throws FairwayException with {@code CONFIGURATION}, naming both, when there is no such file; where that can be told */
  void require(String name) throws IOException;

  /**
   * Reads a file.
   *
   * @param reader given the bytes from the offset on; none when the file does not reach so far
   */
  void read(String name, long offset, Reader reader) throws IOException, InterruptedException;

  @Override
  void close();

  /** Reads bytes as they come. */
  interface Reader {
    void read(InputStream in) throws IOException;
  }
}
