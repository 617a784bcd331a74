package dev.fairway.connectors.capture.files;

import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.Lines;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The rows of a file, one after the other. Belongs to one thread. */
interface RowReader {
  /** The next row; empty at the end. */
  Optional<ObjectNode> next() throws IOException;

  /**
   * How many bytes the rows so far take, with what ends their lines, counted from where reading began; negative when the end
   * of the stream ended the last one, for then it cannot be told from one that is still being written.
   */
  long consumed();

  /** The names of the columns, where rows are read by them; empty otherwise. */
  default List<String> columns() {
    return List.of();
  }

  /** JSON objects, one a line. */
  static RowReader lines(InputStream in) {
    Lines lines = new Lines(in, Lines.FLOW_LIMIT);
    return new RowReader() {
      private long consumed;

      @Override
      public Optional<ObjectNode> next() throws IOException {
        if (!lines.nextOrRest()) {
          return Optional.empty();
        }
        consumed = lines.terminated() ? consumed + lines.length() + 1L : -1;
        if (Json.parse(lines.buffer(), lines.from(), lines.to()) instanceof ObjectNode object) {
          return Optional.of(object);
        }
        throw new IOException("a line is no JSON object");
      }

      @Override
      public long consumed() {
        return consumed;
      }
    };
  }

  /**
   * Records of comma-separated values.
   *
   * @param known the columns, when reading begins behind the header; empty when the header comes first
   */
  static RowReader csv(InputStream in, List<String> known) throws IOException {
    Csv csv = new Csv(in);
    List<String> columns = known.isEmpty() ? csv.next().orElse(List.of()) : known;
    return new RowReader() {
      @Override
      public Optional<ObjectNode> next() throws IOException {
        Optional<List<String>> fields = csv.next();
        if (fields.isEmpty()) {
          return Optional.empty();
        }
        if (fields.get().size() != columns.size()) {
          int found = fields.get().size();
          throw new IOException(
              "a row has " + found + (found == 1 ? " field" : " fields") + " and the header " + columns.size());
        }
        ObjectNode document = Json.object();
        for (int i = 0; i < columns.size(); i++) {
          document.put(columns.get(i), fields.get().get(i));
        }
        return Optional.of(document);
      }

      @Override
      public long consumed() {
        return csv.consumed();
      }

      @Override
      public List<String> columns() {
        return columns;
      }
    };
  }
}
