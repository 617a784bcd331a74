package dev.fairway.connectors.lake;

import dev.fairway.connector.Transactor.Row;
import java.io.IOException;

/** Writes rows to one local file, which is whole when it is closed. Belongs to one thread. */
interface PartWriter extends AutoCloseable {
  void write(Row row) throws IOException;

  /** How many bytes the file has by now, about. */
  long bytes();

  @Override
  void close() throws IOException;
}
