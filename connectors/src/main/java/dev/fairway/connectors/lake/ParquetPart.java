package dev.fairway.connectors.lake;

import dev.fairway.connector.Transactor.Row;
import dev.fairway.connectors.process.ConnectorFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Rows as a file of <a href="https://parquet.apache.org/docs/file-format/">Apache Parquet</a>. */
final class ParquetPart implements PartWriter {
  /** A group of rows is in memory until it is written. */
  private static final long ROW_GROUP = 16L << 20;

  private final ParquetWriter<Row> writer;

  ParquetPart(Path file, List<Column> columns) throws IOException {
    writer = new Builder(new LocalOutputFile(file), columns).withConf(new PlainParquetConfiguration())
        .withCompressionCodec(CompressionCodecName.ZSTD).withRowGroupSize(ROW_GROUP)
        .withWriteMode(ParquetFileWriter.Mode.OVERWRITE).build();
  }

  @Override
  public void write(Row row) throws IOException, ConnectorFailedException {
    try {
      writer.write(row);
    } catch (Refused e) {
      throw e.reason;
    }
  }

  /** Carries a failure through the library. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ConnectorFailedException reason;

    Refused(ConnectorFailedException reason) {
      super(reason);
      this.reason = reason;
    }
  }

  @Override
  public long bytes() {
    return writer.getDataSize();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private static final class Builder extends ParquetWriter.Builder<Row, Builder> {
    private final List<Column> columns;

    Builder(OutputFile file, List<Column> columns) {
      super(file);
      this.columns = columns;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // still abstract
    protected WriteSupport<Row> getWriteSupport(Configuration hadoop) {
      return new Rows(columns);
    }

    @Override
    protected WriteSupport<Row> getWriteSupport(ParquetConfiguration configuration) {
      return new Rows(columns);
    }
  }

  private static final class Rows extends WriteSupport<Row> {
    private final List<Column> columns;
    private @Nullable RecordConsumer consumer;

    Rows(List<Column> columns) {
      this.columns = columns;
    }

    @Override
    @SuppressWarnings("deprecation") // still abstract
    public WriteContext init(Configuration hadoop) {
      return init();
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return init();
    }

    private WriteContext init() {
      return new WriteContext(new MessageType("row", columns.stream().<Type>map(Column::type).toList()), Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer into) {
      consumer = into;
    }

    @Override
    public void write(Row row) {
      RecordConsumer into = java.util.Objects.requireNonNull(consumer);
      into.startMessage();
      for (int i = 0; i < columns.size(); i++) {
        Column column = columns.get(i);
        JsonNode value = column.value().apply(row);
        if (value != null && !column.absent(value)) {
          into.startField(column.name(), i);
          try {
            column.write(value, into);
          } catch (ConnectorFailedException e) {
            throw new Refused(e);
          }
          into.endField(column.name(), i);
        }
      }
      into.endMessage();
    }
  }
}
