package dev.fairway.connectors.lake;

import dev.fairway.connector.Transactor.Row;
import dev.fairway.connectors.process.ConnectorFailedException;
import java.io.IOException;

/** Writes rows to one local file, which is whole when it is closed. Belongs to one thread. */
interface PartWriter extends AutoCloseable {
  /** @throws ConnectorFailedException not retriable, naming the field, when the file cannot hold a value */
  void write(Row row) throws IOException, ConnectorFailedException;

  /** How many bytes the file has by now, about. */
  long bytes();

  @Override
  void close() throws IOException;
}
